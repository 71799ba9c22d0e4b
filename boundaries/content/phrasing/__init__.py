"""A gentle word about wording, for who is writing and for nobody else.

It knows lists of words and nothing about people: no model, no score, nothing learned and nothing
kept. It notices absolutes, names for the other, mind-reading, "I feel that you", readings that pose
as feelings, should and must, and making things smaller (after Rosenberg's nonviolent communication
and Gottman's soft start-up). It advises and never blocks.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OTHERWISE = "en"  # for a language that has no lists yet
QUOTED = re.compile(r"“[^”]*”|„[^“]*“|«[^»]*»|\"[^\"]*\"")
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing noticed, and one idea for another wording."""

    kind: str
    name: str
    words: str  # as they were written
    note: str
    idea: str


@dataclass(frozen=True, slots=True)
class _Kind:
    id: str
    name: str
    note: str
    idea: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    praise: bool  # whether warm words let it pass


@dataclass(frozen=True, slots=True)
class _Lists:
    kinds: tuple[_Kind, ...]
    typed: tuple[tuple[re.Pattern[str], str], ...]  # how words are written in haste, and meant
    warm: re.Pattern[str]
    negation: re.Pattern[str]
    spared: re.Pattern[str]  # what one was never done


def notes(text: str, language: str = OTHERWISE) -> list[Note]:
    """Everything that is noticed in a text, in the order in which it stands there."""
    lists = _lists(language)
    found = (_notice(lists, sentence[0]) for sentence in SENTENCE.finditer(_bare(lists, text)))
    return [note for note in found if note]


def first_note(text: str, language: str = OTHERWISE) -> Note | None:
    """The one thing that is mentioned: more than one at a time is a correction."""
    return next(iter(notes(text, language)), None)


def _bare(lists: _Lists, text: str) -> str:
    """Without what somebody else is quoted with, and with its apostrophes in their place."""
    text = QUOTED.sub("“…”", text).replace("’", "'").replace("‘", "'")
    for typed, meant in lists.typed:
        text = typed.sub(meant, text)
    return text


def _notice(lists: _Lists, sentence: str) -> Note | None:
    for kind in lists.kinds:
        found = kind.pattern.search(sentence)
        if found is None or kind.unless.search(sentence):
            continue
        if kind.praise and _is_praise(lists, sentence):
            continue
        return Note(kind.id, kind.name, found[0].strip(), kind.note, kind.idea)
    return None


def _is_praise(lists: _Lists, sentence: str) -> bool:
    if lists.spared.search(sentence):
        return True
    return bool(lists.warm.search(sentence)) and not lists.negation.search(sentence)


@cache
def _lists(language: str) -> _Lists:
    source = HERE / f"{language}.toml"
    if not source.exists():
        source = HERE / f"{OTHERWISE}.toml"
    read: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    kinds = tuple(
        _Kind(
            each["id"],
            each["name"],
            each["note"],
            each["idea"],
            _compiled("|".join(f"(?:{pattern})" for pattern in each["patterns"])),
            re.compile(each["unless"], re.IGNORECASE),
            each.get("praise", False),
        )
        for each in read["kind"]
    )
    typed = tuple((_compiled(each), meant) for each, meant in read["typed"].items())
    return _Lists(
        kinds,
        typed,
        _compiled(read["words"]["warm"]),
        _compiled(read["words"]["negation"]),
        _compiled(read["words"]["spared"]),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
