"""What a worker does besides its tasks: requeues lost tasks, retries mails, deletes old rows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts import closing, devices, outbox
from accounts.models import Heartbeat

DEAD_AFTER = timedelta(seconds=45)  # several missed heartbeats
FINISHED_KEPT_FOR = timedelta(days=1)
MAX_TRIES = 5

logger = logging.getLogger(__name__)

duties: list[Callable[[], object]] = []  # other apps add their own


def run_round(worker: str) -> None:
    """Run all duties once. One that fails is logged, and runs again in the next round."""
    own_duties = (
        lambda: beat(worker),
        requeue_orphans,
        outbox.post_overdue,
        delete_expired,
        closing.export_tombstones,
    )
    for duty in (*own_duties, *duties):
        try:
            duty()
        except Exception:
            logger.exception("upkeep failed")


def beat(worker: str) -> None:
    """Record that this worker is alive."""
    Heartbeat.objects.update_or_create(worker=worker, defaults={"at": Now()})


def sign_off(worker: str) -> None:
    """Delete the heartbeat of a worker that is shutting down."""
    Heartbeat.objects.filter(worker=worker).delete()


def is_any_worker_alive() -> bool:
    return Heartbeat.objects.filter(at__gt=Now() - DEAD_AFTER).exists()


@transaction.atomic
def requeue_orphans() -> int:
    """Requeue tasks whose worker died while running them. Returns how many there were.

    A task that has crashed MAX_TRIES workers is marked as failed instead.
    """
    Heartbeat.objects.filter(at__lt=Now() - DEAD_AFTER).delete()
    alive = set(Heartbeat.objects.values_list("worker", flat=True))
    running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
    orphans = [task for task in running if not alive & set(task.worker_ids[-1:])]
    for task in orphans:
        is_given_up = len(task.worker_ids) >= MAX_TRIES
        task.status = TaskResultStatus.FAILED if is_given_up else TaskResultStatus.READY
        task.save(update_fields=["status"])
    return len(orphans)


def delete_expired() -> None:
    """Delete old finished tasks, expired sessions, and the rows that list ended sessions."""
    DBTaskResult.objects.finished().filter(finished_at__lt=Now() - FINISHED_KEPT_FOR).delete()
    Session.objects.filter(expire_date__lt=Now()).delete()
    devices.delete_ended()
