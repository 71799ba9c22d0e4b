"""A database that gives transactions up, as one at the isolation level `serializable` may.

With `--serializable` every connection is at that level, where PostgreSQL gives a transaction up if
it cannot have run before or after another one. And in every request, the first transaction of each
kind is given up by hand when all its work is done, with a real error of PostgreSQL: the view's own,
and those around it, such as that of the session. Tests then see what they always see, unless
something was lost or done twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest import mock

from django.core import mail
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.db import OperationalError, connection
from django.db.transaction import Atomic
from django.test.signals import template_rendered

from accounts import repeating
from config.middleware import RetryMiddleware, RetryResponse

GIVE_UP = "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"


class Request(threading.local):
    """What goes on in this thread."""

    active = False  # a request is being answered
    within_test = False  # a test has a transaction around all of it
    in_view = False
    depth = 0  # blocks that are open, without those of a test
    left = frozenset[bool]()  # what is still to be given up: in the view, and around it


now = Request()


@contextmanager
def requests_are_disturbed() -> Iterator[None]:
    """During one test."""
    get_response, respond = BaseHandler.get_response, RetryMiddleware._respond
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def answered(handler: BaseHandler, request: Any) -> Any:
        now.active, now.left, now.depth = True, frozenset({True, False}), 0
        now.within_test = connection.in_atomic_block
        try:
            return get_response(handler, request)
        finally:
            now.active = False

    def responded(middleware: RetryMiddleware, request: Any) -> Any:
        now.in_view = True
        kept, posted = [dict(memory) for memory in _memory()], len(mail.outbox)
        try:
            response = respond(middleware, request)
        finally:
            now.in_view = False
        if isinstance(response, RetryResponse):
            for memory, before in zip(_memory(), kept, strict=True):
                memory.clear()
                memory.update(before)
            del mail.outbox[posted:]
            _forget_what_was_rendered()
        return response

    def entered(block: Atomic) -> None:
        now.depth += 1
        enter(block)

    def left(block: Atomic, kind: Any, error: Any, trace: Any) -> None:
        now.depth -= 1
        # A block without a savepoint would take the transaction of the test along.
        no_savepoint = now.within_test and not block.savepoint
        hopeless = error or connection.needs_rollback or no_savepoint
        if not now.active or now.depth or hopeless or now.in_view not in now.left:
            return leave(block, kind, error, trace)
        now.left -= {now.in_view}
        try:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_UP)
        except OperationalError as failure:
            leave(block, type(failure), failure, failure.__traceback__)
            raise
        raise AssertionError("PostgreSQL did not give up")

    def is_within_another() -> bool:
        return bool(now.depth) if now.active and now.within_test else connection.in_atomic_block

    with ExitStack() as stack:
        for owner, attribute, function in (
            (BaseHandler, "get_response", answered),
            (RetryMiddleware, "_respond", responded),
            (Atomic, "__enter__", entered),
            (Atomic, "__exit__", left),
            (repeating, "is_within_another", is_within_another),
        ):
            stack.enter_context(mock.patch.object(owner, attribute, function))
        yield


def _memory() -> list[dict[Any, Any]]:
    """Where tests keep limits. On a site they are rows, which are undone with all the others."""
    kept = (getattr(cache, name, None) for name in ("_cache", "_expire_info"))
    return [memory for memory in kept if isinstance(memory, dict)]


def _forget_what_was_rendered() -> None:
    """Of a try that was given up, which a test would find in the `context` of an answer."""
    receivers, _ = template_rendered._live_receivers(None)
    for receiver in receivers:
        if isinstance(receiver, partial):  # of a client of the tests
            receiver.args[0].clear()
