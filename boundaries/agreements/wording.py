"""The sentences of a proposal, made from what somebody chose and wrote in its form.

They follow a behaviour as their heading. What is agreed keeps the words it was agreed in (ADR 19).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import locales
from boundaries import sentences
from boundaries.content.beginnings import beginning
from boundaries.sentences import Sentence, SentencePart, filled, ours, theirs
from boundaries.vocabulary import Condition, Outcome, Side, clauses

BOTH = "both"  # the doer of a line that is the same for both

LEFT_OPEN = gettext_noop("When %(name)s does it: we leave this open.")

OUTCOMES = {
    Outcome.FINE: gettext_noop("fine with both of us"),
    Outcome.NOT_FOR_US: gettext_noop("not OK for us"),
    Outcome.REVISIT: gettext_noop("not settled yet"),
    Outcome.DIFFER: gettext_noop("we see it differently, and that’s all right"),
}

SEVERAL_SENTENCES = re.compile(r"[.!?…।]\W*\s\W*\w|[:;\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """What somebody proposes for one partner, or for both."""

    doer: str  # a side, or BOTH
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    words: str = ""  # anything that is not on the lists
    on: date | None = None  # the day to look at it again


def proposal(lines: Sequence[ProposalLine], names: Mapping[str, str]) -> list[Sentence]:
    """Return a sentence for every line, and one for a partner whose side is left open.

    The couple's own words are part of it where they say on what condition something is fine, and
    read on from there. Elsewhere they are a sentence by themselves. Either way they stand in
    quotation marks, to the letter.
    """
    text: list[Sentence] = []
    for line in lines:
        text.append(Sentence(_line(line, names)))
        if line.words and not _is_joined(line):
            text.append(Sentence(_own_words(line, names)))
    for side in left_open(lines):
        text.append(Sentence(filled(_(LEFT_OPEN), name=sentences.name_of(side, names))))
    return text


def again(day: date) -> str:
    """Return when the two look at something again, as a sentence without its full stop."""
    return _("We look at it again on %(day)s") % {"day": locales.day(day)}


def left_open(lines: Sequence[ProposalLine]) -> list[str]:
    """Return the sides about which these lines say nothing."""
    doers = {line.doer for line in lines}
    return [] if BOTH in doers else [side for side in Side.values if side not in doers]


def _line(line: ProposalLine, names: Mapping[str, str]) -> list[SentencePart]:
    words = _outcome(line)
    if line.doer != BOTH:
        name = sentences.name_of(line.doer, names)
        words = filled(_("When %(name)s does it: %(words)s"), name=name, words=words)
    if line.on:
        words = [*sentences.with_full_stop(words), ours(f" {again(line.on)}")]
    return sentences.as_sentence(words)


def _own_words(line: ProposalLine, names: Mapping[str, str]) -> list[SentencePart]:
    words = theirs(line.words)
    if line.doer == BOTH:
        return filled(_("In our own words: %(words)s"), words=words)
    name = sentences.name_of(line.doer, names)
    return filled(_("When %(name)s does it, in our own words: %(words)s"), name=name, words=words)


def _outcome(line: ProposalLine) -> list[SentencePart]:
    if line.outcome != Outcome.CONDITIONS:
        return [ours(_(OUTCOMES[line.outcome]))]
    named = [ours(clause) for clause in clauses(line.conditions)]
    words = theirs(line.words)
    if _reads_on_from_if(line):
        return filled(_("fine, if %(conditions)s"), conditions=sentences.joined([*named, words]))
    if named:
        return filled(_("fine, if %(conditions)s"), conditions=sentences.joined(named))
    if _reads_on("limit", line.words):
        return filled(_("fine, %(words)s"), words=words)
    # Translators: the couple's own words follow, such as "only friends we both know".
    return filled(_("fine, like this: %(words)s"), words=words)


def _is_joined(line: ProposalLine) -> bool:
    """Whether the sentence of a line has the couple's own words in it."""
    if line.outcome != Outcome.CONDITIONS:
        return False
    return not line.conditions or _reads_on_from_if(line)


def _reads_on_from_if(line: ProposalLine) -> bool:
    is_one_of_a_list = bool(line.conditions)  # in which a comma ends a condition
    return _reads_on("condition", line.words) and not (is_one_of_a_list and "," in line.words)


def _reads_on(name: str, words: str) -> bool:
    """Whether they read on from ours. Words with a capital are a sentence, unless it is an "I"."""
    begins = bool(beginning(name).match(words))
    begins &= not words[:1].isupper() or bool(beginning("capital").match(words))
    return begins and not SEVERAL_SENTENCES.search(words)
