"""What a worker does besides its work: frees what dead workers left, and deletes old rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from accounts import closing, devices, posting, queue
from accounts.models import Heartbeat
from accounts.repeating import repeated

DEAD_AFTER = timedelta(seconds=45)  # several missed heartbeats
MAIL_STUCK_AFTER = timedelta(minutes=2)
FINISHED_KEPT_FOR = timedelta(days=1)

logger = logging.getLogger(__name__)

duties: list[Callable[[], object]] = []  # other apps add their own


def run_round(worker: str, no_mail_since: datetime | None = None) -> None:
    """Run all duties once. One that fails is logged, and runs again in the next round.

    Raises OperationalError or InterfaceError if the database is away.
    """
    own_duties = (
        lambda: beat(worker, no_mail_since),
        free_orphans if rounds.are_regular() else _wait_for_the_others,
        posting.delete_outdated,
        delete_expired,
        closing.export_tombstones,
    )
    for duty in (*own_duties, *duties):
        try:
            repeated(duty)()
        except Exception as error:
            if is_outage(error):
                raise
            logger.exception("upkeep failed")


class _Rounds:
    """Knows whether this worker could do its rounds lately.

    After an outage of the database all heartbeats are old. Whoever is back first must not take the
    others for dead.
    """

    last = -DEAD_AFTER.total_seconds()

    def are_regular(self) -> bool:
        now = time.monotonic()
        since, self.last = now - self.last, now
        return since < DEAD_AFTER.total_seconds() / 2


def _wait_for_the_others() -> None:
    """They show themselves before the next round."""


def is_outage(error: Exception) -> bool:
    """Whether the database is away. Its own log line has said so once."""
    if connection.in_atomic_block or not isinstance(error, (OperationalError, InterfaceError)):
        return False
    try:
        connection.close()
        connection.ensure_connection()
    except (OperationalError, InterfaceError):
        return True
    return False


def beat(worker: str, no_mail_since: datetime | None = None) -> None:
    """Record that this worker is alive, and since when its mail server takes no mail."""
    defaults = {"at": Now(), "no_mail_since": no_mail_since}
    Heartbeat.objects.update_or_create(worker=worker, defaults=defaults)


def sign_off(worker: str) -> None:
    """Delete the heartbeat of a worker that is shutting down."""
    Heartbeat.objects.filter(worker=worker).delete()


def is_any_worker_alive() -> bool:
    return Heartbeat.objects.filter(at__gt=Now() - DEAD_AFTER).exists()


def is_mail_stuck() -> bool:
    """Whether mails have waited for a while: nobody tried, or the mail server takes none."""
    alive = Heartbeat.objects.filter(at__gt=Now() - DEAD_AFTER)
    down = alive.filter(no_mail_since__lt=Now() - MAIL_STUCK_AFTER)
    return down.exists() or posting.is_any_waiting_for(MAIL_STUCK_AFTER)


@transaction.atomic
def free_orphans() -> int:
    """Free the tasks and letters whose worker died. Returns how many there were."""
    Heartbeat.objects.filter(at__lt=Now() - DEAD_AFTER).delete()
    alive = set(Heartbeat.objects.values_list("worker", flat=True))
    return queue.requeue_orphans(alive) + posting.release_orphans(alive, DEAD_AFTER)


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
rounds = _Rounds()
