"""Notes on wording: which field of a form a note stands under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from boundaries.content import phrasing
from boundaries.content.phrasing import Note
from boundaries.talks.drafts import UNWRITTEN, DraftWords
from boundaries.talks.forms import PARTS
from boundaries.vocabulary import Move

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

# The fields that have room for a note under them, by what is written. The rest: all others.
SLOTS: dict[Move, tuple[str, ...]] = {
    Move.APPRECIATE: ("words",),
    Move.REFLECT: ("words",),
    Move.PARTLY: ("words",),
    Move.MAKES_SENSE: ("because", "imagine"),
    Move.FLEX: ("keep", "give"),
    Move.PROPOSE: ("rest", "well"),
    Move.CLOSE: ("well", "next"),
}
NO_WORDS = ("alike", "outcome_", "on_", "conditions_", "feelings", "needs")


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A note on wording, and the field whose words it is about."""

    slot: str
    note: Note


def first(seat: Seat, content: Mapping[str, Any]) -> FieldNote | None:
    """One gentle note on somebody's words, for a writer who wants such notes."""
    if not seat.advised:
        return None
    for name, text in content.items():
        if name.startswith(NO_WORDS) or not isinstance(text, str):
            continue
        if note := phrasing.first_note(text, get_language() or "en"):
            return FieldNote("rest" if name.startswith("words_") else name, note)
    return None


def slots(purpose: str, part: str) -> tuple[str, ...]:
    """The fields of a form that have room for a note under them."""
    move = DraftWords(purpose, {}, UNWRITTEN).move
    names = SLOTS.get(move) or PARTS.get(part, PARTS["sentence"])
    return tuple(name for name in names if not name.startswith(NO_WORDS))
