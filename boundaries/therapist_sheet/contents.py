"""What is on a therapist sheet, how it is stored, and what could be on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts import languages
from boundaries import dates, sentences
from boundaries.agreements import history
from boundaries.agreements.history import Entry
from boundaries.agreements.words import (
    ENGLISH,
    FORMAT,
    is_user_written,
    pack_sentences,
    unpack_sentences,
)
from boundaries.comparison.rules import Compared, compare_all
from boundaries.comparison.wording import stances
from boundaries.errors import NotFound
from boundaries.questions import rules as questions
from boundaries.seats.models import Seat
from boundaries.sentences import Sentence
from boundaries.vocabulary import Side


class NoSuchSheet(NotFound):
    """There is no sheet, or a part of it is not open to both, or they are not a couple."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEntry:
    """One behaviour on a sheet."""

    wording: str
    answers: tuple[Sentence, ...]  # the opened answers of both
    words: tuple[Sentence, ...]  # what both agreed to
    since: date | None
    user_written: bool = False  # one of the two wrote the behaviour
    language: str = ENGLISH  # of what both agreed to, and of the behaviour

    @property
    def heading(self) -> str:
        foreign = languages.if_foreign(self.language)
        return sentences.heading(self.wording, user_written=self.user_written, language=foreign)


@dataclass(frozen=True, slots=True)
class TherapistSheet:
    """Everything that a therapist reads, with the names of the day it was made.

    Its words are in the language of whoever made it, and those that both agreed to in their own.
    """

    names: tuple[str, str]
    made_on: date
    entries: tuple[SheetEntry, ...]
    language: str = ENGLISH


def choices(seat: Seat) -> dict[str, SheetEntry]:
    """Return by behaviour all that both have opened and shared, and all that holds.

    Raises NoSuchSheet for somebody who is not in a couple.
    """
    try:
        agreement = history.agreement(seat)
    except history.NoSuchAgreement:
        raise NoSuchSheet from None
    agreed = {entry.behaviour: entry for entry in agreement.entries if entry.current}
    opened = {compared.behaviour.id: compared for compared in _opened(seat)}
    return {
        id: _entry(id, opened.get(id), agreed.get(id), agreement.names)
        for id in dict.fromkeys([*opened, *agreed])
    }


def pack(sheet: TherapistSheet) -> dict[str, Any]:
    """Return the stored form. Its keys are those of the first version of the site."""
    return {
        "format": FORMAT,
        "names": list(sheet.names),
        "made_on": sheet.made_on.isoformat(),
        "language": sheet.language,
        "told": [
            {
                "wording": entry.wording,
                "own": entry.user_written,
                "said": pack_sentences(entry.answers),
                "words": pack_sentences(entry.words),
                "language": entry.language,
                "since": entry.since.isoformat() if entry.since else None,
            }
            for entry in sheet.entries
        ],
    }


def unpack(content: Mapping[str, Any]) -> TherapistSheet:
    left, right = content["names"]
    names = {Side.LEFT: left, Side.RIGHT: right}
    language = content.get("language", ENGLISH)
    foreign = languages.if_foreign(language)
    return TherapistSheet(
        names=(left, right),
        made_on=date.fromisoformat(content["made_on"]),
        language=language,
        entries=tuple(
            SheetEntry(
                wording=stored["wording"],
                answers=unpack_sentences(stored["said"], names, foreign),
                words=_agreed(stored, names),
                since=date.fromisoformat(stored["since"]) if stored["since"] else None,
                user_written=stored.get("own", False),
                language=stored.get("language", ENGLISH),
            )
            for stored in content["told"]
        ),
    )


def _agreed(stored: Mapping[str, Any], names: Mapping[Side, str]) -> tuple[Sentence, ...]:
    foreign = languages.if_foreign(stored.get("language", ENGLISH))
    return unpack_sentences(stored["words"], names, foreign)


def _opened(seat: Seat) -> Iterator[Compared]:
    """Yield the behaviours that both have opened, with an answer that was shared."""
    for comparison in compare_all(seat, questions.decks(seat)):
        yield from (compared for compared in comparison.compared if compared.lines)


def _entry(
    behaviour: str, compared: Compared | None, entry: Entry | None, names: Mapping[Side, str]
) -> SheetEntry:
    current = entry.current if entry else None
    text = compared.behaviour.text if compared else ""
    agreed_at = current.agreed_at if current else None
    return SheetEntry(
        wording=current.words.wording if current else text,
        answers=_answers(compared, names) if compared else (),
        words=current.words.text if current else (),
        since=dates.shared_day_of(agreed_at) if agreed_at else None,
        user_written=is_user_written(behaviour),
        language=current.words.language if current else languages.active(),
    )


def _answers(compared: Compared, names: Mapping[Side, str]) -> tuple[Sentence, ...]:
    by_text = {str(side): name for side, name in names.items()}
    if compared.whoever_does_it:
        line = compared.lines[0]
        return (stances("", line.left, line.right, by_text),)
    return tuple(
        stances(side, line.left, line.right, by_text)
        for side, line in zip(Side, compared.lines, strict=True)
    )
