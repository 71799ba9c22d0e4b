"""The sentences of a proposal, made from what somebody chose and wrote in its form."""

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

BOTH = "both"  # the doer of a line that is the same for both

LEFT_OPEN = gettext_noop("When %(name)s does it: we leave this open.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """What somebody proposes for one partner, or for both."""

    doer: str  # a side, or BOTH
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    words: str = ""  # anything that is not on the lists
    on: date | None = None  # the day to look at it again


def proposal(lines: Sequence[ProposalLine], names: Mapping[str, str]) -> list[Sentence]:
    """Return a sentence for every line, and one for a partner whose side is left open."""
    text = [Sentence(_line(line, sentences.name_of(line.doer, names))) for line in lines]
    for side in _left_open(lines):
        text.append(Sentence(filled(_(LEFT_OPEN), name=sentences.name_of(side, names))))
    return text


def from_before(text: Sequence[str], lines: Sequence[ProposalLine]) -> list[Sentence]:
    """Return sentences of the first format (ADR 19), which are plain text with names in it.

    They read as they always did. Names and user text are recognised and marked where possible.
    """
    found = [_recognised(words, line) for words, line in zip(text, lines, strict=False)]
    for words, side in zip(text[len(lines) :], _left_open(lines), strict=False):
        found.append(_found_in(words, filled(_(LEFT_OPEN), name=sentences.name(side, ""))))
    return [*found, *(sentences.unpack(words, {}) for words in text[len(found) :])]


def _line(line: ProposalLine, name: SentencePart) -> list[SentencePart]:
    outcome = _outcome(line)
    if line.on:
        outcome = [*sentences.with_full_stop(outcome), ours(f" {_again(line.on)}")]
    return sentences.as_sentence(_with_doer(line, name, outcome))


def _with_doer(
    line: ProposalLine, name: SentencePart, outcome: Sequence[SentencePart]
) -> list[SentencePart]:
    if line.doer == BOTH:
        return filled(_("Whoever does it: %(words)s"), words=outcome)
    return filled(_("When %(name)s does it: %(words)s"), name=name, words=outcome)


def _outcome(line: ProposalLine) -> list[SentencePart]:
    label = sentences.lowered(str(line.outcome.label))
    details = []
    if line.outcome == Outcome.CONDITIONS:
        details = [ours(sentences.lowered(str(condition.label))) for condition in line.conditions]
    if line.words:
        details.append(theirs(line.words))
    if not details:
        return [ours(label)]
    mark = ": " if line.outcome == Outcome.CONDITIONS else ". "
    first, *rest = details
    return [ours(label + mark), first, *(part for item in rest for part in (ours("; "), item))]


def _again(day: date) -> str:
    return _("We look at it again on %(day)s") % {"day": date_format(day, "j F Y")}


def _left_open(lines: Sequence[ProposalLine]) -> list[str]:
    doers = {line.doer for line in lines}
    return [] if BOTH in doers else [side for side in Side.values if side not in doers]


def _recognised(text: str, line: ProposalLine) -> Sentence:
    """Find the parts of a sentence that was stored as text, or at least the user's words in it.

    To do so, it puts the sentence together as the first format did.
    """
    outcome = _outcome(line)
    if line.on:  # the first format removed the full stop after the user's words
        kind = theirs if line.words else ours
        *before, last = outcome
        outcome = [*before, kind(last.text.rstrip(".")), ours(f". {_again(line.on)}")]
    parts = _with_doer(line, sentences.name(line.doer, ""), outcome)
    if parts[-1].text[-1:] not in sentences.ENDS:
        parts.append(ours("."))
    found = _found_in(text, parts)
    at = text.rfind(line.words) if line.words and len(found.parts) == 1 else -1
    if at < 0:
        return found
    return Sentence(
        [
            _one_line(text[:at]),
            theirs(line.words),
            _one_line(text[at + len(line.words) :]),
        ]
    )


def _one_line(text: str) -> SentencePart:
    return ours(re.sub(r"\s+", " ", text))


def _found_in(text: str, parts: Sequence[SentencePart]) -> Sentence:
    """Return the text as these parts, with the name it has in it; or as one part if it differs."""
    at = next((n for n, part in enumerate(parts) if part.source == Source.NAME), len(parts))
    before = "".join(part.text for part in parts[:at])
    after = "".join(part.text for part in parts[at + 1 :])
    name = text[len(before) : len(text) - len(after)]
    if text == f"{before}{name}{after}" and bool(name) == (at < len(parts)):
        named = [sentences.name(part.side, shown(name)) for part in parts[at : at + 1]]
        return Sentence([*parts[:at], *named, *parts[at + 1 :]])
    return sentences.unpack(text, {})
