"""What the helper with wording notices, measured on sentences that were written for it.

Some of them were looked at while the lists were made; the others were held back.
`python -m tests.phrasing` prints the figures and every sentence that it gets wrong.
"""

from __future__ import annotations

import pytest

from boundaries.content import phrasing
from tests.content.phrasing.measuring import FINE, corpus, measured


def test_there_is_enough_to_measure_on() -> None:
    made, held_back = corpus()

    assert len(made) + len(held_back) >= 120
    assert len(held_back) >= 60
    assert not set(made) & set(held_back)
    kinds = {kind for kind, _ in held_back} - {FINE}
    assert kinds == {kind for kind, _ in made} - {FINE}
    assert sum(kind == FINE for kind, _ in held_back) >= 30


def test_on_the_half_that_was_held_back_it_is_right_often_enough() -> None:
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
def test_what_somebody_else_is_quoted_with_is_let_be(text: str) -> None:
    assert phrasing.notes(text) == []


def test_it_gives_one_idea_for_another_wording() -> None:
    note = phrasing.first_note("I was glad to be asked. You never ask me. You should ask me.")

    assert note
    assert note.kind == "absolute"
    assert note.words == "You never"
    assert note.idea.startswith("“")


def test_an_apostrophe_is_one_however_it_is_set() -> None:
    assert phrasing.notes("You don’t care.") == phrasing.notes("You don't care.")


def test_a_language_without_lists_is_helped_in_english() -> None:
    assert phrasing.notes("You never ask me.", "xx") == phrasing.notes("You never ask me.")


def test_nothing_is_noticed_in_nothing() -> None:
    assert phrasing.notes("") == phrasing.notes(" \n ") == []


@pytest.mark.parametrize("text", ["you " * 5000, "I feel " + "so, " * 4000, "never! " * 4000])
def test_a_long_text_is_no_burden(text: str) -> None:
    phrasing.notes(text[:16_000])  # the suite has a time limit for each test


def test_every_kind_has_a_note_and_an_idea() -> None:
    made, held_back = corpus()

    for kind in {kind for kind, _ in (*made, *held_back)} - {FINE}:
        text = next(text for each, text in made if each == kind)
        note = phrasing.first_note(text)
        assert note
        assert note.note
        assert note.idea
