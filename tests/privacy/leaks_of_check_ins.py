"""Planted leaks: each lets something of check-ins reach Alice that Bob does in secret."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.core.mail import send_mail
from django.utils import timezone

from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.models import CheckInReplies, Muted
from boundaries.check_ins.replies import CheckIn, unpacked
from boundaries.reminders import rules as reminders
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Seal, Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import ReminderKind, Side
from tests.privacy.leaks import Leak, instead, planted

OF_A_HALF: dict[str, Leak] = {}
OF_A_HALF_THAT_WAITED: dict[str, Leak] = {}
OF_MUTING: dict[str, Leak] = {}
OF_WANTING_A_PICTURE: dict[str, Leak] = {}


@planted(OF_A_HALF, "one seal is enough to read his half")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        found = true(seat)
        bobs = CheckInReplies.unscoped.filter(sheet__seat__user__first_name="Bob")
        for row in bobs.exclude(sheet__seal=None).select_related("sheet__seat__kept_key"):
            half = unpacked(row.read(row.sheet.seat.key))
            found.append(CheckIn(id=uuid.UUID(int=1), at=timezone.now(), halves={Side.RIGHT: half}))
        return found

    return instead(check_ins, "all_finished")(spoiled)


@planted(OF_A_HALF, "the page says that he has sealed his")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        own = true(seat)
        ready = Seal.objects.filter(seat__couple=seat.couple_id, envelope__deck=sealing.CHECK_IN)
        return replace(own, seen="ready" if ready.exists() else own.seen)

    return instead(check_ins, "own_half")(spoiled)


@planted(OF_A_HALF, "a mail when he seals his")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any, **more: Any) -> Any:
        if seat.user.first_name == "Bob":
            send_mail("Your turn", "", "a@example.org", ["alice@example.org"])
        return true(seat, *args, **more)

    return instead(check_ins, "seal")(spoiled)


@planted(OF_A_HALF, "a count of his in the copy of her data")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        count = Sheet.unscoped.filter(deck=sealing.CHECK_IN).count()
        return true(seat) | {"of_both": [{"behaviour": ""}] * count}

    return instead(check_ins, "export")(spoiled)


@planted(OF_A_HALF_THAT_WAITED, "a seal that waited too long is taken back only if it is there")
def _() -> Any:
    def spoiled(true: Any, couple: Any, deck: str, before: Any = None) -> Any:
        if Seal.objects.filter(envelope__couple=couple, envelope__deck=deck).exists():
            true(couple, deck, before)

    return instead(sealing, "lapse")(spoiled)


@planted(OF_A_HALF_THAT_WAITED, "a seal never waits too long")
def _() -> Any:
    return instead(sealing, "lapse")(lambda true, couple, deck, before=None: None)


@planted(OF_MUTING, "one of the two has muted it")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        return true(seat) or Muted.unscoped.filter(couple=seat.couple_id).exists()

    return instead(rhythms, "is_muted")(spoiled)


@planted(OF_MUTING, "whoever ends a rhythm ends its muting, and the page shows by whom")
def _() -> Any:
    def spoiled(true: Any, seat: Any, **more: Any) -> Any:
        true(seat, **more)
        if Muted.unscoped.filter(couple=seat.couple_id).delete()[0]:
            Muted(seat=seat, couple_id=seat.couple_id).save()

    return instead(rhythms, "end")(spoiled)


@planted(OF_MUTING, "only whoever is reminded is reminded no more")
def _() -> Any:
    def spoiled(true: Any, seat: Any, kind: Any, subjects: Any) -> Any:
        if kind != ReminderKind.CHECK_IN:
            return true(seat, kind, subjects)
        muted = Muted.unscoped.filter(couple=seat.couple_id).values("seat")
        for other in Seat.objects.filter(couple=seat.couple_id).exclude(pk__in=muted):
            for subject in subjects:
                reminders.cancel(other, kind, subject)
        return None

    return instead(reminders, "cancel_both")(spoiled)


@planted(OF_WANTING_A_PICTURE, "the page says that he wants it")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        own = true(seat)
        wanted = Seal.objects.filter(seat__couple=seat.couple_id, envelope__deck=sealing.CLOSENESS)
        return replace(own, said_yes=own.said_yes or wanted.exists())

    return instead(closeness, "wanted")(spoiled)
