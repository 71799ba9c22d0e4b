"""Notes on wording, for the writer alone: which kinds fit what somebody writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from boundaries.content import phrasing
from boundaries.content.phrasing import Note
from boundaries.repair.forms import FORMS
from boundaries.vocabulary import RepairMove

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boundaries.seats.models import Seat

OWN_PART = frozenset({"minimising", "justifying"})
SMALLER = frozenset({"minimising"})
# Whoever was hurt may say how it was in any words but these.
ABOUT_THE_OTHER = frozenset({"label", "mind-reading"})

FITTING: dict[RepairMove, frozenset[str]] = {
    RepairMove.DESCRIBE: ABOUT_THE_OTHER,
    RepairMove.OWN_UP: OWN_PART,
    RepairMove.IMPACT: ABOUT_THE_OTHER,
    RepairMove.REFLECT: OWN_PART,
    RepairMove.NOT_YET: ABOUT_THE_OTHER,
    RepairMove.OFFER: OWN_PART,
    RepairMove.ASK: ABOUT_THE_OTHER,
    RepairMove.ANSWER: SMALLER,
    RepairMove.UNDERNEATH: SMALLER,
    RepairMove.FOLLOW_UP: ABOUT_THE_OTHER,
}


@dataclass(frozen=True, slots=True)
class NoteOnWords:
    """A note on wording, and the field whose words it is about."""

    slot: str
    note: Note


def first(seat: Seat, move: RepairMove, content: Mapping[str, Any]) -> NoteOnWords | None:
    """One gentle note on somebody's words, for a writer who wants such notes."""
    if not seat.advised:
        return None
    for name in slots(move):
        text = str(content.get(name) or "")
        if note := phrasing.first_note(text, get_language() or "en", FITTING[move]):
            return NoteOnWords(name, note)
    return None


def slots(move: RepairMove) -> list[str]:
    """The fields of a form that have room for a note under them."""
    return FORMS[move]().names_of_words
