"""What a person types is kept as they meant it, and nothing in it can hide or turn round."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.text import BLANK, clean_text

# The bidirectional controls of UAX #9 that change how their neighbours read; marks for the
# direction of one character (LRM, RLM) are part of honest Hebrew and Arabic.
TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
CONTROLS = [c for c in [*range(0x20), *range(0x7F, 0xA0)] if chr(c) not in "\t\n\r\x0b\x0c\x85"]


@given(st.text())
def test_cleaned_text_is_in_one_form_and_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValidationError:
        return

    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "\r" not in cleaned
    cleaned.encode()  # every database stores it


@given(
    st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=BLANK), min_size=1)
)
def test_no_visible_character_is_lost(text: str) -> None:
    assert clean_text(f"  {text}\r\n") == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("code", [*TURNING, *CONTROLS, 0xD800, 0xDFFF], ids=hex)
def test_what_hides_or_turns_round_is_refused(code: int) -> None:
    with pytest.raises(ValidationError):
        clean_text(f"a{chr(code)}b")


@pytest.mark.parametrize(
    "text",
    [
        "👩‍❤️‍👨 and 👨‍👩‍👧",
        "नहीं, यह ठीक है",
        "זה בסדר\u200f",
        "هذا مقبول",
        "a\tb\n\nc",
        "क्‍ष",
        "🏳️‍🌈",
    ],
)
def test_other_scripts_and_emoji_stay_whole(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "text", ["", "  \n", "\u200b", "\u2060\u200d", "\u3000", "\u3164", "\u2800 \u115f"]
)
def test_text_that_nobody_can_see_is_no_text(text: str) -> None:
    assert clean_text(text) == ""


def test_marks_that_would_cover_the_lines_around_are_refused() -> None:
    assert clean_text("a" + "\u0301\u0323" * 4)  # more than any script has

    with pytest.raises(ValidationError):
        clean_text("a" + "\u0301\u0323" * 5)


def test_the_same_words_are_the_same_text_whatever_they_were_typed_on() -> None:
    assert clean_text("cafe\u0301\r\nand\rtea") == "caf\u00e9\nand\ntea"
