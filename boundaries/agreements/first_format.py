"""Sentences of the first format (ADR 19): plain text, put together with the words of that time.

Nothing new is written in it. Its words are those of the day, so that they can be found again.
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
    """Return the sentences that these lines had, in parts."""
    text = [Sentence(_line(line, sentences.name_of(line.doer, names))) for line in lines]
    for side in left_open(lines):
        text.append(Sentence(filled(_(LEFT_OPEN), name=sentences.name_of(side, names))))
    return text


def sentences_of(text: Sequence[str], lines: Sequence[ProposalLine]) -> list[Sentence]:
    """Return sentences that were stored as plain text, with names in it.

    They read as they always did. Names and user text are recognised and marked where possible.
    """
    found = [_recognised(words, line) for words, line in zip(text, lines, strict=False)]
    for words, side in zip(text[len(lines) :], left_open(lines), strict=False):
        found.append(_found_in(words, filled(_(LEFT_OPEN), name=sentences.name(side, ""))))
    return [*found, *(sentences.unpack(words, {}) for words in text[len(found) :])]


def _recognised(text: str, line: ProposalLine) -> Sentence:
    """Find the parts of a sentence that was stored as text, or at least the user's words in it.

    To do so, it puts the sentence together as the first format did.
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
