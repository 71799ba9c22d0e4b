"""Words of a repair as a page shows them: in a form, sent, or kept back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from boundaries.repair.notes import NoteOnWords
from boundaries.vocabulary import RepairMove, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsInForm:
    """A draft as its form shows it: as it is saved, or as it was just sent."""

    move: RepairMove
    content: Mapping[str, Any]
    version: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: tuple[str, ...] | None = None  # what another page has saved since then
    note: NoteOnWords | None = None
    noted: str = ""  # names the words on which a note of care is shown
    is_touching: bool = False  # whether they may be about devices, whereabouts or passwords

    @property
    def purpose(self) -> str:
        return self.move.value

    @property
    def is_saved(self) -> bool:
        return bool(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWords:
    """A turn as it is read."""

    side: Side
    is_mine: bool
    first_name: str
    label: str
    beginning: str  # of ours, which the first of the texts goes on from; empty for most
    texts: list[str]
    feelings: list[str]
    day: date
    on: date | None  # by when an offer is meant
    needs_care: bool  # whether the other's words may be about what is only the reader's


@dataclass(frozen=True, slots=True)
class UnsentTexts:
    """What somebody wrote and did not send, for them to read again."""

    purpose: str
    version: str
    texts: list[str]
