"""How people begin words that go on from ours, in each language."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from boundaries.agreements.wording import BOTH, ProposalLine, proposal
from boundaries.content import beginnings
from boundaries.talks import wording
from boundaries.vocabulary import Outcome

pytestmark = pytest.mark.once

LANGUAGES = sorted(source.stem for source in beginnings.HERE.glob("*.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_only_patterns_that_are_used(language: str) -> None:
    assert beginnings.patterns(language).keys() <= beginnings.patterns("en").keys()


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            {"when": "जब फ़ोन बजता है", "wish": "हम शांति से खाएँ"},
            "जब फ़ोन बजता है, तो मुझे अच्छा लगेगा, अगर हम शांति से खाएँ।",
        ),
        ({"wish": "अगर हम शांति से खाएँ।"}, "मुझे अच्छा लगेगा, अगर हम शांति से खाएँ।"),
        ({"wish": "मुझे अच्छा लगेगा अगर हम साथ खाएँ"}, "मुझे अच्छा लगेगा, अगर हम साथ खाएँ।"),
        ({"wish": "आप फ़ोन रख दें"}, "मुझे अच्छा लगेगा, अगर हम … आप फ़ोन रख दें।"),
        ({"wish": "हमेशा साथ खाएँ"}, "मुझे अच्छा लगेगा, अगर हम हमेशा साथ खाएँ।"),
        ({"not_asking": "आप फ़ोन रख दें"}, "मेरी माँग यह नहीं कि आप फ़ोन रख दें।"),
        ({"not_asking": "कि फ़ोन बंद रहे"}, "मेरी माँग यह नहीं कि फ़ोन बंद रहे।"),
        ({"not_asking": "मेरी माँग यह नहीं कि फ़ोन बंद रहे"}, "मेरी माँग यह नहीं कि फ़ोन बंद रहे।"),
    ],
)
def test_in_hindi_nothing_is_said_twice(parts: dict[str, str], sentence: str) -> None:
    with override("hi"):
        assert wording.statement(parts) == sentence


def test_what_was_heard_is_introduced_once() -> None:
    with override("hi"):
        assert wording.heard({"words": "मैंने यह सुना कि आपको डर लगा"}) == ""
        assert wording.heard({"words": "आपको डर लगा"}) == "मैंने यह सुना …"


@pytest.mark.parametrize(
    ("language", "words"), [("hi", "we tell each other"), ("xx", "when it’s late")]
)
def test_words_are_set_apart_where_nobody_knows_how_they_read_on(language: str, words: str) -> None:
    lines = [ProposalLine(doer=BOTH, outcome=Outcome.CONDITIONS, words=words)]
    with override("en"):
        reads_on = str(proposal(lines, {})[0])
    with override(language):
        apart = str(proposal(lines, {})[0])

    assert not re.search(r":\s", reads_on)
    assert apart.partition(": ")[2].startswith(f"“{words}”")


def test_a_language_without_a_file_has_no_patterns() -> None:
    assert beginnings.patterns("xx") == {}
    with override("xx"):
        assert not beginnings.beginning("when").match("when it rings")
