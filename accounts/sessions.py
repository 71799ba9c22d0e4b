"""Database sessions that reject malformed session keys."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError, transaction

from accounts import clock
from accounts.kept_queries import kept_query
from accounts.repeating import repeated, was_given_up

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.sessions.models import Session
    from django.db.models import QuerySet

KEY = re.compile(r"[a-z0-9]{32}")


@kept_query(str, datetime)
def _unexpired(key: str | None, now: datetime) -> QuerySet[Session]:
    sessions: Any = SessionStore.get_model_class().objects
    found: QuerySet[Session] = sessions.filter(session_key=key, expire_date__gt=now)
    return found


def keep_account(id: UUID | str) -> bool:
    """Whether this account exists, which stays so until the end of the transaction.

    Whoever changes sessions in a transaction asks this first, as does whoever closes an account.
    Otherwise each could wait for the other.
    """
    return get_user_model().objects.select_for_update(no_key=True).filter(pk=id).exists()


class SessionStore(DatabaseStore):
    """Ignores cookies that cannot be a session key, and signs nobody in whose account is gone.

    A NUL byte in a cookie would make PostgreSQL raise an error. And whoever signs in, or shows who
    they are, while their account is being deleted, would leave a session behind that has its id.
    """

    _owner: str | None = None  # the account that this session has in the database

    def _get_session_from_db(self) -> Any:
        found = _unexpired.first(self.session_key, clock.now())
        if found is None:
            self._session_key = None
        return found

    def get_expiry_date(self, **more: Any) -> datetime:
        expiry: datetime = super().get_expiry_date(**{"modification": clock.now(), **more})
        return expiry

    def load(self) -> Any:
        content = super().load()
        self._owner = content.get(SESSION_KEY)
        return content

    @repeated
    def save(self, must_create: bool = False) -> None:
        """Save, unless the session is new to an account that is gone.

        Django takes any error of the database to mean that the session was deleted.

        Raises:
            SessionInterrupted: if that account is gone.
            UpdateError: if the session was deleted.
        """
        owner = self._get_session(no_load=must_create).get(SESSION_KEY)  # type: ignore[attr-defined]
        if owner is None or (owner == self._owner and not must_create):
            self._save(must_create)
            return
        with transaction.atomic():
            if not keep_account(owner):
                raise SessionInterrupted("the account was deleted in the meantime")
            self._save(must_create)
        self._owner = owner

    def _save(self, must_create: bool) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError) and was_given_up(error.__context__):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
