"""Finds words that may be about control rather than a boundary, so that a note can say so.

A boundary is what I will do; control is what you are allowed to do. Nothing is blocked, and only
the reader of the page sees the note: the writer before they send it, the partner beside it.

The list of words is English. A text counts as readable only if all of it is common English words,
numbers and punctuation. Anything else (another language or script, a name, an emoji, a letter
that only looks like one of ours) might mean anything, so the note is shown for it too: an
unnecessary note costs the reader one calm sentence.

Libraries that guess the language were considered and rejected: langdetect and py3langid are
unreliable for five words and useless for one; lingua and fastText are as large as the rest of the
site. A word list does not guess. Of the lists, wordfreq and simplemma carry sixty megabytes of
other languages; SCOWL is the one that Debian's spell checkers use.
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
NO_TOPICS = ("demand", "telling", "whom")
ACCESS = ("passwords", "location")  # the topics of what only one person opens or knows
AROUND_WORDS = ".,;:!?\"'“”„()[]"
INSIDE_WORDS = re.compile(r"(?<=\w)[^\w\s]+(?=\w)|_")
NUMBER = re.compile(r"[0-9]+(?:[.:,][0-9]+)?(?:st|nd|rd|th|am|pm|h|min)?")


def may_be_control(text: str) -> bool:
    """Whether the words touch what is only one person's to decide, or are not readable."""
    if not can_read(text):
        return True
    plain = _plain(text)
    about_us = _told_about_us().match(plain)
    if about_us and not _demands().search(plain):
        plain = about_us["telling"]
    joined = INSIDE_WORDS.sub("", plain)  # finds pass.word and pass-word
    return bool(_signs().search(plain) or _signs().search(joined))


def may_be_access(text: str) -> bool:
    """Whether the words touch somebody's devices, whereabouts or passwords.

    For longer texts, with names in them. One in another language might be about anything: there
    most words are not common English.
    """
    pieces = [piece.strip(AROUND_WORDS) for piece in BETWEEN_WORDS.split(_plain(text))]
    words = [piece for piece in pieces if piece and not NUMBER.fullmatch(piece)]
    readable = sum(word.removesuffix("'s") in _english() for word in words)
    if 2 * readable < len(words):
        return True
    plain = _plain(text)
    return any(_access().search(read) for read in (plain, INSIDE_WORDS.sub("", plain)))


def can_read(text: str) -> bool:
    """Whether all of it is common English, numbers and punctuation, with at least one word."""
    pieces = [piece.strip(AROUND_WORDS) for piece in BETWEEN_WORDS.split(_plain(text))]
    words = [piece for piece in pieces if piece and not NUMBER.fullmatch(piece)]
    return bool(words) and all(word.removesuffix("'s") in _english() for word in words)


def _plain(text: str) -> str:
    """The text in plain lower-case letters; full-width and decorated letters are folded (NFKC)."""
    return unicodedata.normalize("NFKC", text).translate(APOSTROPHES).lower()


def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return words


@cache
def _signs() -> re.Pattern[str]:
    topics = (words for topic, words in _words().items() if topic not in NO_TOPICS)
    return re.compile("|".join(rf"\b(?:{word})\b" for words in topics for word in words))


@cache
def _access() -> re.Pattern[str]:
    words = [word for topic in ACCESS for word in _words()[topic]]
    return re.compile("|".join(rf"\b(?:{word})\b" for word in words))


@cache
def _demands() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{word})\b" for word in _words()["demand"]))


@cache
def _told_about_us() -> re.Pattern[str]:
    """Something of the two, told to somebody of one's own: "Sharing our arguments with my mother".

    Whom one tells is named in it, and nobody is kept from anybody.
    """
    (telling,), (whom,) = _words()["telling"], _words()["whom"]
    return re.compile(rf"(?P<telling>{telling}) (?:{whom})[.!]?$")


@cache
def _english() -> frozenset[str]:
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
