"""The settings of a demo in a folder of its own, which is emptied every few seconds."""

import os
from pathlib import Path

os.environ["DEMO"] = "1"

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MAILERS

VAR = Path(os.environ["TESTS_FOLDER"])
DATABASES["default"]["NAME"] = str(VAR / "common-ground.sqlite3")
MAILERS["post"]["OPTIONS"]["folder"] = str(VAR / "mail")
DEMO_RESET_MINUTES: float = float(os.environ["TESTS_MINUTES"])  # type: ignore[no-redef]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
