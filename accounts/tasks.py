"""A `task` decorator that keeps people's data out of stored errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.tasks import Task
from django.tasks import task as django_task

from accounts.repeating import repeated

logger = logging.getLogger(__name__)


class TaskFailed(Exception):
    """A task failed. The log has the original error's type and traceback, not its message."""


def task[**P, T](function: Callable[P, T]) -> Task[P, T]:
    """Like Django's `task`, but any error is replaced by TaskFailed.

    Django stores the error's message in the database. A message from the mail server would contain
    the address, and one from the database the value.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return repeated(function)(*args, **kwargs)
        except Exception:
            logger.exception("a task failed", extra={"task": function.__name__})
        raise TaskFailed

    return django_task(wrapper)
