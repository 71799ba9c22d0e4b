"""Every behaviour with every outcome, in a file to be read: sentences.txt.

After a change of words, run this with REWRITE=1 and read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from boundaries.agreements.wording import BOTH, ProposalLine, left_open, proposal
from boundaries.comparison.wording import stances
from boundaries.content import catalogue
from boundaries.vocabulary import Condition, Outcome, Side, Stance

TABLE = Path(__file__).with_name("sentences.txt")
NAMES = {Side.LEFT.value: "Asha", Side.RIGHT.value: "Ravi"}
DAY = date(2026, 12, 12)


def line(outcome: Outcome, doer: str, **more: object) -> ProposalLine:
    details: dict[str, object] = {}
    if outcome == Outcome.CONDITIONS:
        details["conditions"] = (Condition.TOLD_FIRST, Condition.NOT_LATE)
    if outcome == Outcome.REVISIT:
        details["on"] = DAY
    return ProposalLine(doer=doer, outcome=outcome, **{**details, **more})  # type: ignore[arg-type]


def sentence(outcome: Outcome, doer: str, **more: object) -> str:
    lines = [line(outcome, doer, **more)]
    text = proposal(lines, NAMES)
    return " ".join(text[: len(text) - len(left_open(lines))])


def blocks() -> Iterator[tuple[str, list[str]]]:
    """Yield headings, and the sentences that can follow them."""
    for behaviour in catalogue.every().values():
        yield (
            behaviour.text,
            [sentence(outcome, doer) for outcome in Outcome for doer in (BOTH, Side.LEFT)],
        )
    yield (
        "(conditions)",
        [
            sentence(Outcome.CONDITIONS, BOTH, conditions=chosen, words=words)
            for count in range(len(Condition) + 1)
            for chosen in combinations(Condition, count)
            for words in ("", "it stays between friends")
            if chosen or words
        ],
    )
    yield (
        "(conditions in own words)",
        [
            sentence(Outcome.CONDITIONS, doer, conditions=chosen, words=words)
            for words in (
                "we find each other now and then",
                "I know where you are.",
                "if we find each other now and then",
                "as long as it’s a group",
                "only friends we both know",
                "The chats end by nine",
                "we say so. Nobody else comes along.",
                "itinerant friends",
            )
            for chosen in ((), (Condition.TOLD_FIRST,))
            for doer in (BOTH, Side.LEFT)
        ],
    )
    yield (
        "(own words and a day)",
        [
            sentence(outcome, doer, words=words, on=DAY)
            for outcome in Outcome
            for doer in (BOTH, Side.LEFT)
            for words in ("", "we said so in June")
        ],
    )
    yield "(one is left open)", list(map(str, proposal([line(Outcome.FINE, Side.LEFT)], NAMES)))
    yield (
        "(what both said)",
        [
            str(stances(doer, left, right, NAMES))
            for left in Stance
            for right in Stance
            for doer in ("", Side.LEFT)
        ],
    )


def written() -> str:
    return "\n".join(
        "\n".join([heading, *(f"    {words}" for words in block), ""])
        for heading, block in blocks()
    )


@pytest.mark.once
def test_the_sentences_are_those_that_were_read() -> None:
    if "REWRITE" in os.environ:
        TABLE.write_text(written())

    assert TABLE.read_text() == written(), "if these are the words you want, run with REWRITE=1"


@pytest.mark.once
def test_every_sentence_is_one() -> None:
    wrong = [
        (heading, words)
        for heading, block in blocks()
        for words in block
        if not re.fullmatch(r"[A-Z].*([.!?…]”?\.?|: “.*”)", words)
        or re.search(r"\.\.|…\.|: [A-Z](?!sha|avi|K)|  |Whoever|,\.|\s[,.;:]", words)
        or words.count(":") > 3
    ]

    assert wrong == []


@pytest.mark.once
def test_each_outcome_reads_differently() -> None:
    for doer in (BOTH, Side.LEFT, Side.RIGHT):
        sentences = {sentence(outcome, doer) for outcome in Outcome}
        assert len(sentences) == len(Outcome)
