"""Notes on wording, for the writer alone.

They come from lists of words and short patterns: no model, no score, nothing is learned or stored.
They cover absolutes, name-calling, mind-reading, "I feel that you", judgements phrased as feelings,
should and must, and minimising (after Rosenberg's nonviolent communication and Gottman's soft
start-up). They advise and never block.

A text is looked at in all languages that have lists, as people mix them. The notes themselves are
in the reader's language.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from boundaries.content.phrasing.lists import LANGUAGES, NoteKind, lists
from boundaries.content.phrasing.words import sentences

FALLBACK = "en"  # for a language that has no lists yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A phrase that may hurt, and one idea for another wording."""

    kind: str
    name: str
    words: str  # as they were written
    note: str
    idea: str


def notes(text: str, language: str = FALLBACK, only: Container[str] | None = None) -> list[Note]:
    """All notes on a text, in its order: at most one a sentence. `only`: of these kinds."""
    return list(_notes(text, language, only))


def first_note(
    text: str, language: str = FALLBACK, only: Container[str] | None = None
) -> Note | None:
    """The first note on a text, or None. More than one at a time would feel like a correction."""
    return next(_notes(text, language, only), None)


def kinds(language: str = FALLBACK) -> frozenset[str]:
    """The ids of all kinds of notes."""
    return frozenset(kind.id for kind in _kinds(language))


def usual_kinds(language: str = FALLBACK) -> frozenset[str]:
    """The ids of the kinds that are looked for without being asked for."""
    return frozenset(kind.id for kind in _kinds(language) if not kind.asked)


def _notes(text: str, language: str, only: Container[str] | None) -> Iterator[Note]:
    looked_for = {
        kind.id: kind
        for kind in _kinds(language)
        if (not kind.asked if only is None else kind.id in only)
    }
    order = [*looked_for]
    for sentence in sentences(text):
        reads = [lists(known).read(sentence) for known in LANGUAGES]
        hurtful = [phrase for read in reads for phrase in read.phrases(looked_for.keys())]
        # The contexts of all languages: a phrase may be in one of them, and its context in another.
        for read in reads:
            hurtful = read.unspared(hurtful)
        if hurtful:
            first = min(hurtful, key=lambda phrase: (phrase.start, order.index(phrase.kind)))
            yield _note(looked_for[first.kind], text[first.start : first.end].strip())


def _kinds(language: str) -> tuple[NoteKind, ...]:
    """In the order in which they are looked for: a sentence gets one note at most."""
    return lists(language if language in LANGUAGES else FALLBACK).kinds


def _note(kind: NoteKind, words: str) -> Note:
    return Note(kind=kind.id, name=kind.name, words=words, note=kind.note, idea=kind.idea)
