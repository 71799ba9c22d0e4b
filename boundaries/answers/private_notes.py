"""What people write for themselves alone. Only answering may import this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from django.db import models

from boundaries.answers.models import unpacked_answer
from boundaries.sealing.by_behaviour import ByBehaviour, without_blanks
from boundaries.sealing.models import Private, Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Aside, Stance

type Before = tuple[Answer, Aside]


class Notes(Private, ByBehaviour):
    """What one person adds to the answers on a sheet for themselves alone.

    With it is kept what was on each card before its last change. It is in a table of its own, so
    that no reveal can carry it along.
    """

    sheet = models.OneToOneField(Sheet, models.CASCADE, related_name="+")

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """The same notes on a new sheet, with nothing to undo."""
        notes = {
            behaviour: {name: it for name, it in note.items() if name != "before"}
            for behaviour, note in cls.on(seat, old).items()
        }
        cls.begin(seat, new, notes)

    @classmethod
    def _empty(cls, seat: Seat, sheet: Sheet) -> Self:
        return cls(seat=seat, sheet=sheet)


def packed_note(aside: Aside, before: Before) -> dict[str, Any]:
    """What is stored for one card: what is on it now, and what was there before."""
    return without_blanks(asdict(aside)) | {"before": [without_blanks(asdict(it)) for it in before]}


def unpacked_aside(note: Mapping[str, Any]) -> Aside:
    guess = note.get("guess")
    return Aside(
        note=note.get("note", ""),
        guess=Stance(guess) if guess else None,
        to_keep_the_peace=note.get("to_keep_the_peace", False),
        live=note.get("live", False),
    )


def unpacked_before(note: Mapping[str, Any]) -> Before | None:
    if not note.get("before"):
        return None
    said, aside = note["before"]
    return unpacked_answer(said), unpacked_aside(aside)
