"""All settings. The environment variables are read on the first screen."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from psycopg import IsolationLevel

from config import version
from config.environment import consistency, databases, hosts, mailers, trials, values
from config.environment.variables import BadSetting, Environment

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = version.read(BASE_DIR)

# Every variable is described in .env.example. `VARIABLE_FILE` names a file that holds the value.
# config/environment parses and checks them, and refuses a wrong one in a line that names it.
env = Environment(os.environ)
try:
    DEBUG: bool = env.read("DEBUG", values.boolean, False)
    DEMO: bool = env.read("DEMO", values.boolean, False)
    DEMO_RESET_MINUTES: int = env.read("DEMO_RESET_MINUTES", values.whole_number(5, 1440), 60)
    VAR = BASE_DIR / "var" / ("demo" if DEMO else "")  # what may be deleted, and is in a demo
    own = trials.defaults(env, debug=DEBUG, demo=DEMO)
    SECRET_KEY: str = env.read("SECRET_KEY", values.secret_key, own["SECRET_KEY"])
    SECRET_KEY_FALLBACKS: list[str] = env.read("SECRET_KEY_FALLBACKS", values.secret_keys, [])
    MASTER_KEYS: dict[int, bytes] = env.read("MASTER_KEYS", values.master_keys, own["MASTER_KEYS"])
    SITE_URL: str = env.read("SITE_URL", hosts.site_url, own["SITE_URL"])
    ALLOWED_HOSTS: list[str] = env.read("ALLOWED_HOSTS", hosts.allowed_hosts, own["ALLOWED_HOSTS"])
    database: dict[str, Any] = databases.database(
        url=env.read("DATABASE_URL", databases.database_url, None),
        host=env.read("DATABASE_HOST", databases.database_host, ""),
        port=env.read("DATABASE_PORT", databases.database_ports, ""),
        user=env.read("DATABASE_USER", values.line, ""),
        password=env.read("DATABASE_PASSWORD", values.line, ""),
        name=env.read("DATABASE_NAME", databases.database_name, ""),
        ssl={
            "sslmode": env.read("DATABASE_SSLMODE", databases.ssl_mode, ""),
            "sslrootcert": env.read("DATABASE_SSLROOTCERT", databases.certificate_file, ""),
        },
        bundled_password="" if DEBUG else env.read("POSTGRES_PASSWORD", values.line, ""),
    ) or databases.default_database(
        VAR / "common-ground.sqlite3",
        for_trials=DEBUG or DEMO or hosts.host_of(SITE_URL) == "localhost",
    )
    pooler: str = env.read("DATABASE_POOLER", values.one_of("none", "pgbouncer"), "none")
    pool_size: int = env.read("DATABASE_POOL_SIZE", values.whole_number(0, 1000), 4)
    SERIALIZABLE: bool = (
        env.read(
            "DATABASE_ISOLATION", values.one_of("read-committed", "serializable"), "read-committed"
        )
        == "serializable"
    )
    mail: dict[str, Any] | None = mailers.mail(
        url=env.read("EMAIL_URL", mailers.mail_url, None),
        host=env.read("EMAIL_HOST", hosts.host_name, ""),
        port=env.read("EMAIL_PORT", values.port_number, None),
        user=env.read("EMAIL_USER", values.line, ""),
        password=env.read("EMAIL_PASSWORD", values.line, ""),
        security=env.read(
            "EMAIL_SECURITY", values.one_of("starttls", "tls", "none", ssl="tls"), None
        ),
    )
    DEFAULT_FROM_EMAIL: str = env.read(
        "DEFAULT_FROM_EMAIL", hosts.sender, own["DEFAULT_FROM_EMAIL"]
    )
    tasks: str = env.read(
        "TASKS",
        values.one_of("database", "immediate"),
        "immediate" if DEBUG or DEMO else "database",
    )
    trusted_proxies: int = env.read("TRUSTED_PROXIES", values.whole_number(0, 10), 0)
    request_id_header: str = env.read("REQUEST_ID_HEADER", hosts.header_name, "")
    METRICS_ADDRESS: tuple[str, int] | None = env.read(
        "METRICS_ADDRESS", hosts.unpublished_address, None
    )
    METRICS_FOLDER: str = env.read("METRICS_FOLDER", values.folder_to_make, "")
    SECURITY_CONTACT: str = env.read(
        "SECURITY_CONTACT",
        hosts.security_contact,
        f"mailto:{hosts.bare_address(DEFAULT_FROM_EMAIL)}",
    )
    OPERATOR_NAME: str = env.read("OPERATOR_NAME", values.line, "")
    OPERATOR_CONTACT: str = env.read("OPERATOR_CONTACT", hosts.contact, SECURITY_CONTACT)
    IMPRINT_URL: str = env.read("IMPRINT_URL", hosts.imprint, "")
    SOURCE_URL: str = env.read("SOURCE_URL", hosts.source_code, "")
    SIGN_UP: str = env.read("SIGN_UP", values.one_of("open", "invited", "closed"), "open")
    INDEXED: bool = env.read("INDEXED", values.boolean, True)
    hsts: dict[str, Any] = {
        "seconds": env.read("HSTS_SECONDS", values.whole_number(0, 63_072_000), 31_536_000),
        "subdomains": env.read("HSTS_SUBDOMAINS", values.boolean, False),
        "preload": env.read("HSTS_PRELOAD", values.boolean, False),
    }
    LEAVE_TO: str = env.read("LEAVE_TO", hosts.web_page, "https://www.bbc.com/weather")
    ERASED_FILE: str = env.read("ERASED_FILE", values.writable_file, "")
    PDF_FONTS: list[str] = env.read("PDF_FONTS", values.folders, [])
    LOG_LEVEL: str = env.read(
        "LOG_LEVEL",
        values.one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", warn="WARNING"),
        "WARNING" if DEMO else "INFO",
    )
    env.refuse_misspelt()
    consistency.check_hsts(**hsts)
    consistency.check_request_ids(request_id_header, trusted_proxies)
    if not DEBUG:
        mail = consistency.check_together(
            site=SITE_URL, hosts=ALLOWED_HOSTS, leave_to=LEAVE_TO, mail=mail, demo=DEMO
        )
except BadSetting as refusal:
    hint = trials.hint_at_unread_file(env, BASE_DIR / ".env")
    sys.exit(f"Common Ground cannot start: {refusal}{hint}")

SECURE = SITE_URL.startswith("https://")
UNENCRYPTED = hosts.is_private(hosts.host_of(SITE_URL)) and not SECURE  # every page warns of it
ALLOWED_HOSTS += ["localhost"]  # the health check of a container

# Apps, middleware and templates

INSTALLED_APPS = [
    "accounts",
    "boundaries",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's list of sessions uses it
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.usersessions.UserSessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tasks_db",
]

MIDDLEWARE = [
    "config.logs.RequestLogMiddleware",
    "config.middleware.ResponseHeadersMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.RequestGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RandomLengthGZipMiddleware",
    "accounts.middleware.TolerantSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.AllauthMiddleware",
    "config.middleware.RetryMiddleware",
]
if METRICS_FOLDER:
    MIDDLEWARE.insert(0, "config.counting.CountingMiddleware")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_FOLDER  # read when its library is imported
# The header of a proxy of ours that numbers requests, as WSGI spells it; none is read otherwise.
TRUSTED_REQUEST_ID = request_id_header and "HTTP_" + request_id_header.upper().replace("-", "_")

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
            "libraries": {
                "assets": "config.assets",
                "indexing": "config.indexing",
                "operator": "config.operator",
                "ready": "config.ready",
                "notices": "config.notices",
                "request_ids": "config.request_ids",
            },
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database, cache and files

if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # without it, two writers raise "database is locked"
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }
else:
    # Behind PgBouncer every transaction may use another connection. So nothing is prepared, and
    # the time limits are set as docs/install.md says.
    database["CONN_HEALTH_CHECKS"] = True
    database["DISABLE_SERVER_SIDE_CURSORS"] = pooler == "pgbouncer"
    database["OPTIONS"] = {
        "connect_timeout": 2,
        **database["OPTIONS"],
        "server_side_binding": True,
        # A repeated statement is planned once per connection.
        "prepare_threshold": None if pooler == "pgbouncer" else 3,
    }
    if pooler == "none":
        database["OPTIONS"]["options"] = (
            "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=30s"
        )
    SERIALIZABLE = SERIALIZABLE or database["ENGINE"] == "config.cockroachdb"  # knows no other
    DISABLE_COCKROACHDB_TELEMETRY = True
    if SERIALIZABLE:
        database["OPTIONS"]["isolation_level"] = IsolationLevel.SERIALIZABLE
    if pool_size:
        # Both in seconds. When no connection comes for `timeout`, config/postgresql/base.py looks
        # whether the database is away, and otherwise waits on.
        waits = {"timeout": 0.25, "reconnect_timeout": 1}
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, **waits}
DATABASES = {"default": database}
GOES_BY_DATABASE_CLOCK = True  # see accounts/clock.py
READINESS_INTERVAL = 1.0  # seconds between two checks that write; see config/readiness.py

CACHES = {
    "default": {
        # Holds rate limits, so all processes must share it. It holds no content of people.
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if DEBUG
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "config.caching.hashed_key",
    },
}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticroot"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our files
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # files that browsers request by themselves
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
        "NAME": "accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
    {"NAME": "accounts.passwords.PersonalPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # the form drops the password: see SignUpForm
ACCOUNT_SIGNUP_REDIRECT_URL = "consent"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.AboutYouForm"
ACCOUNT_FORMS = {
    "login": "accounts.auth_forms.SignInForm",
    "add_email": "accounts.auth_forms.NewAddressForm",
    "change_password": "accounts.auth_forms.ChangedPasswordForm",
    "set_password": "accounts.auth_forms.FirstPasswordForm",
    "signup": "accounts.auth_forms.SignUpForm",
    "request_login_code": "accounts.auth_forms.RequestCodeForm",
    "confirm_login_code": "accounts.auth_forms.ConfirmSignInForm",
    "confirm_email_verification_code": "accounts.auth_forms.ConfirmAddressForm",
    "confirm_password_reset_code": "accounts.auth_forms.ConfirmNewPasswordForm",
    "reset_password": "accounts.auth_forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.auth_forms.NewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_LOGIN_TIMEOUT = int(timedelta(minutes=20).total_seconds())  # longer than a code lives
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = (
    "password",
    "mfa",
)  # a mailed code: see accounts/reauthentication.py
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=5).total_seconds())
ACCOUNT_RATE_LIMITS = {  # in addition to allauth's own
    # A code has six digits and allows three tries: at most ninety guesses a day at one address.
    "request_login_code": "20/m/ip,3/m/key,10/h/key,30/d/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key,30/d/key",
    "try_mailed_code": "3/d/key",
    "confirm_email": "1/10s/key,10/h/key,30/d/key",
    "mail_still_you": "3/m/user,10/h/user,30/d/user",
    "invite": "20/h/user",
    "try_code": "30/10m/user",
    "try_code_signed_out": "30/10m/ip",  # by IP only when signed out, since a couple shares one
    "join": "6/h/user",  # sends a mail to the inviter
    "begin_repair": "12/h/user",
    "offer_talk": "6/h/user",  # sends a mail to the partner
    "typeset": "30/h/user",  # takes a tenth of a second of CPU
    "issue": "12/h/user",
    "check_in": "12/h/user",  # what both have finished, or both want, sends a mail to both
    "rhythm": "30/h/user",
    "propose": "60/h/user",  # several at once count as one
    "export": "6/h/user",  # takes a second or more of CPU
    "turn": "240/h/user",  # far more than a talk needs
}
if DEMO:
    ACCOUNT_RATE_LIMITS["sign_in_as"] = "30/h/ip"  # may make a couple, which takes 0.15 s of CPU
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = trusted_proxies
MFA_FORMS = {
    "authenticate": "accounts.auth_forms.SecondStepForm",
    "reauthenticate": "accounts.auth_forms.ReauthenticationForm",
    "activate_totp": "accounts.auth_forms.ActivateAppForm",
    "add_webauthn": "accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.passkeys.RenamePasskeyForm",
}
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a touch alone does not identify a person
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Common Ground"

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())  # even while it is in use
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SIGNED_OUT_WHEN_IDLE_FOR = timedelta(minutes=30)
ASKED_AGAIN_WHEN_IDLE_FOR = timedelta(
    minutes=10
)  # before one's own answers: see accounts/reauthentication.py

# Cookies and headers

SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
KNOWN_BROWSER_COOKIE_NAME = "__Host-browser" if SECURE else "browser"
KNOWN_BROWSER_FOR = timedelta(days=365)
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
PASSKEY_COOKIE_NAME = "__Host-passkey" if SECURE else "passkey"
DEMO_ADDRESSES = "demo.example"  # nobody types a real address into a demo: mails stay in it
DEMO_COOKIE_NAME = "__Host-demo" if SECURE else "demo"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"  # until one has signed in
LEFT_COOKIE_NAME = "__Host-left" if SECURE else "left"  # set by leaving.js only
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|readyz)$"]  # checks of a container speak plain http
SECURE_HSTS_SECONDS = hsts["seconds"] if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = hsts["subdomains"]
SECURE_HSTS_PRELOAD = hsts["preload"]
# Subdomains and preloading would lock a whole domain to https, so only an operator chooses them.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Not "no-referrer": browsers then send forms with "Origin: null", which is refused as forged.
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
    "trusted-types": ["htmx"],  # static/js/trusting.js alone may turn text into markup
}
# No page uses any of these, so injected markup cannot either. Empty lists allow nobody.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "autoplay": [],
    "browsing-topics": [],
    "camera": [],
    "clipboard-read": [],
    "compute-pressure": [],
    "display-capture": [],
    "encrypted-media": [],
    "fullscreen": [],
    "gamepad": [],
    "geolocation": [],
    "gyroscope": [],
    "hid": [],
    "identity-credentials-get": [],
    "idle-detection": [],
    "language-detector": [],
    "language-model": [],
    "local-fonts": [],
    "local-network-access": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "otp-credentials": [],
    "payment": [],
    "picture-in-picture": [],
    "screen-wake-lock": [],
    "serial": [],
    "speaker-selection": [],
    "storage-access": [],
    "summarizer": [],
    "translator": [],
    "usb": [],
    "window-management": [],
    "xr-spatial-tracking": [],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# Mails and tasks: a request stores a letter, and a task sends it.

MAILERS = {
    "default": {"BACKEND": "accounts.outbox.LetterBackend"},
    "post": mail
    or {
        "BACKEND": "config.mailbox.MailboxBackend",
        "OPTIONS": {"folder": str(VAR / "mail"), "printed": DEBUG},
    },
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
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]  # each in its own name
LOCALE_PATHS = [BASE_DIR / "locale"]
CONTENT_PATHS = [BASE_DIR / "boundaries" / "content"]  # where a language has its files of content
TIME_ZONE = "UTC"

# Logs: one line per event. Error messages are shown during development only.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.JsonLineFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"not_logged_yet": {"()": "config.logs.NotLoggedYet"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain" if DEBUG else "json"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},  # no mails to admins
        # RequestLogMiddleware logs refusals and errors. In development Django adds the message.
        "django.request": {"level": "ERROR", "filters": [] if DEBUG else ["not_logged_yet"]},
        "django.template": {"level": "INFO"},  # DEBUG would log the contents of pages
        "django.tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "ERROR"},  # a warning would be that somebody stops the worker
        "psycopg.pool": {"level": "ERROR"},  # several lines for each request
    },
}
