"""Closes an account: deletes everything about a person, even if a backup is restored later."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts import queue
from accounts.allauth_internals import get_cache_key, parse_rates
from accounts.models import Letter, Tombstone, User


def lock(user: User) -> bool:
    """Lock the account's row, so that no new row can refer to it. Returns whether it exists."""
    return User.objects.select_for_update().filter(pk=user.pk).exists()


def close(user: User, *, tasks: Iterable[object] = ()) -> None:
    """Delete an account and everything that refers to it. The caller must have locked it.

    That includes sessions, unsent letters, and tasks whose first argument is the id of one of these
    letters or an id in `tasks`.
    """
    addresses = _addresses(user)
    letters = Letter.objects.filter(recipient__in=addresses)
    queue.delete_tasks([*tasks, *letters.values_list("pk", flat=True)])
    letters.delete()
    _end_sessions(user, addresses)
    cache.delete_many(_rate_limit_keys(user, addresses))
    add_tombstone(user.pk)
    User.objects.filter(pk=user.pk).delete()
    transaction.on_commit(overwrite_deleted)


def add_tombstone(id: uuid.UUID) -> None:
    """Record the id of an account or couple that must be deleted again after a restore."""
    Tombstone.objects.create(id=id)


@transaction.atomic
def export_tombstones() -> int:
    """Move all tombstones to the file outside the database, and return how many there were.

    If the settings name no file, they stay where they are.
    """
    if not settings.ERASED_FILE:
        return 0
    tombstones = list(Tombstone.objects.select_for_update(skip_locked=True).order_by("on", "pk"))
    if tombstones:
        with open(settings.ERASED_FILE, "a", encoding="utf-8") as file:
            file.writelines(f"{tombstone.line}\n" for tombstone in tombstones)
            file.flush()
            os.fsync(file.fileno())
        Tombstone.objects.filter(pk__in=[tombstone.pk for tombstone in tombstones]).delete()
    return len(tombstones)


def overwrite_deleted() -> None:
    """Empty SQLite's write-ahead log, in which deleted rows would stay readable."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _addresses(user: User) -> set[str]:
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(email.lower() for email in known)}


def _end_sessions(user: User, addresses: Iterable[str]) -> None:
    """End the person's sessions, and those of anybody who is signing in or signing up as them.

    Sessions that are listed in UserSession are found by their account. Only the others have to be
    decoded: an unfinished sign-in or sign-up keeps its address inside the session.
    """
    ended = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    listed = UserSession.objects.filter(session_key=OuterRef("session_key"))
    wanted = {str(user.pk), user.pk.hex, *(address.lower() for address in addresses)}
    for session in Session.objects.filter(~Exists(listed)).iterator():
        content = session.get_decoded()
        owner = content.get(SESSION_KEY)
        if owner in wanted if owner else wanted & set(_texts(content)):
            ended.append(session.pk)
    Session.objects.filter(pk__in=ended).delete()


def _texts(content: Any) -> Iterator[str]:
    """Yield all strings in a session, at any depth, in lower case."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for value in content:
            yield from _texts(value)
    elif isinstance(content, str):
        yield content.lower()


def _rate_limit_keys(user: User, addresses: Iterable[str]) -> list[str]:
    """The cache keys under which this person's attempts are counted."""
    site = urlsplit(settings.SITE_URL).netloc
    subjects: dict[str, list[dict[str, Any]]] = {
        "user": [{"user": user}],
        "key": [{"key": key} for email in addresses for key in (email, f"{site}:{email}")]
        + [{"key": f"mfa-auth-user-{user.pk}"}],
    }
    return [
        get_cache_key(None, app="allauth.account", action=action, rate=rate, **subject)
        for action, rates in app_settings.RATE_LIMITS.items()
        for rate in parse_rates(rates)
        for subject in subjects.get(rate.per, [])
    ]
