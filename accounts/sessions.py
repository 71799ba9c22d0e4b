"""Database sessions that reject malformed session keys."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import OperationalError

from accounts import clock
from accounts.kept_queries import kept_query
from accounts.repeating import repeated, was_given_up

if TYPE_CHECKING:
    from django.contrib.sessions.models import Session
    from django.db.models import QuerySet

KEY = re.compile(r"[a-z0-9]{32}")


@kept_query(str, datetime)
def _unexpired(key: str | None, now: datetime) -> QuerySet[Session]:
    sessions: Any = SessionStore.get_model_class().objects
    found: QuerySet[Session] = sessions.filter(session_key=key, expire_date__gt=now)
    return found


class SessionStore(DatabaseStore):
    """Ignores cookies that cannot be a session key.

    Otherwise a NUL byte in a cookie would make PostgreSQL raise an error.
    """

    def _get_session_from_db(self) -> Any:
        found = _unexpired.first(self.session_key, clock.now())
        if found is None:
            self._session_key = None
        return found

    def get_expiry_date(self, **more: Any) -> datetime:
        expiry: datetime = super().get_expiry_date(**{"modification": clock.now(), **more})
        return expiry

    @repeated
    def save(self, must_create: bool = False) -> None:
        """Django takes any error of the database to mean that the session was deleted."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError) and was_given_up(error.__context__):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
