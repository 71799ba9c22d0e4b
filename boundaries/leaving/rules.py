"""Leaving: parting from a partner, and deleting an account. Neither needs anybody's consent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import closing
from boundaries.agreements import copies
from boundaries.leaving import data_export
from boundaries.pairing import rules as pairing
from boundaries.repair import export as repairs
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.models import User


class _InBetween(Exception):
    """They got a seat or a partner just now; start again, to lock the couple before its seats."""


def part(seat: Seat, *, couple_token: str | None = None, parted_at: datetime | None = None) -> None:
    """Leave the couple, alone and at once, and keep a copy of what was agreed for each partner.

    Everything else that the two shared is deleted, and what either wrote for it. Of their repairs
    each gets their own words back, for the copy of their data. The other only learns that there is
    no couple. `couple_token` is that of the page, where it was about a couple; `parted_at` is when
    they parted, if not now.
    Idempotent. Raises seats.NotPaired, also where the page was about another couple.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        copies.copy_for_each(seat)
        repairs.return_words(seat, parted_at)
        closing.add_tombstone(couple.pk)
        pairing.part(seat)


def part_again(couples: Mapping[uuid.UUID, date]) -> int:
    """Part these couples again if a restore brought them back. Returns how many.

    Each has the day on which they parted: what came back to them then doesn't stay longer for it.
    """
    found = list(Seat.objects.filter(couple__in=couples, side=Side.LEFT))
    for seat in found:
        if seat.couple_id is not None:
            parted_at = datetime.combine(couples[seat.couple_id], time(), tzinfo=UTC)
            with suppress(seats.NotPaired):
                part(seat, parted_at=parted_at)
    return len(found)


def delete(user: User) -> None:
    """Delete an account and everything that is its owner's alone, at once and for good.

    A couple is parted first, as by `part`. Idempotent.
    """
    while True:
        with suppress(_InBetween):
            _delete(user)
            return


@transaction.atomic
def _delete(user: User) -> None:
    """Locks are taken in the order couple, seats, rows; the account is a row."""
    seat = Seat.objects.filter(user=user).first()
    copies: list[uuid.UUID] = []
    if seat:
        with suppress(seats.NotPaired):
            part(seat)
        for locked in Seat.objects.select_for_update().filter(pk=seat.pk):
            if locked.couple_id is not None:
                raise _InBetween
        pairing.withdraw(seat)
        copies = data_export.asked_for(seat)
    if not closing.lock(user):
        return
    if seat is None and Seat.objects.filter(user=user).exists():
        raise _InBetween
    closing.close(user, tasks=copies)
