"""The notes on wording, measured on sentences that were written for it.

Half of them were used to write the patterns; the other half was held back.
`python -m tests.content.phrasing` prints the figures and every sentence that it gets wrong.
"""

from __future__ import annotations

import pytest

from boundaries.content import phrasing
from tests.content.phrasing.measuring import FINE, corpus, measured


def test_the_corpus_is_large_enough() -> None:
    made, held_back = corpus()

    assert len(made) + len(held_back) >= 120
    assert len(held_back) >= 60
    assert not set(made) & set(held_back)
    kinds = {kind for kind, _ in held_back} - {FINE}
    assert kinds == {kind for kind, _ in made} - {FINE}
    assert sum(kind == FINE for kind, _ in held_back) >= 30


def test_precision_and_recall_on_the_held_back_half() -> None:
    _, held_back = corpus()
    found = measured(held_back)

    assert found.precision >= 0.95
    assert found.recall >= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "My mother said “you never listen”, and I remember it.",
        'He said "you are a liar" and left.',
        "“You always”, that is how it began.",
    ],
)
def test_quotations_get_no_note(text: str) -> None:
    assert phrasing.notes(text) == []


def test_it_gives_one_idea_for_another_wording() -> None:
    note = phrasing.first_note("I was glad to be asked. You never ask me. You should ask me.")

    assert note
    assert note.kind == "absolute"
    assert note.words == "You never"
    assert note.idea.startswith("“")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Every time I ask you something, you sigh.", "Every time"),
        ("Every single evening there is a message for you.", "Every single evening"),
        ("You roll your eyes at what I say all the time.", "all the time"),
        ("It is always like this with you.", "always"),
        ("You just said that in front of them to win.", "You just said"),
        ("You and your friends are such a child.", "such a child"),
    ],
)
def test_a_note_quotes_the_phrase_alone(text: str, quoted: str) -> None:
    assert [note.words for note in phrasing.notes(text)] == [quoted]


def test_how_often_something_happens_is_no_absolute() -> None:
    text = "When you message Alex every evening and I hear you laughing, I feel lonely."

    assert phrasing.notes(text) == []


def test_straight_and_curly_apostrophes_are_the_same() -> None:
    assert phrasing.notes("You don’t care.") == phrasing.notes("You don't care.")


def test_a_language_without_lists_uses_english() -> None:
    assert phrasing.notes("You never ask me.", "xx") == phrasing.notes("You never ask me.")


def test_an_empty_text_gets_no_note() -> None:
    assert phrasing.notes("") == phrasing.notes(" \n ") == []


@pytest.mark.parametrize("text", ["you " * 5000, "I feel " + "so, " * 4000, "never! " * 4000])
def test_a_long_text_takes_little_time(text: str) -> None:
    phrasing.notes(text[:16_000])  # the suite has a time limit for each test


def test_every_kind_has_a_note_and_an_idea() -> None:
    made, held_back = corpus()

    for kind in {kind for kind, _ in (*made, *held_back)} - {FINE}:
        text = next(text for known, text in made if known == kind)
        note = phrasing.first_note(text)
        assert note
        assert note.note
        assert note.idea
