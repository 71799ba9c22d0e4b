"""Turning rhythms into reminders when their time has come. A worker does this in each round.

A reminder is made no sooner, so one that somebody hasn't dealt with is replaced by the next, and
there is never more than one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from boundaries.check_ins.models import Muted, Rhythm
from boundaries.check_ins.pattern import LONGEST
from boundaries.reminders import rules as reminders
from boundaries.vocabulary import ReminderKind, Side

BATCH = 500  # rhythms
BATCHES_IN_A_ROUND = 20  # a worker has other duties
TOO_FAR = LONGEST + timedelta(days=1)  # no next time is as far ahead, unless a clock has jumped


def schedule_due() -> int:
    """Make the reminders of all rhythms whose time has come. Returns of how many rhythms."""
    done = 0
    for _batch in range(BATCHES_IN_A_ROUND):
        count = schedule_batch()
        done += count
        if count < BATCH:
            break
    return done


@transaction.atomic
def schedule_batch() -> int:
    """The same for some. Whatever time was missed, there is one reminder, of the last time.

    A rhythm that another worker or a person is changing is left for later.
    """
    now = timezone.now()
    due = list(_due())
    muted = _muted(rhythm.pk for rhythm in due)
    remind = []
    for rhythm in due:
        latest = rhythm.pattern.latest(now)
        if latest and rhythm.next_at <= now:
            sides = (side for side in Side if (rhythm.pk, side) not in muted)
            remind += [(rhythm.couple_id, side, rhythm.pk, latest) for side in sides]
        rhythm.next_at = rhythm.pattern.after(now)
    reminders.schedule_all(ReminderKind.CHECK_IN, remind)
    Rhythm.objects.bulk_update(due, ["next_at"])
    return len(due)


def _due() -> QuerySet[Rhythm]:
    now = timezone.now()
    wanted = Rhythm.objects.filter(Q(next_at__lte=now) | Q(next_at__gt=now + TOO_FAR))
    return wanted.order_by("next_at").select_for_update(skip_locked=True)[:BATCH]


def _muted(rhythms: Iterable[uuid.UUID]) -> set[tuple[uuid.UUID, str | None]]:
    """Which sides aren't to be reminded of which rhythm."""
    return set(Muted.of_all(rhythms).values_list("rhythm", "seat__side"))
