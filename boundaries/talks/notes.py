"""Notes on wording: which field of a form a note stands under."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from boundaries.content import phrasing
from boundaries.content.phrasing import Note
from boundaries.talks.drafts import UNWRITTEN, DraftWords
from boundaries.talks.forms import PARTS, names_of_words
from boundaries.talks.open_drafts import OpenDraft
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

# Which kinds of notes make sense where somebody speaks about the other: they were asked to. What
# they heard has the other's "always", "need" and "want" in it, with "you" in the place of "I".
# Anywhere else people speak for themselves, and all kinds do.
FITTING_KINDS: dict[tuple[Move, str], frozenset[str]] = {
    (Move.REFLECT, "words"): frozenset({"minimising", "feel-that"}),
    (Move.MAKES_SENSE, "because"): frozenset({"minimising", "feel-that", "label", "absolute"}),
    (Move.MAKES_SENSE, "imagine"): frozenset({"minimising", "feel-that"}),
}


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A note on wording, and the field whose words it is about."""

    slot: str
    note: Note


def first(seat: Seat, draft: OpenDraft, part: str) -> FieldNote | None:
    """One gentle note on somebody's words, for a writer who wants such notes.

    On the page with the whole sentence it is about all of its parts: whoever was quick may have
    seen none of the notes on them.
    """
    if not seat.advised:
        return None
    is_statement = draft.purpose and _move(draft.purpose) == Move.SPEAK
    if is_statement and part == "sentence":
        written = {"words": draft.sentence}
    else:
        written = {
            name: str(draft.content.get(name) or "") for name in names_of_words(draft.purpose)
        }
    for name, text in written.items():
        fitting = FITTING_KINDS.get((_move(draft.purpose), name))
        if note := phrasing.first_note(text, get_language() or "en", fitting):
            return FieldNote("rest" if name.startswith("words_") else name, note)
    return None


def slots(purpose: str, part: str, sent: Container[str]) -> tuple[str, ...]:
    """The fields of a form that have room for a note under them. `sent`: those of the page."""
    move = _move(purpose)
    parts = (name for name in PARTS.get(part, PARTS["sentence"]) if name in sent)
    names = SLOTS.get(move) or parts
    own = (*names_of_words(purpose), "rest")
    return tuple(name for name in names if name in own)


def _move(purpose: str) -> Move:
    return DraftWords(purpose, {}, UNWRITTEN).move
