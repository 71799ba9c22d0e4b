"""A database that gives transactions up, as one at the isolation level `serializable` may.

With `--serializable` every connection is at that level, where PostgreSQL gives transactions up by
itself if two cannot have run one after the other. And in every request, one transaction that has
done all its work is given up by hand, with a real error of PostgreSQL: the first, or the second if
there is one. Tests then see what they always see, or something was lost or done twice.
"""

from __future__ import annotations

import os
import random
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.db import OperationalError, connection
from django.db.transaction import Atomic

SERIALIZABLE = "COMMON_GROUND_TESTS_SERIALIZABLE"
GIVE_UP = "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"


class Request(threading.local):
    """What goes on in this thread."""

    victim = 0  # which transaction is given up; 0 outside of requests, or once that was done
    ended = 0  # transactions that came to their end
    depth = 0  # blocks that are open
    outside = False  # whether a test has a transaction around all of it
    given_up = 0


now = Request()


def is_on() -> bool:
    return bool(os.environ.get(SERIALIZABLE))


@contextmanager
def requests_are_disturbed(name: str) -> Iterator[Request]:
    """During one test, whose name says which transactions are chosen."""
    from config.middleware import RetryMiddleware
    from config.postgresql.base import Cursor, writes

    chosen = random.Random(zlib.crc32(name.encode()))  # noqa: S311
    call, enter, leave = RetryMiddleware.__call__, Atomic.__enter__, Atomic.__exit__
    note_write = Cursor._note_write
    now.given_up = 0

    def disturbed(middleware: RetryMiddleware, request: Any) -> Any:
        now.victim, now.ended, now.depth = chosen.choice((1, 1, 2)), 0, 0
        now.outside = connection.in_atomic_block
        try:
            return call(middleware, request)
        finally:
            now.victim = 0

    def entered(block: Atomic) -> None:
        now.depth += 1
        enter(block)

    def left(block: Atomic, kind: Any, error: Any, trace: Any) -> None:
        now.depth -= 1
        if not now.victim or now.depth or error or connection.needs_rollback:
            return leave(block, kind, error, trace)
        now.ended += 1
        if now.ended != now.victim:
            leave(block, None, None, None)
            writes.committed += bool(now.outside)  # as far as the request can know
            return None
        now.victim, now.given_up = 0, now.given_up + 1
        try:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_UP)
        except OperationalError as failure:
            leave(block, type(failure), failure, failure.__traceback__)
            raise
        raise AssertionError("PostgreSQL did not give up")

    def noted(cursor: Cursor) -> None:
        note_write(cursor)
        if now.victim and now.outside and not now.depth:
            writes.committed += 1

    with ExitStack() as stack:
        for owner, attribute, function in (
            (RetryMiddleware, "__call__", disturbed),
            (Atomic, "__enter__", entered),
            (Atomic, "__exit__", left),
            (Cursor, "_note_write", noted),
        ):
            stack.enter_context(mock.patch.object(owner, attribute, function))
        yield now
