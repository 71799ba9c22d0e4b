"""Repeats what the database gave up in favour of another transaction.

PostgreSQL does that to one of two that wait for each other (40P01). At the isolation level
`serializable`, which distributed databases use, it also does so to one of two that cannot have run
one after the other (40001). Nothing of it has been done then, and a second try mostly succeeds.

A request is repeated as a whole, by config.middleware. This is for what is done outside of views.
Django has nothing for it. django-pgtransaction repeats a function too, but no `with` block, which
is how our rules take their locks, and it knows PostgreSQL only.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps

from django.db import OperationalError, connection

GIVEN_UP = {"40001", "40P01"}  # SQLSTATE of serialization_failure and deadlock_detected
ABORTED = "25P02"  # of a statement in a transaction that has failed before
TRIES = 5
FIRST_PAUSE = 0.01  # seconds; twice as long each time


def was_given_up(error: BaseException | None) -> bool:
    """Whether the database gave a transaction up, so that it may be tried again."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if state in GIVEN_UP:
            return True
        # allauth gives a lock back in that transaction, and hides why it was given up.
        error = error.__cause__ or (error.__context__ if state == ABORTED else None)
    return False


def is_within_another() -> bool:
    """Whether a transaction is going on, which alone can be repeated as a whole."""
    return connection.in_atomic_block


def pause(tries: int) -> None:
    """Wait before the next try: longer each time, and not as long as the others that wait."""
    time.sleep(FIRST_PAUSE * 2**tries * random.uniform(0.5, 1))  # noqa: S311


def repeated[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Call a function again if its transaction was given up. Within another one, only that can."""

    @wraps(function)
    def repeating(*args: P.args, **kwargs: P.kwargs) -> T:
        for tries in range(1, TRIES):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if is_within_another() or not was_given_up(error):
                    raise
            pause(tries)
        return function(*args, **kwargs)

    return repeating
