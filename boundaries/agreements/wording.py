"""The exact words of a proposal, put together from what somebody picked and wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.names import shown
from boundaries import sentences
from boundaries.sentences import Sentence, SentencePart, Source, filled, ours, theirs
from boundaries.vocabulary import Condition, Outcome, Side

BOTH = "both"  # the line is the same whoever does it

LEFT_OPEN = gettext_noop("When %(name)s does it: we leave this open.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """What is proposed for one line, or for both alike."""

    doer: str  # a side, or BOTH
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    words: str = ""  # a condition that is not on the list
    on: date | None = None  # the day on which it is looked at again


def proposal(lines: Sequence[ProposalLine], names: Mapping[str, str]) -> list[Sentence]:
    """The exact words of a proposal: a sentence for each of its lines.

    Where it is about one line only, a sentence says that the other is left open.
    """
    told = [Sentence(_line(line, sentences.name_of(line.doer, names))) for line in lines]
    for side in _left_open(lines):
        told.append(Sentence(filled(_(LEFT_OPEN), name=sentences.name_of(side, names))))
    return told


def from_before(text: Sequence[str], lines: Sequence[ProposalLine]) -> list[Sentence]:
    """The sentences of a proposal from when they were stored as text, with names in them.

    They read as they did then; what was a name, and what a person wrote, is told apart again.
    """
    told = [_recognised(words, line) for words, line in zip(text, lines, strict=False)]
    for words, side in zip(text[len(lines) :], _left_open(lines), strict=False):
        told.append(_found_in(words, filled(_(LEFT_OPEN), name=sentences.name(side, ""))))
    rest = text[len(told) :]
    return [*told, *(Sentence([ours(" ".join(words.split()))]) for words in rest)]


def _line(line: ProposalLine, name: SentencePart) -> list[SentencePart]:
    said = _outcome(line)
    if line.on:
        said = [*sentences.stopped(said), ours(f" {_again(line.on)}")]
    return sentences.ended(_about(line, name, said))


def _about(
    line: ProposalLine, name: SentencePart, said: Sequence[SentencePart]
) -> list[SentencePart]:
    if line.doer == BOTH:
        return filled(_("Whoever does it: %(words)s"), words=said)
    return filled(_("When %(name)s does it: %(words)s"), name=name, words=said)


def _outcome(line: ProposalLine) -> list[SentencePart]:
    label = sentences.lowered(str(line.outcome.label))
    named = []
    if line.outcome == Outcome.CONDITIONS:
        named = [[ours(sentences.lowered(str(each.label)))] for each in line.conditions]
    if line.words:
        named.append([theirs(line.words)])
    if not named:
        return [ours(label)]
    mark = ": " if line.outcome == Outcome.CONDITIONS else ". "
    first, *rest = named
    return [ours(label + mark), *first, *(part for each in rest for part in (ours("; "), *each))]


def _again(day: date) -> str:
    return _("We look at it again on %(day)s") % {"day": date_format(day, "j F Y")}


def _left_open(lines: Sequence[ProposalLine]) -> list[str]:
    spoken = {line.doer for line in lines}
    return [] if BOTH in spoken else [side for side in Side.values if side not in spoken]


def _recognised(text: str, line: ProposalLine) -> Sentence:
    """A sentence as it was put together then, or at least with the person's words apart."""
    said = _outcome(line)
    if line.on:  # the full stop of the person's words was taken off then
        kind = theirs if line.words else ours
        said = [*said[:-1], kind(said[-1].text.rstrip(".")), ours(f". {_again(line.on)}")]
    parts = _about(line, sentences.name(line.doer, ""), said)
    if parts[-1].text[-1:] not in sentences.ENDS:
        parts.append(ours("."))
    found = _found_in(text, parts)
    at = text.rfind(line.words) if line.words and len(found.parts) == 1 else -1
    if at < 0:
        return found
    around = (text[:at], text[at + len(line.words) :])
    before, after = (ours(re.sub(r"\s+", " ", each)) for each in around)
    return Sentence([before, theirs(line.words), after])


def _found_in(text: str, parts: Sequence[SentencePart]) -> Sentence:
    """The text in these parts, with the name in it that stood there; or else in one part."""
    at = next((n for n, part in enumerate(parts) if part.source == Source.NAME), len(parts))
    before, after = ("".join(part.text for part in each) for each in (parts[:at], parts[at + 1 :]))
    called = text[len(before) : len(text) - len(after)]
    if text == f"{before}{called}{after}" and bool(called) == (at < len(parts)):
        named = [sentences.name(each.side, shown(called)) for each in parts[at : at + 1]]
        return Sentence([*parts[:at], *named, *parts[at + 1 :]])
    return Sentence([ours(" ".join(text.split()))])
