"""Each step's own time and its own luck, and the order in which a database gives rows back."""

from __future__ import annotations

import os
import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email import generator
from functools import partial
from typing import Any
from unittest import mock

import time_machine
from django.apps import apps
from django.contrib.sessions.backends import base as sessions
from django.db import connection
from django.db.models.functions import Now
from django.middleware import csrf
from django.utils import timezone
from django.utils.crypto import RANDOM_STRING_CHARS

from accounts.models import Letter

BEGINNING = datetime(2026, 1, 1, 8, 0, 0, 250_000, tzinfo=UTC)
MINUTES = timedelta(minutes=2)  # short enough for what is kept in a cache to be there still
A_DAY = timedelta(hours=14)  # days may show, and hours must not
LATER = 0.837  # of the time between two steps: more than a minute


@contextmanager
def moment(number: int, *, spread_over: int | None = None, later: bool = False) -> Iterator[None]:
    """The moment of one step, with luck that does not depend on what was before.

    Minutes lie between two steps; or hours, if so many of them are spread over a day. What is done
    later within a step shows in any form of a time that is as fine as that.
    """
    between = A_DAY / (spread_over + 1) if spread_over else MINUTES
    at = BEGINNING + between * number + (between * LATER if later else timedelta())
    luck = random.Random(number)  # noqa: S311 luck that repeats is what is wanted
    of_requests = random.Random(f"{number} requests")  # noqa: S311 a number tells of no other draw
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(at, tick=False))
        for module, name, drawn in (
            (os, "urandom", luck.randbytes),
            (secrets, "choice", luck.choice),
            (secrets, "randbelow", luck.randrange),
            (secrets, "token_bytes", lambda n=32: luck.randbytes(n)),
            (secrets, "token_hex", lambda n=32: of_requests.randbytes(n).hex()),
            (secrets, "token_urlsafe", lambda n=32: luck.randbytes(n).hex()),
            (generator, "random", random.Random(f"{number} boundary")),  # noqa: S311
        ):
            stack.enter_context(mock.patch.object(module, name, drawn))
        stack.enter_context(mock.patch.multiple(Now, as_sqlite=_still, as_postgresql=_still))
        # The id of a letter, which is that of its mail, tells of no other draw either.
        letters = random.Random(f"{number} letters")  # noqa: S311
        drawn_id = lambda: uuid.UUID(bytes=letters.randbytes(16), version=4)  # noqa: E731
        stack.enter_context(mock.patch.object(Letter._meta.pk, "_get_default", drawn_id))
        for module in (csrf, sessions):  # what a browser is given by chance tells of no other draw
            drawn = partial(_string, random.Random(f"{number} {module.__name__}"))  # noqa: S311
            stack.enter_context(mock.patch.object(module, "get_random_string", drawn))
        yield


def _still(now: Now, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
    """The clock of the database stands still as well."""
    return "%s", [connection.ops.adapt_datetimefield_value(timezone.now())]


def _string(luck: random.Random, length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    return "".join(luck.choices(allowed_chars, k=length))


@contextmanager
def disorder(wanted: bool) -> Iterator[None]:
    """Where a query asks for no order, rows come in another one than usual.

    SQLite turns it around on demand. PostgreSQL gives rows as they lie in the heap, or by the plan
    that it happens to choose: it gets other plans here, and `shuffle` moves the rows.
    """
    if not wanted:
        yield
        return
    on, off = DISORDER[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


# By an index rows come in its order; without one, as they lie.
WAYS = ("indexscan", "indexonlyscan", "bitmapscan", "hashagg", "hashjoin")
DISORDER = {
    "sqlite": ("PRAGMA reverse_unordered_selects = ON", "PRAGMA reverse_unordered_selects = OFF"),
    "postgresql": (
        "".join(f"SET enable_{way} = off;" for way in WAYS),
        "".join(f"RESET enable_{way};" for way in WAYS),
    ),
}


def shuffle(number: int) -> None:
    """Write rows anew in an order of this step's own: on PostgreSQL each then lies elsewhere."""
    if connection.vendor != "postgresql":
        return
    luck = random.Random(f"{number} heap")  # noqa: S311
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label not in {"boundaries", "accounts"}:
                continue
            table, column = (
                connection.ops.quote_name(name)
                for name in (model._meta.db_table, str(model._meta.pk.column))
            )
            cursor.execute(f"SELECT {column} FROM {table} ORDER BY {column}")  # noqa: S608
            rows = [pk for (pk,) in cursor.fetchall()]
            luck.shuffle(rows)
            for pk in rows:
                again = f"UPDATE {table} SET {column} = {column} WHERE {column} = %s"  # noqa: S608
                cursor.execute(again, [pk])
