"""When to ask again how it is: about 3 days, 2 weeks, 6 weeks and 3 months after an offer.

Only a suggestion: both may answer sooner or later, and a clock that jumps moves what is suggested
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from boundaries.repair.flow import FOLLOW_UPS, Pace, RepairPlace
from boundaries.vocabulary import RepairMove, RepairStep, Side

AFTER_AN_OFFER = (timedelta(days=3), timedelta(days=14), timedelta(days=42), timedelta(days=91))
APART = timedelta(days=3)  # between two of them at least, so that none come in a burst
SLOWER = 2  # times as long

assert len(AFTER_AN_OFFER) == FOLLOW_UPS  # noqa: S101 read at import


@dataclass(frozen=True, slots=True)
class Moment:
    """One turn, as far as its time matters."""

    side: Side
    move: RepairMove
    at: datetime


def due_at(place: RepairPlace, moments: Iterable[Moment]) -> datetime | None:
    """When the next follow-up is due. None if there is none to come."""
    if place.step != RepairStep.AFTER or not place.follow_ups_left or place.pace == Pace.PAUSED:
        return None
    offered = last = None
    for moment in moments:
        if moment.move == RepairMove.OFFER:
            offered = offered or moment.at
            last = last or moment.at
        elif moment.side == place.hurt and moment.move in (RepairMove.FOLLOW_UP, RepairMove.RESUME):
            last = moment.at
    if offered is None or last is None:
        return None
    factor = SLOWER if place.pace == Pace.SLOWER else 1
    return max(offered + factor * AFTER_AN_OFFER[place.follow_up], last + factor * APART)
