"""Sentences of the first format (ADR 19), which stored them as plain text.

Nothing is stored in this format any more. Its wording must stay as it was, because it is compared
with stored sentences to recognise names and user text in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.names import shown
from boundaries import sentences
from boundaries.agreements.wording import BOTH, LEFT_OPEN, ProposalLine, again, left_open
from boundaries.sentences import Sentence, SentencePart, Source, filled, ours, theirs
from boundaries.vocabulary import Condition, Outcome

OUTCOMES = {
    Outcome.FINE: gettext_noop("fine for us"),
    Outcome.NOT_FOR_US: gettext_noop("not for us"),
    Outcome.CONDITIONS: gettext_noop("fine, with conditions"),
    Outcome.REVISIT: gettext_noop("not settled: we come back to it"),
    Outcome.DIFFER: gettext_noop("we see it differently, and that’s all right"),
}
CONDITIONS = {
    Condition.TOLD_FIRST: gettext_noop("we tell each other first"),
    Condition.TOLD_AFTER: gettext_noop("we tell each other afterwards"),
    Condition.NOT_ALONE: gettext_noop("not alone"),
    Condition.NOT_LATE: gettext_noop("not late"),
    Condition.IN_A_GROUP: gettext_noop("in a group"),
    Condition.WITHIN_A_LIMIT: gettext_noop("within a limit"),
}


def proposal(lines: Sequence[ProposalLine], names: Mapping[str, str]) -> list[Sentence]:
    """Word these lines as the first format did, as sentences made of parts."""
    text = [Sentence(_line(line, sentences.name_of(line.doer, names))) for line in lines]
    for side in left_open(lines):
        text.append(Sentence(filled(_(LEFT_OPEN), name=sentences.name_of(side, names))))
    return text


def sentences_of(text: Sequence[str], lines: Sequence[ProposalLine]) -> list[Sentence]:
    """Split sentences that were stored as plain text, names included, into parts.

    They read as before. Names and user text are marked as such where they can be recognised.
    """
    found = [_recognised(words, line) for words, line in zip(text, lines, strict=False)]
    for words, side in zip(text[len(lines) :], left_open(lines), strict=False):
        found.append(_found_in(words, filled(_(LEFT_OPEN), name=sentences.name(side, ""))))
    return [*found, *(sentences.unpack(words, {}) for words in text[len(found) :])]


def _recognised(text: str, line: ProposalLine) -> Sentence:
    """Find the parts of a sentence that was stored as text, or at least the user's words in it.

    For that, the sentence is built again as the first format worded it, and compared.
    """
    outcome = _outcome(line)
    if line.on:  # the first format removed the full stop after the user's words
        kind = theirs if line.words else ours
        *before, last = outcome
        outcome = [*before, kind(last.text.rstrip(".")), ours(f". {again(line.on)}")]
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
    """Text of our own, with single spaces."""
    return ours(re.sub(r"\s+", " ", text))


def _found_in(text: str, parts: Sequence[SentencePart]) -> Sentence:
    """Split a text into these parts, with the name found in it, or into one part if it differs."""
    at = next((n for n, part in enumerate(parts) if part.source == Source.NAME), len(parts))
    before = "".join(part.text for part in parts[:at])
    after = "".join(part.text for part in parts[at + 1 :])
    name = text[len(before) : len(text) - len(after)]
    if text == f"{before}{name}{after}" and bool(name) == (at < len(parts)):
        named = [sentences.name(part.side, shown(name)) for part in parts[at : at + 1]]
        return Sentence([*parts[:at], *named, *parts[at + 1 :]])
    return sentences.unpack(text, {})


def _line(line: ProposalLine, name: SentencePart) -> list[SentencePart]:
    outcome = _outcome(line)
    if line.on:
        outcome = [*sentences.with_full_stop(outcome), ours(f" {again(line.on)}")]
    return sentences.as_sentence(_with_doer(line, name, outcome))


def _with_doer(
    line: ProposalLine, name: SentencePart, outcome: Sequence[SentencePart]
) -> list[SentencePart]:
    if line.doer == BOTH:
        return filled(_("Whoever does it: %(words)s"), words=outcome)
    return filled(_("When %(name)s does it: %(words)s"), name=name, words=outcome)


def _outcome(line: ProposalLine) -> list[SentencePart]:
    label = _(OUTCOMES[line.outcome])
    details = []
    if line.outcome == Outcome.CONDITIONS:
        details = [ours(_(CONDITIONS[condition])) for condition in line.conditions]
    if line.words:
        details.append(theirs(line.words))
    if not details:
        return [ours(label)]
    mark = ": " if line.outcome == Outcome.CONDITIONS else ". "
    first, *rest = details
    return [ours(label + mark), first, *(part for item in rest for part in (ours("; "), item))]
