"""Which reminders a person wants by mail: all of them at first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts import outbox
from boundaries.reminders.models import ReminderMails
from boundaries.seats.models import Seat
from boundaries.vocabulary import ReminderKind


def kinds_on(seat: Seat) -> list[ReminderKind]:
    """The kinds that this person gets by mail."""
    off = ReminderMails.owned_by(seat).values_list("off", flat=True).first() or []
    return [kind for kind in ReminderKind if kind not in off]


def export(seat: Seat) -> dict[str, Any]:
    """What this person chose, and when they were last mailed, for the copy of their data."""
    row = ReminderMails.owned_by(seat).first()
    return {
        "no_mails_about": row.off if row else [],
        "last_reminded_by_mail_at": row.mailed_at if row else None,
    }


@transaction.atomic
def switch_on_only(seat: Seat, kinds: Iterable[ReminderKind]) -> None:
    """Mail this person these kinds of reminders, and no others."""
    wanted = set(kinds)
    off = [str(kind) for kind in ReminderKind if kind not in wanted]
    ReminderMails.switch_off(seat, off)
    if len(off) == len(ReminderKind):
        outbox.forget_unsent(seat.user.email)


@transaction.atomic
def switch_all_off(link: uuid.UUID) -> None:
    """Mail the person with this link no reminders. An unknown link changes nothing."""
    mails = ReminderMails.with_link(link)
    if mails:
        switch_on_only(mails.seat, [])
