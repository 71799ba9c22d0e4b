"""Sentences that keep three things apart: our words, a first name, and what a person wrote.

Each is shown in a way of its own, so that nobody can write, or be called, something that reads as
if the site had said it. Names are stored as sides and filled in when a sentence is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import names as first_names
from accounts.text import one_line

ENDS = ".!?…"


class Source(StrEnum):
    OURS = "ours"
    NAME = "name"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class SentencePart:
    """A part of a sentence."""

    source: Source
    text: str  # our words, a name as it is shown, or exactly what a person wrote
    shown: str  # where it is set in type of its own: on a page and in a PDF
    plain: str  # where there is nothing but text
    side: str = ""  # whose name it is

    def __html__(self) -> SafeString:
        return format_html(FRAMES[self.source], self.shown)


FRAMES = {
    Source.OURS: "{}",
    Source.NAME: '<bdi class="name">{}</bdi>',
    Source.THEIRS: '<bdi class="theirs" role="blockquote">{}</bdi>',
}


class Sentence(str):
    """The parts of a sentence. As a string it is the sentence in plain text."""

    __slots__ = ("parts",)

    parts: tuple[SentencePart, ...]

    def __new__(cls, parts: Iterable[SentencePart]) -> Self:
        told = tuple(_joined(parts))
        made = super().__new__(cls, "".join(each.plain for each in told))
        made.parts = told
        return made

    def __html__(self) -> SafeString:
        return format_html_join("", "{}", ((each,) for each in self.parts))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.parts,)


def ours(words: str) -> SentencePart:
    return piece(Source.OURS, words)


def name(side: str, called: str) -> SentencePart:
    return piece(Source.NAME, str(called), side)


def theirs(words: str) -> SentencePart:
    """What a person wrote, in quotation marks.

    It is shown to the letter where its type sets it apart. In plain text nothing else would, so
    there the quotation marks in it are single ones.
    """
    shown = f"“{one_line(words)}”"
    return SentencePart(Source.THEIRS, words, shown, first_names.quoted(words))


def piece(source: Source, words: str, side: str = "") -> SentencePart:
    """Words that are shown as they are."""
    return SentencePart(source, words, words, words, side)


def filled(template: str, **values: SentencePart | Sequence[SentencePart]) -> list[SentencePart]:
    """A template with parts in its gaps, such as "When %(name)s does it"."""
    parts: list[SentencePart] = []
    for at, words in enumerate(re.split(r"%\((\w+)\)s", template)):
        value = values[words] if at % 2 else ours(words.replace("%%", "%"))
        parts.extend([value] if isinstance(value, SentencePart) else value)
    return [each for each in parts if each.text or each.source != Source.OURS]


def ended(parts: Sequence[SentencePart]) -> list[SentencePart]:
    """With a capital letter first and a full stop last, but for what is not ours to change."""
    told = [each for each in parts if each.text]
    if not told:
        return []
    if told[0].source == Source.OURS:
        first = told[0].text
        told[0] = ours(first[0].upper() + first[1:])
    return stopped(told)


def stopped(parts: Sequence[SentencePart]) -> list[SentencePart]:
    """With a full stop last, but for what ends already."""
    last = parts[-1].text.rstrip()
    return [*parts] if last[-1:] in ENDS else [*parts, ours(".")]


def name_of(side: str, names: Mapping[str, str]) -> SentencePart:
    """A part for the first name of whoever sits on a side."""
    return name(side, names.get(side, ""))


def listed(words: Iterable[str]) -> str:
    """One, two and three: as a list is spoken."""
    *rest, last = [*words] or [""]
    return _("%(rest)s and %(last)s") % {"rest": ", ".join(rest), "last": last} if rest else last


def lowered(words: str) -> str:
    """Words of ours with a small letter first, but for what is written in capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def packed(sentence: Sentence) -> list[Any]:
    """As it is stored: our words as text, a name as its side, what a person wrote as "words"."""
    kept: dict[Source, Any] = {
        Source.OURS: lambda part: part.text,
        Source.NAME: lambda part: {"side": part.side},
        Source.THEIRS: lambda part: {"words": part.text},
    }
    return [kept[each.source](each) for each in sentence.parts]


def unpacked(stored: Iterable[Any], names: Mapping[str, str]) -> Sentence:
    """The opposite, with the names that the two have now."""
    return Sentence(_unpacked(each, names) for each in stored)


def _unpacked(stored: Any, names: Mapping[str, str]) -> SentencePart:
    if isinstance(stored, str):
        return ours(stored)
    if "side" in stored:
        return name(stored["side"], names.get(stored["side"], "…"))
    return theirs(stored["words"])


def _joined(parts: Iterable[SentencePart]) -> Iterable[SentencePart]:
    """With what is ours in a row put together: the same sentence has the same parts."""
    before = ""
    for each in parts:
        if each.source == Source.OURS:
            before += each.text
            continue
        if before:
            yield ours(before)
            before = ""
        yield each
    if before:
        yield ours(before)
