"""Words that may be about control rather than about a boundary, noticed so that a note can say so.

A boundary is what I will do; control is what you are allowed to do. Nothing is blocked, and
nobody but the reader of the page is shown the note.

The words to look for are English. A text counts as read only if all of it is common English words,
numbers and punctuation. Whatever else there is (another language or script, a name, an emoji, a
letter that only looks like one of ours) might say anything, so the note is shown for it too: a note
too many costs one calm sentence.

Libraries that guess the language were looked at and left: they are unsure of five words and
silent about one (langdetect, py3langid), or as large as the rest of the site (lingua, fastText).
A list of words cannot be talked into a guess. Of lists, wordfreq and simplemma carry sixty
megabytes of other languages; SCOWL is the one that Debian's spell checkers use.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("control.toml")
ENGLISH = Path(__file__).with_name("english.txt")

APOSTROPHES = str.maketrans("’‘\N{MODIFIER LETTER APOSTROPHE}", "'''")
BETWEEN_WORDS = re.compile("[\\s/&\N{EN DASH}\N{EM DASH}-]+")
AROUND_WORDS = ".,;:!?\"'“”„()[]"
INSIDE_WORDS = re.compile(r"(?<=\w)[^\w\s]+(?=\w)|_")
NUMBER = re.compile(r"[0-9]+(?:[.:,][0-9]+)?(?:st|nd|rd|th|am|pm|h|min)?")


def may_be_control(text: str) -> bool:
    """Whether somebody's own words touch what is each person's own affair, or cannot be read."""
    plain = _plain(text)
    joined = INSIDE_WORDS.sub("", plain)  # pass.word, pass-word
    return bool(_signs().search(plain) or _signs().search(joined)) or not can_read(text)


def can_read(text: str) -> bool:
    """Whether all of it is common English, numbers and punctuation, with at least one word."""
    pieces = [piece.strip(AROUND_WORDS) for piece in BETWEEN_WORDS.split(_plain(text))]
    words = [piece for piece in pieces if piece and not NUMBER.fullmatch(piece)]
    return bool(words) and all(word.removesuffix("'s") in _english() for word in words)


def _plain(text: str) -> str:
    """The text in plain letters: full-width and decorated ones are the same letters (NFKC)."""
    return unicodedata.normalize("NFKC", text).translate(APOSTROPHES).lower()


@cache
def _signs() -> re.Pattern[str]:
    topics: dict[str, list[str]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return re.compile(
        "|".join(rf"\b(?:{word})\b" for words in topics.values() for word in words), re.IGNORECASE
    )


@cache
def _english() -> frozenset[str]:
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
