"""What a worker does besides its tasks: requeues lost tasks, retries mails, deletes old rows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from accounts import closing, devices, outbox, queue
from accounts.models import Heartbeat

DEAD_AFTER = timedelta(seconds=45)  # several missed heartbeats
FINISHED_KEPT_FOR = timedelta(days=1)

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
    """Requeue tasks whose worker died while running them. Returns how many there were."""
    Heartbeat.objects.filter(at__lt=Now() - DEAD_AFTER).delete()
    alive = set(Heartbeat.objects.values_list("worker", flat=True))
    return queue.requeue_orphans(alive)


def delete_expired() -> None:
    """Delete old finished tasks, expired sessions, and the rows that list ended sessions."""
    queue.delete_finished(FINISHED_KEPT_FOR)
    while devices.delete_expired() == devices.BATCH_SIZE:
        pass
    sweep.run()


class _Sweep:
    """Goes through all rows that list sessions, a batch in each round."""

    after = 0

    def run(self) -> None:
        self.after = devices.delete_ended(self.after)


sweep = _Sweep()
