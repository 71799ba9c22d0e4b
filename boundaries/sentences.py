"""Sentences in three kinds of parts: our own text, first names, and text that a person wrote.

Every kind is shown differently, so that no name and no user text can pass for text of the site.
A name is stored as a side, and filled in when the sentence is shown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, Self

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from accounts import locales
from accounts import names as first_names
from accounts.text import one_line

ENDS = ".!?…।॥。؟"
GAP = re.compile(r"%\((\w+)\)s")


class Source(StrEnum):
    OURS = "ours"
    NAME = "name"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class SentencePart:
    """A part of a sentence, and who wrote it."""

    source: Source
    text: str  # our text, a name as it is shown, or exactly what a person wrote
    shown: str  # on pages and in PDFs, where its source has its own style
    plain: str  # in plain text, without styles
    side: str = ""  # the side whose name it is

    def __html__(self) -> SafeString:
        start, end = TAGS[self.source]
        return SafeString(f"{start}{html.escape(self.shown)}{end}")


TAGS = {
    Source.OURS: ("", ""),
    Source.NAME: ('<bdi class="name">', "</bdi>"),
    Source.THEIRS: ('<bdi class="theirs" lang="">', "</bdi>"),  # nobody knows in which
}


class Sentence(str):
    """A sentence as its parts. As a string, it is the sentence in plain text."""

    __slots__ = ("language", "parts")

    parts: tuple[SentencePart, ...]
    language: str  # of our own text in it, if that is not the language of the page

    def __new__(cls, parts: Iterable[SentencePart], language: str = "") -> Self:
        merged = tuple(_merge([*parts]))
        sentence = super().__new__(cls, "".join([part.plain for part in merged]))
        sentence.parts, sentence.language = merged, language
        return sentence

    def __html__(self) -> SafeString:
        shown = "".join([part.__html__() for part in self.parts])
        return SafeString(
            f'<span lang="{self.language}">{shown}</span>' if self.language else shown
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.parts, self.language)


def ours(words: str) -> SentencePart:
    return piece(Source.OURS, words)


def name(side: str, called: str) -> SentencePart:
    return piece(Source.NAME, str(called), side)


def theirs(words: str) -> SentencePart:
    """Text that a person wrote, in quotation marks.

    On a page its style marks it, and it is shown exactly as written. In plain text only the
    quotation marks do, so double quotation marks inside it become single ones.
    """
    shown = f"“{one_line(words)}”"
    return SentencePart(Source.THEIRS, words, shown, first_names.quoted(words))


def heading(text: str, *, user_written: bool, language: str = "") -> str:
    """A behaviour's text as a heading. One that a person wrote is in quotation marks (ADR 19).

    `language` is that of the text, if it is not the language of the page.
    """
    if user_written:
        return Sentence([theirs(text)])
    return Sentence([ours(text)], language) if language else text


def piece(source: Source, words: str, side: str = "") -> SentencePart:
    """A part that is shown as it is, on pages and in plain text."""
    return SentencePart(source, words, words, words, side)


def filled(template: str, **values: SentencePart | Sequence[SentencePart]) -> list[SentencePart]:
    """The parts of a template such as "When %(name)s does it", with its gaps filled."""
    parts: list[SentencePart] = []
    for at, words in enumerate(GAP.split(template)):
        value = values[words] if at % 2 else ours(words.replace("%%", "%"))
        parts.extend([value] if isinstance(value, SentencePart) else value)
    return [part for part in parts if part.text or part.source != Source.OURS]


def as_sentence(parts: Sequence[SentencePart]) -> list[SentencePart]:
    """Start with a capital letter and end with a full stop. Only text of ours is changed."""
    written = [part for part in parts if part.text]
    if not written:
        return []
    if written[0].source == Source.OURS:
        first = written[0].text
        written[0] = ours(first[0].upper() + first[1:])
    return with_full_stop(written)


def with_full_stop(parts: Sequence[SentencePart]) -> list[SentencePart]:
    """Add a full stop, unless there is a mark that ends a sentence."""
    last = parts[-1].text.rstrip()
    return [*parts] if last[-1:] in ENDS else [*parts, ours(full_stop())]


def full_stop() -> str:
    """What ends a sentence in the active language."""
    # Translators: the full stop. In Hindi it is a danda.
    return pgettext("end of a sentence", ".")


def name_of(side: str, names: Mapping[str, str]) -> SentencePart:
    """A part for the first name of the person on a side."""
    return name(side, names.get(side, ""))


def joined(clauses: Sequence[SentencePart]) -> list[SentencePart]:
    """Clauses in one sentence: "one, two and three"."""
    gaps = {f"item{number}": clause for number, clause in enumerate(clauses)}
    return filled(locales.list_of_gaps(len(clauses)), **gaps)


def pack(sentence: Sentence) -> list[Any]:
    """Return the stored form: our text as a string, a name as its side, user text as "words"."""
    return [_pack_part(part) for part in sentence.parts]


def unpack(stored: str | Iterable[Any], names: Mapping[str, str], language: str = "") -> Sentence:
    """Return a stored sentence, with the names that the two have now.

    Rows of the first format (ADR 19) hold plain text: that becomes one part, with single spaces.
    """
    if isinstance(stored, str):
        return Sentence([ours(" ".join(stored.split()))], language)
    return Sentence((_unpack_part(part, names) for part in stored), language)


def _pack_part(part: SentencePart) -> str | dict[str, str]:
    match part.source:
        case Source.NAME:
            return {"side": part.side}
        case Source.THEIRS:
            return {"words": part.text}
    return part.text


def _unpack_part(stored: Any, names: Mapping[str, str]) -> SentencePart:
    if isinstance(stored, str):
        return ours(stored)
    if "side" in stored:
        return name(stored["side"], names.get(stored["side"], "…"))
    return theirs(stored["words"])


def _merge(parts: Sequence[SentencePart]) -> Iterable[SentencePart]:
    """Join neighbouring parts that are ours, so that equal sentences have equal parts."""
    sources = [part.source for part in parts]
    if all(part.text for part in parts) and (Source.OURS, Source.OURS) not in pairwise(sources):
        return parts  # as nearly always
    return _merged(parts)


def _merged(parts: Sequence[SentencePart]) -> Iterator[SentencePart]:
    for is_ours, group in groupby(parts, key=lambda part: part.source == Source.OURS):
        if not is_ours:
            yield from group
        elif text := "".join(part.text for part in group):
            yield ours(text)
