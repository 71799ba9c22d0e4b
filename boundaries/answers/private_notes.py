"""What people write for themselves alone. Only answers may import this."""

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

    It also holds what was on a card before its last change. It has a table of its own, so that
    opening the answers can never open the notes.
    """

    sheet = models.OneToOneField(Sheet, models.CASCADE, related_name="+")

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """Copy the notes of one sheet to a new sheet, with nothing to undo."""
        notes = {
            behaviour: {name: value for name, value in note.items() if name != "before"}
            for behaviour, note in cls.on(seat, old).items()
        }
        cls.begin(seat, new, notes)

    @classmethod
    def new_row(cls, seat: Seat, sheet: Sheet) -> Self:
        return cls(seat=seat, sheet=sheet)


def packed_note(aside: Aside, before: Before) -> dict[str, Any]:
    """The note of one card as it is stored, with what was on the card before."""
    return without_blanks(asdict(aside)) | {
        "before": [without_blanks(asdict(part)) for part in before]
    }


def unpacked_aside(note: Mapping[str, Any]) -> Aside:
    """What this person added for themselves, from a stored note."""
    guess = note.get("guess")
    return Aside(
        note=note.get("note", ""),
        guess=Stance(guess) if guess else None,
        to_keep_the_peace=note.get("to_keep_the_peace", False),
        live=note.get("live", False),
    )


def unpacked_before(note: Mapping[str, Any]) -> Before | None:
    """What was on the card before its last change, from a stored note; None if nothing was."""
    if not note.get("before"):
        return None
    answer, aside = note["before"]
    return unpacked_answer(answer), unpacked_aside(aside)
