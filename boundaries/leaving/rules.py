"""Leaving: parting from a partner, and deleting one's account. Nobody's leave is asked for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import closing
from boundaries.agreements import copies
from boundaries.leaving import data_export
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.models import User


class _InBetween(Exception):
    """They were seated or paired in this very moment: a couple is locked before its seats."""


def part(seat: Seat, *, shown: str | None = None) -> None:
    """Leave the couple, alone and at once, and set aside for each a copy of what held.

    All else that the two shared is deleted, and what either wrote for it. The other is told nothing
    but that there is no couple. `shown` is the word for the couple that the page was about.
    Doing it twice is doing it once. Raises seats.NotPaired, also where there is another couple.
    """
    with seats.locked(seat, shown) as (couple, seat):
        copies.copy_for_each(seat)
        closing.add_tombstone(couple.pk)
        pairing.part(seat)


def part_again(couples: Collection[uuid.UUID]) -> int:
    """Part each of these couples that is there, as after a restore. Returns how many were."""
    found = list(Seat.objects.filter(couple__in=couples, side=Side.LEFT))
    for seat in found:
        with suppress(seats.NotPaired):
            part(seat)
    return len(found)


def delete(user: User) -> None:
    """Delete an account and everything that is its owner's alone, at once and for good.

    A couple is parted by it, as by parting. Doing it twice is doing it once.
    """
    while True:
        with suppress(_InBetween):
            _delete(user)
            return


@transaction.atomic
def _delete(user: User) -> None:
    """Locks are taken in the one order there is: couple, seats, rows; the account is a row."""
    seat = Seat.objects.filter(user=user).first()
    copies: list[uuid.UUID] = []
    if seat:
        with suppress(seats.NotPaired):
            part(seat)
        for held in Seat.objects.select_for_update().filter(pk=seat.pk):
            if held.couple_id is not None:
                raise _InBetween
        pairing.withdraw(seat)
        copies = data_export.asked_for(seat)
    if not closing.lock(user):
        return
    if seat is None and Seat.objects.filter(user=user).exists():
        raise _InBetween
    closing.close(user, tasks=copies)
