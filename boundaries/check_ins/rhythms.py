"""The rhythm of check-ins: it belongs to both. Not being reminded of it is each person's own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from boundaries.check_ins.models import Muted, Rhythm
from boundaries.check_ins.pattern import Pattern
from boundaries.errors import Conflict, Refused
from boundaries.reminders import rules as reminders
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import ReminderKind


class RhythmChanged(Conflict):
    """The other has set, changed or ended it since the page was loaded. Nothing was stored."""


class FirstTimeNotAhead(Refused):
    """The first time is over, or more than five weeks ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRhythm:
    """The rhythm, as either sees it."""

    id: uuid.UUID
    pattern: Pattern
    next_at: datetime
    version: str
    changes: int


def rhythm(seat: Seat) -> CheckInRhythm | None:
    """The couple's rhythm; None if there is none. One query."""
    found = Rhythm.objects.of(seat).first()
    if found is None:
        return None
    pattern = found.pattern
    return CheckInRhythm(
        id=found.pk,
        pattern=pattern,
        next_at=pattern.after(timezone.now()),
        version=_version(found),
        changes=found.changes,
    )


def is_muted(seat: Seat) -> bool:
    """Whether this person isn't reminded of check-ins, with a rhythm or without. One query.

    The other never learns of it.
    """
    return Muted.owned_by(seat).exists()


def set_rhythm(
    seat: Seat, pattern: Pattern, *, version: str, couple_token: str | None = None
) -> None:
    """Set or change the rhythm, for both. Setting what both see already changes nothing.

    `version` is that of the rhythm on the page, or empty. Raises FirstTimeNotAhead, RhythmChanged,
    and seats.NotPaired also for another couple's page.
    """
    now = timezone.now()
    if not pattern.can_be_set(now):
        raise FirstTimeNotAhead
    with seats.locked(seat, couple_token) as (couple, seat):
        found = Rhythm.objects.of(seat).first()
        if found and _is_seen_as(found.pattern, pattern, now):
            return
        if _version(found) != version:
            raise RhythmChanged
        row = found or Rhythm(couple=couple)
        row.every, row.first_on, row.at = pattern.every, pattern.first_on, pattern.at
        row.zone, row.next_at = pattern.zone, pattern.first
        row.changes += found is not None
        row.save()
        reminders.cancel_both(seat, ReminderKind.CHECK_IN, [row.pk])


def end(seat: Seat, *, couple_token: str | None = None) -> None:
    """End the rhythm, for both. Nobody is told who did, or why. Idempotent. Raises NotPaired."""
    with seats.locked(seat, couple_token) as (_, seat):
        ended = list(Rhythm.objects.of(seat).values_list("pk", flat=True))
        Rhythm.objects.of(seat).delete()
        reminders.cancel_both(seat, ReminderKind.CHECK_IN, ended)


def mute(seat: Seat) -> None:
    """Don't remind this person, of this rhythm or a later one. The other never learns of it.

    Idempotent. Raises NotPaired.
    """
    with seats.locked(seat) as (couple, seat):
        Muted.owned_by(seat).get_or_create(seat=seat, couple=couple)
        _cancel(seat)


def unmute(seat: Seat) -> None:
    """Remind this person again, from the next time on. Raises NotPaired."""
    with seats.locked(seat) as (_, seat):
        Muted.owned_by(seat).delete()


def has_checked_in(seat: Seat, *, both: bool = False) -> None:
    """Don't remind this person, or both, before the next time. The couple must be locked."""
    _cancel(seat, both=both)


def export(seat: Seat) -> dict[str, Any] | None:
    """The rhythm, without the zone, which may be the partner's."""
    found = rhythm(seat)
    return {"every": found.pattern.every, "next_at": found.next_at} if found else None


def _cancel(seat: Seat, *, both: bool = False) -> None:
    """Cancel the reminder of this person, or of both. The couple must be locked.

    The rhythm gets locked: a worker may be reminding just now. It has then seen what was done.
    """
    for found in Rhythm.objects.of(seat).select_for_update():
        if both:
            reminders.cancel_both(seat, ReminderKind.CHECK_IN, [found.pk])
        else:
            reminders.cancel(seat, ReminderKind.CHECK_IN, found.pk)


def _is_seen_as(stored: Pattern, sent: Pattern, now: datetime) -> bool:
    """Whether two patterns show the same, in whichever zones: the other's may not be found out."""
    return (stored.every, stored.after(now)) == (sent.every, sent.first)


def _version(found: Rhythm | None) -> str:
    return f"{found.pk.hex}-{found.changes}" if found else ""
