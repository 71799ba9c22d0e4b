"""A journal: what one person writes for themselves alone, before, in and after a couple.

Nothing outside this part reads it but its owner's own data export. Where a line of it is to become
a draft for a talk, the journal passes on that line, and the talk never looks into the journal.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction

from boundaries.content.journal import Prompt, prompts
from boundaries.errors import Conflict, NotFound
from boundaries.journal.models import Journal, JournalEntry
from boundaries.seats import rules as seats

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

UNWRITTEN = ""  # the version of an entry that is not saved yet
MAX_ENTRIES = 1_000
PER_PAGE = 20


class NoSuchEntry(NotFound):
    """This person's journal has no such entry."""


class JournalFull(Conflict):
    """There is no room for another entry. Nothing was saved."""


class StaleEntry(Conflict):
    """The entry was changed on another page or device. Nothing was overwritten.

    It carries what is saved now.
    """

    def __init__(self, entry: Written) -> None:
        super().__init__()
        self.entry = entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry, as its writer sees it."""

    page: uuid.UUID
    words: str = ""
    prompt: Prompt | None = None
    begun_at: datetime | None = None
    version: str = UNWRITTEN

    @property
    def is_saved(self) -> bool:
        return self.version != UNWRITTEN


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some entries, the newest first, and whether there are older ones."""

    entries: tuple[Written, ...]
    has_older: bool


def leaf(seat: Seat, number: int = 1) -> Leaf:
    """The entries on one page of the journal, counted from one. One query."""
    first = (number - 1) * PER_PAGE
    rows = list(JournalEntry.owned_by(seat)[first : first + PER_PAGE + 1])
    return Leaf(tuple(map(_written, rows[:PER_PAGE])), has_older=len(rows) > PER_PAGE)


def entry(seat: Seat, page: uuid.UUID) -> Written:
    """One entry. Raises NoSuchEntry, also for somebody else's."""
    return _written(_row(seat, page))


@transaction.atomic
def save(seat: Seat, page: uuid.UUID, words: str, *, prompt: str = "", version: str) -> Written:
    """Save an entry, a new one or one that is there. Nobody else learns of it.

    `version` is that of the words that were changed. Words that are saved already are not written
    a second time. Raises StaleEntry and JournalFull.
    """
    seat = seats.locked_seat(seat)
    row = JournalEntry.owned_by(seat).filter(page=page).first()
    if row is None:
        return _begin(seat, page, {"words": words, "prompt": prompt})
    saved = _written(row)
    if words == saved.words:
        return saved
    if version != saved.version:
        raise StaleEntry(saved)
    content = {**row.read(row.journal.key), "words": words}
    row.set_encrypted(row.journal.key, content=content).save(update_fields=["content"])
    return _written(row)


@transaction.atomic
def delete(seat: Seat, page: uuid.UUID) -> None:
    """Delete an entry for good. Raises NoSuchEntry."""
    _row(seats.locked_seat(seat), page).delete()


@transaction.atomic
def delete_all(seat: Seat) -> None:
    """Delete the journal with all entries and with its key."""
    Journal.owned_by(seats.locked_seat(seat)).delete()


def export(seat: Seat) -> list[dict[str, Any]]:
    """Everything in this person's journal, the oldest first. One query."""
    rows = JournalEntry.owned_by(seat).order_by("begun_at", "pk")
    return [
        {
            "begun_at": written.begun_at,
            "prompt": written.prompt.text if written.prompt else "",
            "words": written.words,
        }
        for written in map(_written, rows)
    ]


def _begin(seat: Seat, page: uuid.UUID, content: Mapping[str, str]) -> Written:
    if not content["words"]:
        return Written(page=page, prompt=prompts().get(content["prompt"]))
    journal = Journal.of(seat) or Journal.begin(seat)
    if JournalEntry.owned_by(seat).count() >= MAX_ENTRIES:
        raise JournalFull
    row = JournalEntry(journal=journal, page=page)
    row.set_encrypted(journal.key, content=content).save(force_insert=True)
    return _written(row)


def _row(seat: Seat, page: uuid.UUID) -> JournalEntry:
    row = JournalEntry.owned_by(seat).filter(page=page).first()
    if row is None:
        raise NoSuchEntry
    return row


def _written(row: JournalEntry) -> Written:
    content = row.read(row.journal.key)
    return Written(
        page=row.page,
        words=content["words"],
        prompt=prompts().get(content["prompt"]),
        begun_at=row.begun_at,
        version=_version(row, content["words"]),
    )


def _version(row: JournalEntry, words: str) -> str:
    """Opaque version token of an entry; reveals nothing about the words."""
    return blake2b(words.encode(), key=row.pk.bytes, digest_size=12).hexdigest()
