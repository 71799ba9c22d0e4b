"""What people write for themselves alone. Only answers may import this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from django.db import models

from boundaries.answers.models import unpacked_answer
from boundaries.sealing.by_behaviour import ByBehaviour, Contents, without_blanks
from boundaries.sealing.models import Private, Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Aside, Stance

BEFORE = "before"  # in the note of a card: what was on it before its last change

type Before = tuple[Answer, Aside]


class Notes(Private, ByBehaviour):
    """What one person adds to the answers on a sheet for themselves alone.

    For the two cards that were changed last it also holds what was there before, so that the change
    can be undone. It has a table of its own, so that opening the answers can never open the notes.
    """

    sheet = models.OneToOneField(Sheet, models.CASCADE, related_name="+")

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """Copy the notes of one sheet to a new sheet, with nothing to undo."""
        cls.begin(seat, new, cls.compacted(cls.on(seat, old)))

    @classmethod
    def compacted(cls, value: Contents) -> Contents:
        """Without anything to undo: older rows do not say which cards were changed last."""
        return {behaviour: without_undo(note) for behaviour, note in value.items()}

    @classmethod
    def new_row(cls, seat: Seat, sheet: Sheet) -> Self:
        return cls(seat=seat, sheet=sheet)


def after_change(notes: Contents, behaviour: str, note: dict[str, Any]) -> Contents:
    """The notes of a sheet after a change of one card. The card changed last stands last.

    This card and the one changed before it can be undone: the page of a card also offers to undo
    the card before, even after something was written on this one.
    """
    others = {other: it for other, it in notes.items() if other != behaviour}
    kept = [other for other, it in others.items() if BEFORE in it][-1:]
    others = {other: it if other in kept else without_undo(it) for other, it in others.items()}
    return others | {behaviour: note}


def without_undo(note: Mapping[str, Any]) -> dict[str, Any]:
    """A note without what was on its card before."""
    return {name: value for name, value in note.items() if name != BEFORE}


def packed_note(aside: Aside, before: Before) -> dict[str, Any]:
    """The note of one card as it is stored, with what was on the card before."""
    return without_blanks(asdict(aside)) | {
        BEFORE: [without_blanks(asdict(part)) for part in before]
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
    if not note.get(BEFORE):
        return None
    answer, aside = note[BEFORE]
    return unpacked_answer(answer), unpacked_aside(aside)
