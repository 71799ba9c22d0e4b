"""What development and a demo start with, where a real site must set its own."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.environment.values import master_keys
from config.environment.variables import MISSING, BadSetting, Environment

DEVELOPMENT: Mapping[str, Any] = {
    "SECRET_KEY": "only-for-development" * 3,
    "MASTER_KEYS": master_keys("1:b25seS1mb3ItZGV2ZWxvcG1lbnQtLW5vdC1mb3ItcmU="),
    "SITE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": ["*"],
    "DEFAULT_FROM_EMAIL": "Common Ground <hello@localhost>",
}
REAL = (  # what only a real site has; DATABASE_… and EMAIL_… need one of these
    "DATABASE_URL",
    "DATABASE_HOST",
    "DATABASE_NAME",
    "POSTGRES_PASSWORD",
    "EMAIL_URL",
    "EMAIL_HOST",
)


def hint_at_unread_file(env: Environment, file: Path) -> str:
    """What to add to a refusal if nothing is set, while a file with it all is there."""
    if any(map(env.is_set, DEVELOPMENT)) or not file.is_file():
        return ""
    return (
        f" There is an {file.name} in this folder that this process has not read."
        " To run a command with it: sh deploy/env.sh -- venv/bin/python manage.py …"
    )


def defaults(env: Environment, *, debug: bool, demo: bool) -> Mapping[str, Any]:
    """The value of each variable that must be set, if this is not a real site.

    A demo gets new keys, so nothing of an earlier one can be read. Raises BadSetting if anything of
    a real site is set in a demo.
    """
    if not demo:
        return DEVELOPMENT if debug else dict.fromkeys(DEVELOPMENT, MISSING)
    if debug:
        raise BadSetting(
            "DEMO", "and DEBUG are both set. A demo may be public, so it shows no errors."
        )
    for name in REAL:
        if env.is_set(name):
            raise BadSetting(
                "DEMO", f"and {name} are both set. A demo deletes everything, so it has its own."
            )
    return {
        **DEVELOPMENT,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "MASTER_KEYS": master_keys(f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}"),
        "ALLOWED_HOSTS": ["localhost"],
    }
