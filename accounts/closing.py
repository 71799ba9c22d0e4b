"""Closing an account: all that is here of a person goes, and stays gone if a backup returns."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import get_cache_key, parse_rates
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import Letter, Tombstone, User

NOTHING: dict[str, Any] = {"args": [], "kwargs": {}}


def hold(user: User) -> bool:
    """Whether there still is such an account. Nothing new is hung on it before one is through."""
    return User.objects.select_for_update().filter(pk=user.pk).exists()


def close(user: User, *, tasks: Iterable[object] = ()) -> None:
    """Delete an account with everything that hangs on it. It must be held.

    Sessions die with it, letters that wait to be posted are not posted, and tasks are dropped that
    carry one of these letters' ids, or one of the ids that are given.
    """
    addresses = _addresses(user)
    letters = Letter.objects.filter(recipient__in=addresses)
    drop_tasks([*tasks, *letters.values_list("pk", flat=True)])
    letters.delete()
    _end_sessions(user, addresses)
    cache.delete_many(_limits(user, addresses))
    bury(user.pk)
    User.objects.filter(pk=user.pk).delete()
    transaction.on_commit(_settle)


def bury(what: uuid.UUID) -> None:
    """Note the id of an account, or of a couple, that must not come back with a backup."""
    Tombstone.objects.create(id=what)


def drop_tasks(ids: Iterable[object]) -> None:
    """Tasks that carry one of these ids. One that runs just now is left its row, and no id in it:

    a worker that finds its task's row gone would come down over it.
    """
    about = DBTaskResult.objects.filter(args_kwargs__args__0__in=[str(each) for each in ids])
    for task in about.select_for_update():
        if task.status == TaskResultStatus.RUNNING:
            DBTaskResult.objects.filter(pk=task.pk).update(args_kwargs=NOTHING)
        else:
            task.delete()


@transaction.atomic
def write_down() -> int:
    """Move all tombstones to the file that is kept apart from the database. Returns how many.

    Where the settings name no file they stay where they are.
    """
    if not settings.ERASED_FILE:
        return 0
    new = list(Tombstone.objects.select_for_update(skip_locked=True).order_by("on", "pk"))
    if new:
        with open(settings.ERASED_FILE, "a", encoding="utf-8") as file:
            file.writelines(f"{each.line}\n" for each in new)
            file.flush()
            os.fsync(file.fileno())
        Tombstone.objects.filter(pk__in=[each.pk for each in new]).delete()
    return len(new)


def _settle() -> None:
    """Have SQLite write over what was deleted: until then it stands in the file beside the file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _addresses(user: User) -> set[str]:
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(each.lower() for each in known)}


def _end_sessions(user: User, addresses: Iterable[str]) -> None:
    """Theirs, and those of whoever stands at the door with their address.

    What a session is about stands in it and nowhere else, so that all are looked through.
    """
    about = {_plain(str(user.pk)), *map(_plain, addresses)}
    ended = []
    for session in Session.objects.iterator():
        told = session.get_decoded()
        whose = told.get(SESSION_KEY)
        if _plain(whose) in about if whose else about & set(_texts(told)):
            ended.append(session.pk)
    Session.objects.filter(pk__in=ended).delete()


def _texts(told: Any) -> Iterator[str]:
    """Everything that stands in a session as text, however deep."""
    if isinstance(told, dict):
        for each in told.values():
            yield from _texts(each)
    elif isinstance(told, list):
        for each in told:
            yield from _texts(each)
    elif isinstance(told, str):
        yield _plain(told)


def _plain(text: str) -> str:
    """An id reads the same with its hyphens and without, an address in any case."""
    return text.lower().replace("-", "")


def _limits(user: User, addresses: Iterable[str]) -> list[str]:
    """The names under which it is counted how often this person has tried something."""
    site = urlsplit(settings.SITE_URL).netloc
    keys = [f"mfa-auth-user-{user.pk}"]
    for address in addresses:
        keys += [address, f"{site}:{address}"]
    found = []
    for action, rates in app_settings.RATE_LIMITS.items():
        for rate in parse_rates(rates):
            about: list[dict[str, Any]] = []
            if rate.per == "user":
                about = [{"user": user}]
            elif rate.per == "key":
                about = [{"key": key} for key in keys]
            found += [
                get_cache_key(None, app="allauth.account", action=action, rate=rate, **each)
                for each in about
            ]
    return found
