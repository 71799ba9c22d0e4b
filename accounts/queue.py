"""The task queue in the database: the only module that knows django-tasks-db."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.tasks import TaskResultStatus, task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

MAX_TRIES = 5
NO_ARGUMENTS: dict[str, Any] = {"args": [], "kwargs": {}}
POLL_INTERVAL = 1.0  # seconds


class Worker(db_worker.Command):
    """It would log a line for each task, and a warning whenever somebody stops it."""

    def configure_logging(self, verbosity: int) -> None:
        """Leave the levels as the settings have them."""


def run_tasks(worker: str) -> None:
    """Run tasks, one after another, until a signal stops this process: then exit.

    Raises OperationalError or InterfaceError when the database is away.
    """
    call_command(Worker(), worker_id=worker, interval=POLL_INTERVAL, reload=False)


def requeue_own(worker: str) -> None:
    """Requeue the task that this worker was at when it lost the database."""
    for task in DBTaskResult.objects.running():
        if worker in task.worker_ids[-1:]:
            DBTaskResult.objects.filter(pk=task.pk).update(status=TaskResultStatus.READY)


def is_immediate() -> bool:
    """Whether tasks run within the request, so that there is no worker."""
    return not isinstance(task_backends["default"], DatabaseBackend)


@transaction.atomic
def requeue_orphans(alive: set[str]) -> int:
    """Requeue running tasks whose worker is not alive. Returns how many there were.

    A task that has crashed MAX_TRIES workers is marked as failed instead.
    """
    running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
    orphans = [task for task in running if not alive & set(task.worker_ids[-1:])]
    for task in orphans:
        is_given_up = len(task.worker_ids) >= MAX_TRIES
        task.status = TaskResultStatus.FAILED if is_given_up else TaskResultStatus.READY
        task.save(update_fields=["status"])
    return len(orphans)


def count_by_state() -> dict[str, int]:
    """How many tasks are in each state, also in those that none is in."""
    found = dict(DBTaskResult.objects.values_list("status").annotate(Count("pk")).order_by())
    return {state.lower(): found.get(state, 0) for state in TaskResultStatus.values}


def delete_finished(kept_for: timedelta) -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=Now() - kept_for).delete()


def delete_tasks(ids: Iterable[object]) -> None:
    """Delete the tasks whose first argument is one of these ids.

    A running task only loses its arguments, because its worker would crash without the row.
    """
    tasks = DBTaskResult.objects.filter(args_kwargs__args__0__in=[str(id) for id in ids])
    for task in tasks.select_for_update():
        if task.status == TaskResultStatus.RUNNING:
            DBTaskResult.objects.filter(pk=task.pk).update(args_kwargs=NO_ARGUMENTS)
        else:
            task.delete()
