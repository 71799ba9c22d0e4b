"""Tasks that keep to themselves what went wrong with whose words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.tasks import Task
from django.tasks import task as djangos

logger = logging.getLogger(__name__)


class TaskFailed(Exception):
    """What it was is in the log, by its kind and place. Its words may be somebody's."""


def task[**P, T](act: Callable[P, T]) -> Task[P, T]:
    """A task of Django's, but for what it leaves in the database when it fails.

    There Django keeps the whole error, as it was worded: a mail server that refuses a letter
    repeats the address, and a database repeats the value. Raises TaskFailed instead.
    """

    @wraps(act)
    def quiet(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return act(*args, **kwargs)
        except Exception:
            logger.exception("a task failed", extra={"task": act.__name__})
        raise TaskFailed

    return djangos(quiet)
