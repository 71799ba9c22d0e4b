"""The differences between two versions of a text: nothing is lost, and it is fast."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.agreements.differences import Kind, differences

pytestmark = pytest.mark.once

SENTENCES = st.lists(st.text("ab .\n", min_size=1), min_size=1, max_size=3)


def words_without(before: list[str], after: list[str], kind: Kind) -> list[str]:
    """The words of the differences, leaving out one kind of pieces."""
    pieces = [piece for line in differences(before, after) for piece in line]
    return " ".join(piece.words for piece in pieces if piece.kind != kind).split()


@given(SENTENCES, SENTENCES)
def test_leaving_out_new_words_gives_the_old_text(before: list[str], after: list[str]) -> None:
    assert words_without(before, after, Kind.NEW) == " ".join(before).split()
    assert words_without(before, after, Kind.GONE) == " ".join(after).split()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a " * 150] * 3, ["a b " * 75] * 3),
        (["x" + " \n " * 98 + "x"] * 3, ["y" + " \n \n" * 70] * 3),
        ([" " * 299 + "a"] * 3, ["b" + " " * 299] * 3),
    ],
)
def test_repeated_words_take_little_time(before: list[str], after: list[str]) -> None:
    begun = time.process_time()

    for _ in range(10):
        differences(before, after)

    assert time.process_time() - begun < 1  # seconds; it used to take up to fifty
    assert words_without(before, after, Kind.NEW) == " ".join(before).split()
    assert words_without(before, after, Kind.GONE) == " ".join(after).split()
