"""Saying yes to something that takes both: each yes is sealed until both have said it."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat


@dataclass(frozen=True, slots=True)
class Opting:
    """Whether this person said yes, and whether both did."""

    said_yes: bool
    both: bool


def opting(seat: Seat, subject: str) -> Opting:
    """What this person may know: their own yes, and whether both have said it. One query."""
    sheet = Sheet.with_seals(seat).filter(deck=subject).first()
    return Opting(sheet.sealed, sheet.opened) if sheet else Opting(said_yes=False, both=False)


def opt_in(seat: Seat, subject: str, *, couple_token: str | None = None) -> None:
    """Say yes. Until both have, the partner learns nothing of it.

    `couple_token` is the couple that the page was about. Raises seats.NotPaired, also if that was
    another couple.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        sheet, _ = Sheet.owned_by(seat).get_or_create(seat=seat, deck=subject)
        sealing.put(couple, seat, sheet)


def opt_out(seat: Seat, subject: str) -> None:
    """Take the yes back, without a trace. Raises sealing.IsOpen if both said yes, and NotPaired."""
    with seats.locked(seat) as (_, seat):
        for sheet in Sheet.owned_by(seat).filter(deck=subject):
            sealing.take_back(seat, sheet)
        Sheet.delete_all([seat], subject)
