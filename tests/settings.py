"""The site's own settings, with what would make tests slow or need a build left out."""

import os
from pathlib import Path

from tests.support.environment import ENVIRONMENT

for name, value in ENVIRONMENT.items():
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403
from config.settings import BASE_DIR, DATABASES  # noqa: E402

database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in real use, since in memory all threads would share one connection; but a file
    # that does not wait for the disk. Each run has its own, so that two can go on at once.
    folder = os.environ.get("TESTS_FOLDER", BASE_DIR / "var")
    database["TEST"] = {"NAME": str(Path(folder, "tests.sqlite3"))}
    database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # a browser on localhost
GOES_BY_DATABASE_CLOCK = False  # tests travel in time without their database
READINESS_INTERVAL = 0
