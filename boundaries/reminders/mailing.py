"""Mailing people who have something due: by day, at most once a week, whatever it is.

A worker does this in each round of its maintenance. Several workers may do it at once.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Greatest, Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import daytime, languages, outbox
from accounts.outbox import Reminding
from boundaries.reminders.models import Reminder, ReminderMails
from boundaries.seats.models import Seat

BETWEEN_MAILS = timedelta(days=7)
PUT_OFF_FOR = BETWEEN_MAILS + timedelta(days=2)  # at most: for a week, and a night
BATCH = 500  # reminders
BATCHES_IN_A_ROUND = 20  # a worker has other duties, and must show that it is alive

type Place = tuple[uuid.UUID, str]  # couple and side


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever has a place in a couple, and how to mail them."""

    seat: uuid.UUID
    address: str
    zone: str
    language: str


def remind() -> int:
    """Write the mails that are due now, and return how many. Only the first rounds of a rush."""
    for _batch in range(BATCHES_IN_A_ROUND):
        if put_right_batch() < BATCH:
            break
    written = 0
    for _batch in range(BATCHES_IN_A_ROUND):
        looked_at, mailed = remind_batch()
        written += mailed
        if looked_at < BATCH:
            break
    return written


@transaction.atomic
def remind_batch() -> tuple[int, int]:
    """Look at the reminders that have waited longest. Returns how many, and how many were mailed.

    A reminder that another worker looks at is left to it. One that can't be mailed yet, by night or
    within a week of the last mail, gets the time at which it can.
    """
    now = timezone.now()
    reminders = list(_to_mail(now))
    people = _people({reminder.couple_id for reminder in reminders})
    mails = _locked_mails((person.seat for person in people.values()), now)
    planned: dict[datetime | None, list[uuid.UUID]] = defaultdict(list)
    letters: dict[uuid.UUID, Reminding] = {}
    for reminder in reminders:
        person = people[reminder.couple_id, reminder.side]
        mail = mails[person.seat]
        moment = None if reminder.kind in mail.off else _earliest(now, person, mail.mailed_at)
        if moment == now:
            letters[person.seat] = _letter(person, mail)
        planned[None if moment == now else moment].append(reminder.pk)
    for moment, pks in planned.items():
        Reminder.objects.filter(pk__in=pks).update(mail_at=moment)
    ReminderMails.were_mailed(letters, now)
    outbox.write(letters.values())
    return len(reminders), len(letters)


@transaction.atomic
def put_right_batch() -> int:
    """Look again at reminders that were looked at by a clock that was ahead. Returns how many.

    Such a clock mails what isn't due yet, and puts off the rest to its own next week. So they are
    mailed when they are due by the clock of now, at most one in a week as ever.
    """
    now = timezone.now()
    found = Reminder.looked_at_later_than(now + PUT_OFF_FOR).select_for_update(skip_locked=True)
    pks = list(found.values_list("pk", flat=True)[:BATCH])
    Reminder.objects.filter(pk__in=pks).update(
        mail_at=Greatest("due_at", Value(now, DateTimeField()))
    )
    return len(pks)


def due_now() -> int:
    """How many reminders are to be looked at. More than a few, for long, is a worker that fails."""
    return Reminder.objects.filter(mail_at__lte=Now()).count()


def _to_mail(now: datetime) -> QuerySet[Reminder]:
    waiting = Reminder.objects.filter(mail_at__lte=now).order_by("mail_at")
    return waiting.select_for_update(skip_locked=True)[:BATCH]


def _people(couples: Iterable[uuid.UUID]) -> Mapping[Place, Person]:
    seats = Seat.objects.filter(couple__in=list(couples)).values_list(
        *("couple", "side", "pk", "user__email", "user__time_zone", "user__language"), named=True
    )
    return {
        (row.couple, str(row.side)): Person(
            seat=row.pk,
            address=row.user__email,
            zone=row.user__time_zone,
            language=languages.known_or_default(row.user__language),
        )
        for row in seats
    }


def _locked_mails(seats: Iterable[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, ReminderMails]:
    """When each was mailed last, locked so that no two workers mail one person."""
    locked = ReminderMails.locked(seats)
    # After a clock was put back, a last mail seems to come from the future: it counts as sent now.
    for row in locked:
        if row.mailed_at and row.mailed_at > now:
            row.mailed_at = now
            row.save(update_fields=["mailed_at"])
    return {row.seat_id: row for row in locked}


def _earliest(now: datetime, person: Person, mailed_at: datetime | None) -> datetime:
    """When this person may get the next mail: now, or later."""
    moment = max(now, mailed_at + BETWEEN_MAILS) if mailed_at else now
    return daytime.daytime_from(moment, person.zone)


def _letter(person: Person, mail: ReminderMails) -> Reminding:
    link = settings.SITE_URL + reverse("reminders-off", args=[mail.link])
    context = {"site_url": settings.SITE_URL, "link": link}
    with languages.written_in(person.language):
        return Reminding(
            recipient=person.address,
            subject=_("Something is waiting for you"),
            body=render_to_string("emails/reminder.txt", context),
            unsubscribe=link,
            zone=person.zone,
            language=person.language,
        )
