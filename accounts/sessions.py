"""Database sessions that know a session key when they see one."""

from __future__ import annotations

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    """A cookie that cannot be one of our keys is no session, and never reaches the database.

    PostgreSQL refuses a NUL byte with an error, and a cookie may hold one.
    """

    @classmethod
    def get_model_class(cls) -> type:
        from django.contrib.sessions.models import Session

        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
