"""What the page of a couple's own behaviours shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boundaries.content import control
from boundaries.questions.rules import PutForward


@dataclass(frozen=True, slots=True)
class NotedOffer:
    """A behaviour that was put forward, and whether to show the note about control next to it."""

    offer: PutForward
    care: bool


def with_notes(offers: Iterable[PutForward]) -> list[NotedOffer]:
    """What the partner put forward, with a note where it may be about control, not a boundary."""
    return [NotedOffer(offer, control.may_be_control(offer.text)) for offer in offers]
