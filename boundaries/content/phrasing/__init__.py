"""Notes on wording, for the writer alone.

They come from lists of patterns: no model, no score, nothing is learned or stored. They cover
absolutes, name-calling, mind-reading, "I feel that you", judgements phrased as feelings, should and
must, and minimising (after Rosenberg's nonviolent communication and Gottman's soft start-up). They
advise and never block.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FALLBACK = "en"  # for a language that has no lists yet
QUOTED = re.compile(r"“[^”]*”|„[^“]*“|«[^»]*»|\"[^\"]*\"")
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A phrase that may hurt, and one idea for another wording."""

    kind: str
    name: str
    words: str  # as they were written
    note: str
    idea: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    id: str
    name: str
    note: str
    idea: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    praise: bool  # whether it is fine in a sentence with warm words
    asked: bool  # whether it is looked for only where it is asked for by its id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    kinds: tuple[_Kind, ...]
    typed: tuple[tuple[re.Pattern[str], str], ...]  # hasty spellings, and what they stand for
    warm: re.Pattern[str]
    negation: re.Pattern[str]
    spared: re.Pattern[str]  # praise for what the other never did


def notes(text: str, language: str = FALLBACK, only: Container[str] | None = None) -> list[Note]:
    """All notes on a text, in its order: at most one a sentence. `only`: of these kinds."""
    lists = _lists(language)
    looked_for = [
        kind for kind in lists.kinds if (not kind.asked if only is None else kind.id in only)
    ]
    sentences = SENTENCE.finditer(_bare(lists, text))
    found = (_notice(lists, looked_for, sentence[0]) for sentence in sentences)
    return [note for note in found if note]


def first_note(
    text: str, language: str = FALLBACK, only: Container[str] | None = None
) -> Note | None:
    """The first note on a text, or None. More than one at a time would feel like a correction."""
    return next(iter(notes(text, language, only)), None)


def kinds(language: str = FALLBACK) -> frozenset[str]:
    """The ids of all kinds of notes."""
    return frozenset(kind.id for kind in _lists(language).kinds)


def _bare(lists: _Lists, text: str) -> str:
    """The text without quotations, with straight apostrophes and usual spellings."""
    text = QUOTED.sub("“…”", text).replace("’", "'").replace("‘", "'")
    for typed, meant in lists.typed:
        text = typed.sub(meant, text)
    return text


def _notice(lists: _Lists, looked_for: Iterable[_Kind], sentence: str) -> Note | None:
    for kind in looked_for:
        found = kind.pattern.search(sentence)
        if found is None or kind.unless.search(sentence):
            continue
        if kind.praise and _is_praise(lists, sentence):
            continue
        phrase = found[found.lastindex or 0]
        return Note(
            kind=kind.id, name=kind.name, words=phrase.strip(), note=kind.note, idea=kind.idea
        )
    return None


def _is_praise(lists: _Lists, sentence: str) -> bool:
    if lists.spared.search(sentence):
        return True
    return bool(lists.warm.search(sentence)) and not lists.negation.search(sentence)


@cache
def _lists(language: str) -> _Lists:
    source = HERE / f"{language}.toml"
    if not source.exists():
        source = HERE / f"{FALLBACK}.toml"
    read: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    kinds = tuple(
        _Kind(
            id=kind["id"],
            name=kind["name"],
            note=kind["note"],
            idea=kind["idea"],
            pattern=_compiled("|".join(f"(?:{pattern})" for pattern in kind["patterns"])),
            unless=re.compile(kind["unless"], re.IGNORECASE),
            praise=kind.get("praise", False),
            asked=kind.get("asked", False),
        )
        for kind in read["kind"]
    )
    typed = tuple((_compiled(hasty), meant) for hasty, meant in read["typed"].items())
    return _Lists(
        kinds=kinds,
        typed=typed,
        warm=_compiled(read["words"]["warm"]),
        negation=_compiled(read["words"]["negation"]),
        spared=_compiled(read["words"]["spared"]),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
