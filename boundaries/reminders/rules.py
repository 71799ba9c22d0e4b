"""Reminding people of what they decided to come back to: on the home page, and by mail.

Parts schedule and cancel reminders while they hold the lock on the couple. A person sees one at a
time, the one that came due first.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts import daytime
from accounts.time_zones import current_name
from boundaries.reminders.models import Reminder
from boundaries.seats.models import NotPaired, Seat
from boundaries.vocabulary import ReminderKind, Side

PUT_OFF = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """What the home page reminds of."""

    kind: ReminderKind
    subject: uuid.UUID

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """What `due_in_words` found, if anything."""
        if not text:
            return None
        kind, _, subject = text.partition(" ")
        return cls(ReminderKind(kind), uuid.UUID(subject))


def schedule(seat: Seat, kind: ReminderKind, subject: uuid.UUID, due_at: datetime) -> None:
    """Remind this person at `due_at`, instead of when they were to be reminded of this before.

    One statement. Raises NotPaired.
    """
    if seat.couple_id is None or seat.side is None:
        raise NotPaired
    _put([_reminder(seat.couple_id, Side(seat.side), kind, subject, due_at)])


def schedule_both(
    seat: Seat,
    kind: ReminderKind,
    subject: uuid.UUID,
    due_at: datetime | date,
    *,
    leave_out: Collection[Side] = (),
) -> None:
    """Remind both; of a day, each on the morning of it where they are.

    Nobody in `leave_out` is reminded. Three statements, whoever is left out. Raises NotPaired.
    """
    if seat.couple_id is None:
        raise NotPaired
    both = Seat.objects.filter(couple=seat.couple_id)
    zones = dict(both.values_list("side", "user__time_zone"))
    rows = []
    for side in Side:
        moment = due_at if isinstance(due_at, datetime) else morning_of(due_at, zones.get(side, ""))
        rows.append(_reminder(seat.couple_id, side, kind, subject, moment))
    _put(rows)
    _of(seat, kind, [subject]).filter(side__in=["", *leave_out]).delete()


def schedule_all(
    kind: ReminderKind, due: Iterable[tuple[uuid.UUID, Side, uuid.UUID, datetime]]
) -> None:
    """The same for people of many couples, each with couple, side, subject and time.

    One statement.
    """
    rows = [_reminder(couple, side, kind, subject, at) for couple, side, subject, at in due]
    if rows:
        _put(rows)


def cancel(seat: Seat, kind: ReminderKind, subject: uuid.UUID) -> None:
    """Don't remind this person of it any more. One statement, whether they were to be."""
    _of(seat, kind, [subject]).filter(side=seat.side).delete()


def cancel_both(seat: Seat, kind: ReminderKind, subjects: Iterable[uuid.UUID]) -> None:
    """The same for both, and for several subjects. One statement."""
    _of(seat, kind, subjects).delete()


def put_off(seat: Seat, kind: ReminderKind, subject: uuid.UUID) -> None:
    """Remind this person a week later, without a mail. One statement."""
    own = _of(seat, kind, [subject]).filter(side=seat.side, due_at__lte=timezone.now())
    own.update(due_at=timezone.now() + PUT_OFF, mail_at=None)


def export(seat: Seat) -> list[dict[str, Any]]:
    """What this person is to be reminded of, for the copy of their data."""
    own = Reminder.objects.filter(couple=seat.couple_id, side=seat.side).order_by("due_at", "pk")
    return [dict(row) for row in own.values("kind", "due_at", "mail_at")]


def due(couple: uuid.UUID | None, side: str | None, now: datetime) -> QuerySet[Reminder]:
    """What one side of a couple is to be reminded of by now, the first to come due first."""
    return Reminder.objects.filter(couple=couple, side=side, due_at__lte=now).order_by("due_at")


def due_in_words(couple: uuid.UUID | None, side: str | None, now: datetime) -> QuerySet[Any, Any]:
    """For a subquery: the first of them as one text, which `DueReminder.read` reads."""
    text = Concat("kind", Value(" "), Cast("subject", CharField()))
    return due(couple, side, now).values_list(text)[:1]


def morning_of(day: date, zone: str) -> datetime:
    """Nine o'clock on a day in a person's time zone."""
    there = ZoneInfo(current_name(zone) or settings.TIME_ZONE)
    return datetime.combine(day, time(daytime.BEGINS), tzinfo=there).astimezone(UTC)


def _reminder(
    couple: uuid.UUID, side: Side, kind: ReminderKind, subject: uuid.UUID, due_at: datetime
) -> Reminder:
    return Reminder(
        couple_id=couple,
        side=side,
        kind=kind,
        subject=subject,
        due_at=due_at,
        mail_at=due_at,
    )


def _put(reminders: list[Reminder]) -> None:
    Reminder.objects.bulk_create(
        reminders,
        update_conflicts=True,
        unique_fields=["couple", "side", "kind", "subject"],
        update_fields=["due_at", "mail_at"],
    )


def _of(seat: Seat, kind: ReminderKind, subjects: Iterable[uuid.UUID]) -> QuerySet[Reminder]:
    about = Reminder.objects.filter(couple=seat.couple_id, kind=kind)
    return about.filter(subject__in=list(subjects))
