"""Turning rhythms into reminders when their time has come. A worker does this in each round.

A reminder is made no sooner, so one that somebody hasn't dealt with is replaced by the next, and
there is never more than one.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from boundaries.check_ins.models import CheckInReplies, Muted, Rhythm, SharedCheckIn
from boundaries.check_ins.pattern import FURTHEST, LONGEST
from boundaries.reminders import rules as reminders
from boundaries.vocabulary import ReminderKind, Side

BATCH = 500  # rhythms
BATCHES_IN_A_ROUND = 20  # a worker has other duties
TOO_FAR = FURTHEST + timedelta(days=1)  # no next time is as far ahead, unless a clock has jumped
EARLY = timedelta(days=1)  # whoever checks in on the day before has done so

type Place = tuple[uuid.UUID, str | None]  # couple and side


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
    couples = [rhythm.couple_id for rhythm in due]
    muted, done = _muted(couples), _done(couples, now)
    remind = []
    for rhythm in due:
        latest = rhythm.pattern.latest(now)
        if latest and rhythm.next_at <= now:
            places = ((rhythm.couple_id, side) for side in Side)
            sides = [at[1] for at in places if at not in muted and done[at] < latest - EARLY]
            remind += [(rhythm.couple_id, side, rhythm.pk, latest) for side in sides]
        rhythm.next_at = rhythm.pattern.after(now)
    reminders.schedule_all(ReminderKind.CHECK_IN, remind)
    Rhythm.objects.bulk_update(due, ["next_at"])
    return len(due)


def _due() -> QuerySet[Rhythm]:
    now = timezone.now()
    wanted = Rhythm.objects.filter(Q(next_at__lte=now) | Q(next_at__gt=now + TOO_FAR))
    return wanted.order_by("next_at").select_for_update(skip_locked=True)[:BATCH]


def _muted(couples: Iterable[uuid.UUID]) -> set[Place]:
    """Who isn't to be reminded."""
    return set(Muted.of_all(couples).values_list("couple", "seat__side"))


def _done(couples: list[uuid.UUID], now: datetime) -> defaultdict[Place, datetime]:
    """When each last did their part of a check-in, of those who did lately. Two queries."""
    since = now - LONGEST - EARLY
    done: defaultdict[Place, datetime] = defaultdict(lambda: since - LONGEST)
    sealed = CheckInReplies.sealed_since(couples, since)
    shared = SharedCheckIn.objects.filter(couple__in=couples, at__gt=since)
    of_both = [
        (couple, side, at) for couple, at in shared.values_list("couple", "at") for side in Side
    ]
    for couple, side, at in [*sealed, *of_both]:
        if at <= now:
            done[couple, side] = max(at, done[couple, side])
    return done
