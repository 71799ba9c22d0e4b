"""The one settings file: the environment drives it, and this first screen reads all of it."""

import re
import sys
import warnings
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from accounts.encryption import master_keys

BASE_DIR = Path(__file__).resolve().parent.parent


def refuse(why: str) -> NoReturn:
    """Stop at start, in one line that says what to mend."""
    sys.exit(f"Common Ground cannot start: {why}")


# Every variable is described in .env.example. `VARIABLE_FILE` names a file that holds the value.
env = environ.FileAwareEnv()
env.smart_cast = False

warnings.filterwarnings("error", "Engine not recognized")  # from a DATABASE_URL that is none

try:
    DEBUG: bool = env.bool("DEBUG", default=False)
    SECRET_KEY: str = env.str("SECRET_KEY", default="only-for-development" * 3 if DEBUG else "")
    SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
    written_keys: list[str] = env.list(
        "MASTER_KEYS", default=["1:b25seS1mb3ItZGV2ZWxvcG1lbnQtLW5vdC1mb3ItcmU="] if DEBUG else []
    )
    SITE_URL: str = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "")
    ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
    database: dict[str, Any] = env.db_url(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/common-ground.sqlite3"
    )
    pool_size: int = env.int("DATABASE_POOL_SIZE", default=4)
    mail_url: str = env.str("EMAIL_URL", default="consolemail://" if DEBUG else "")
    mail: dict[str, Any] = env.email_url_config(mail_url or "dummymail://")
    DEFAULT_FROM_EMAIL: str = env.str(
        "DEFAULT_FROM_EMAIL", default="Common Ground <hello@localhost>" if DEBUG else ""
    )
    tasks: str = env.str("TASKS", default="immediate" if DEBUG else "database")
    trusted_proxies: int = env.int("TRUSTED_PROXIES", default=0)
    SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="")
    LEAVE_TO: str = env.str("LEAVE_TO", default="https://www.bbc.com/weather")
    ERASED_FILE: str = env.str("ERASED_FILE", default="")
    PDF_FONTS: list[str] = env.list("PDF_FONTS", default=[])
    LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
except (environ.ImproperlyConfigured, UserWarning, ValueError) as error:
    refuse(f"{error} (each variable is described in .env.example)")

if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    refuse("SECRET_KEY must be 50 random characters or more (make one: openssl rand -base64 48).")
try:
    MASTER_KEYS = master_keys(written_keys)
except ValueError as error:
    refuse(f"MASTER_KEYS: {error}.")
if not MASTER_KEYS:
    refuse(
        "MASTER_KEYS must hold the key that what people write is encrypted with"
        ' (make one: echo "1:$(openssl rand -base64 32)"), and must never be lost.'
    )
if not ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS must name the host people type, for example ALLOWED_HOSTS=example.org.")
site = urlsplit(SITE_URL)
if not site.hostname or (site.scheme != "https" and site.hostname != "localhost"):
    refuse("SITE_URL must be the site's https address, for example SITE_URL=https://example.org.")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    refuse("DEFAULT_FROM_EMAIL must hold the address that mails come from.")
if not mail_url:
    refuse(
        "EMAIL_URL must name a mail server, for example EMAIL_URL=smtp+tls://user:word@host:587."
    )
SECURITY_CONTACT = SECURITY_CONTACT or f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"
if not re.fullmatch(r"(?:https://|mailto:|tel:)\S+", SECURITY_CONTACT):
    refuse("SECURITY_CONTACT must be a mailto:, https: or tel: address for who finds a weakness.")
if urlsplit(LEAVE_TO).scheme != "https" or not urlsplit(LEAVE_TO).hostname:
    refuse("LEAVE_TO must be the https address of a plain page, such as the weather.")
if tasks not in {"immediate", "database"}:
    refuse("TASKS must be `database` (a worker runs them) or `immediate` (for development).")

SECURE = site.scheme == "https"
ALLOWED_HOSTS += ["localhost"]  # the health check of a container

# Who is who

INSTALLED_APPS = [
    "accounts",
    "boundaries",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's list of sessions uses it
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.usersessions.UserSessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_tasks_db",
]

MIDDLEWARE = [
    "config.logs.each_request",
    "config.middleware.fixed_headers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.asked_from_our_own_pages",
    "config.middleware.only_utf_8",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PackedPages",
    "accounts.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.leaving.end_what_was_left",
    "accounts.middleware.sign_out_when_idle",
    "accounts.middleware.know_browsers",
    "config.middleware.forgotten_on_sign_out",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.RefusedForms",
    "accounts.middleware.GoneInBetween",
    "config.middleware.explain_wrong_methods",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.nobody.LikeSomebody",
    "accounts.middleware.AskAgain",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"assets": "config.assets"},
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Where things are kept

if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # without it, two writers meet "database is locked"
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }
    Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    database["CONN_HEALTH_CHECKS"] = True
    database["OPTIONS"] = {
        **database.get("OPTIONS", {}),
        "connect_timeout": 5,
        # A statement that is asked again and again is planned once for each connection.
        "server_side_binding": True,
        "prepare_threshold": 3,
        "options": "-c lock_timeout=3s -c statement_timeout=10s"
        " -c idle_in_transaction_session_timeout=30s",
    }
    if pool_size:
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5}
DATABASES = {"default": database}

CACHES = {
    "default": {
        # Sign-in limits live here, so every process must see the same cache. Nobody's words do.
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if DEBUG
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "config.caching.unreadable",
    },
}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticroot"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has any use for a file of ours
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for without being told
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# Signing in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.entrance.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.passwords.Breached"},
    {"NAME": "accounts.passwords.AboutOneself"},
]

ACCOUNT_ADAPTER = "accounts.adapters.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # no password: sign in by mailed code
ACCOUNT_SIGNUP_REDIRECT_URL = "questions"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.AboutYou"
ACCOUNT_FORMS = {
    "signup": "accounts.entrance.SignUp",
    "request_login_code": "accounts.entrance.RequestCode",
    "reset_password": "accounts.entrance.ForgottenPassword",
    "reset_password_from_key": "accounts.entrance.NewPassword",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")  # a mailed code: see accounts/still_you.py
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=5).total_seconds())
ACCOUNT_RATE_LIMITS = {  # allauth's own limits stand; these are ours
    "mail_still_you": "3/m/user,20/h/user",
    "invite": "20/h/user",
    "try_code": "30/10m/user",
    "try_code_signed_out": "30/10m/ip",  # two at home share an address, so not for who is signed in
    "join": "6/h/user",  # each writes the inviter a mail
    "offer_talk": "6/h/user",  # and so does each of these
    "typeset": "30/h/user",  # each takes a tenth of a second of processor
    "issue": "12/h/user",
    "propose": "60/h/user",  # several at once are one
    "export": "6/h/user",  # each takes a second or more of processor
    "turn": "240/h/user",  # far more than people talk
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = site.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = trusted_proxies
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a touch does not say whose finger it is
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Common Ground"

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())  # also of one in use the whole time
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SIGNED_OUT_WHEN_IDLE_FOR = timedelta(minutes=30)
ASKED_AGAIN_WHEN_IDLE_FOR = timedelta(
    minutes=10
)  # before one's own answers: see accounts/still_you.py

# What a browser is told

SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
KNOWN_BROWSER_COOKIE_NAME = "__Host-browser" if SECURE else "browser"
KNOWN_BROWSER_FOR = timedelta(days=365)
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
LEFT_COOKIE_NAME = "__Host-left" if SECURE else "left"  # written by leaving.js alone
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the health check of a container speaks plain http
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
# Not "no-referrer": with it browsers send "Origin: null" with a form: refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["htmx"],  # in static/js/trusting.js; no other way from text to markup
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# Mails and tasks: a request writes a letter down and goes on; a task carries it to the post.

MAILERS = {
    "default": {"BACKEND": "accounts.mail.LetterBackend"},
    "post": {"BACKEND": mail["EMAIL_BACKEND"], "OPTIONS": {}},
}
if mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    MAILERS["post"]["OPTIONS"] = {
        "host": mail["EMAIL_HOST"],
        "port": mail["EMAIL_PORT"] or 587,
        "username": mail["EMAIL_HOST_USER"],
        "password": mail["EMAIL_HOST_PASSWORD"],
        "use_tls": mail.get("EMAIL_USE_TLS", False),
        "use_ssl": mail.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
elif DEBUG:
    MAILERS["post"] = {
        "BACKEND": "config.development.MailboxBackend",
        "OPTIONS": {"folder": str(BASE_DIR / "var" / "mail")},
    }
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if tasks == "database"
        else "django.tasks.backends.immediate.ImmediateBackend",
    },
}

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"

# Logs: one line an event. On a developer's machine it says what went wrong; on a server, what kind.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.Line"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain" if DEBUG else "json"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},  # never the mails to admins
        "django.request": {"level": "ERROR"},  # what was refused is in a line of ours
        "django.template": {"level": "INFO"},  # below that it says all that a page is made of
        "django.tasks": {"level": "WARNING"},
    },
}
