"""What changed from some sentences to others: all of both is there, and it takes no time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.agreements.differences import Kind, differences

pytestmark = pytest.mark.once

SENTENCES = st.lists(st.text("ab .\n", min_size=1), min_size=1, max_size=3)


def left_of(before: list[str], after: list[str], gone: Kind) -> list[str]:
    """The words that stand there when one kind of pieces is left out."""
    pieces = [piece for line in differences(before, after) for piece in line]
    return " ".join(piece.words for piece in pieces if piece.kind != gone).split()


@given(SENTENCES, SENTENCES)
def test_without_what_is_new_it_is_what_stood_before(before: list[str], after: list[str]) -> None:
    assert left_of(before, after, Kind.NEW) == " ".join(before).split()
    assert left_of(before, after, Kind.GONE) == " ".join(after).split()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a " * 150] * 3, ["a b " * 75] * 3),
        (["x" + " \n " * 98 + "x"] * 3, ["y" + " \n \n" * 70] * 3),
        ([" " * 299 + "a"] * 3, ["b" + " " * 299] * 3),
    ],
)
def test_words_that_come_again_and_again_take_no_time(before: list[str], after: list[str]) -> None:
    begun = time.process_time()

    for _ in range(10):
        differences(before, after)

    assert time.process_time() - begun < 1  # seconds; it was up to fifty
    assert left_of(before, after, Kind.NEW) == " ".join(before).split()
    assert left_of(before, after, Kind.GONE) == " ".join(after).split()
