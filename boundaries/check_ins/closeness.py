"""The picture of closeness over time: only while both want it, and only of what both have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from boundaries.check_ins.replies import CheckIn
from boundaries.sealing import opting
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.sealing.opting import Opting
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Closeness, Side

MAX_POINTS = 12  # as many as fit a phone


@dataclass(frozen=True, slots=True)
class Point:
    """How close each felt on one day."""

    day: date
    closeness: Mapping[Side, Closeness]


def wanted(seat: Seat) -> Opting:
    """Whether this person wants the picture, and whether both do. One query."""
    return opting.opting(seat, sealing.CLOSENESS)


def want(seat: Seat, *, couple_token: str | None = None) -> None:
    """Want the picture. The other doesn't learn of it unless they want it too. Raises NotPaired."""
    opting.opt_in(seat, sealing.CLOSENESS, couple_token=couple_token)


def stop_wanting(seat: Seat) -> None:
    """Switch it off: for both, once both wanted it. Nobody is told by whom. Raises NotPaired."""
    with seats.locked(seat) as (couple, seat):
        if wanted(seat).both:
            Sheet.delete_all(Seat.objects.filter(couple=couple), sealing.CLOSENESS)
        else:
            opting.opt_out(seat, sealing.CLOSENESS)


def points(finished: list[CheckIn]) -> list[Point]:
    """The last check-ins in which either said how close they feel, the oldest first."""
    said = [Point(found.day, found.closeness) for found in finished if found.closeness]
    return said[:MAX_POINTS][::-1]
