"""Finds words that may be about control rather than a boundary, so that a note can say so.

A boundary is what I will do; control is what you are allowed to do. Nothing is blocked, and only
the reader of the page sees the note: the writer before they send it, the partner beside it.

Each language has a file of signs and a list of common words. A text counts as readable only if all
of it is common words of these languages (people mix them), numbers and punctuation. Anything else
(another language or script, a name, an emoji, a letter that only looks like one of ours) might mean
anything, so the note is shown for it too: an unnecessary note costs the reader one calm sentence.

Libraries that guess the language were considered and rejected: langdetect and py3langid are
unreliable for five words and useless for one; lingua and fastText are as large as the rest of the
site. A word list does not guess. Of the lists, wordfreq and simplemma carry sixty megabytes of
other languages; SCOWL is the one that Debian's spell checkers use. The Hindi list is our own: the
one of Debian's spell checker has no Latin letters, in which Hindi is typed as often.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.content.phrasing.lists import KEYS
from boundaries.content.phrasing.patterns import Automaton

ACCESS = ("passwords", "location")  # the families of what only one person opens or knows
HERE = Path(__file__).parent
FIRST = "en"
TELLING = 4  # letters
ENDINGS = ("ing", "ed", "s", "es", "ly", "ness", "ful", "less")
VERBS: dict[
    str, tuple[str, ...]
] = {  # forms of Hindi verbs, by the ending that they have in the list
    "ना": ("ने", "नी", "ता", "ती", "ते", "कर", "वाना", "वाने", "ाना", "ाने", "ाकर"),
    "na": ("ne", "ni", "ta", "ti", "te", "kar", "wana", "wane", "vana", "aana", "aane", "aakar"),
}
LANGUAGES = tuple(sorted(source.stem for source in HERE.glob("*.toml")))

APOSTROPHES = str.maketrans("’‘\N{MODIFIER LETTER APOSTROPHE}", "'''")
BETWEEN_WORDS = re.compile("[\\s/&\N{EN DASH}\N{EM DASH}-]+")
AROUND_WORDS = ".,;:!?\"'“”„()[]।"
LETTER = "[\\w\u0900-\u0963]"  # in Devanagari, the signs for vowels are letters, too
INSIDE_WORDS = re.compile(rf"(?<={LETTER})(?:(?!{LETTER})\S)+(?={LETTER})|_")
LET_BE = "\N{HORIZONTAL ELLIPSIS}"  # stands in the place of a word that is let be
NUMBER = re.compile(r"[0-9\u0966-\u096f]+(?:[.:,][0-9\u0966-\u096f]+)?(?:st|nd|rd|th|am|pm|h|min)?")


def may_be_control(text: str) -> bool:
    """Whether the words touch what is only one person's to decide, or are not readable."""
    return not can_read(text) or _has_any_sign(text)


def may_be_access(text: str) -> bool:
    """Whether the words touch somebody's devices, whereabouts or passwords.

    For longer texts, with names in them. One in another language might be about anything: there
    most words are not common ones of ours.
    """
    words = _read_words(text)
    readable = sum(map(_is_known, words))
    return 2 * readable < len(words) or _has_any_sign(text, ACCESS)


def can_read(text: str) -> bool:
    """Whether all of it is common words, numbers and punctuation, with at least one word.

    The short words of many languages look alike: "main ke" is Hindi, and Indonesian. So if some
    are not English, one of these must be long enough to tell. In Latin letters one must be typed as
    it is in a list: others may sound like words of ours by chance.
    """
    strange = _strange(text)
    if strange and max(map(len, strange)) < TELLING:
        return False
    if strange and all(map(str.isascii, strange)) and _known_words().isdisjoint(strange):
        return False
    return bool(_read_words(text)) and all(map(_is_known, strange))


def _strange(text: str) -> list[str]:
    """The words that are not English."""
    return [word for word in _read_words(text) if not _is_english(word)]


def _is_english(word: str) -> bool:
    """Whether it is a common English word, or one with an ending that few other languages have."""
    if word in _common_words(FIRST):
        return True
    return any(stem in _common_words(FIRST) for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    """What English endings may be added to: "vent", "tease", "snap" and "carry"."""
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < TELLING:
            continue
        yield stem
        if len(stem) > TELLING:
            yield stem + "e"
            yield stem[:-1] if stem[-1] == stem[-2] else stem.removesuffix("i") + "y"


def _is_known(word: str) -> bool:
    """Whether it is a common word of one of the languages, however it is typed there.

    Short words in Latin letters must be typed as they are in the list: other languages have most.
    """
    if _is_english(word) or word in _known_words() or _is_verb(word):
        return True
    telling = len(word) >= TELLING or not word.isascii()
    return telling and any(key(word) in _sounds(language) for language, key in KEYS.items())


def _is_verb(word: str) -> bool:
    """Whether it is a form of a common Hindi verb: बजवाना and बजाते are of बजना."""
    return len(word) >= TELLING and any(
        word.endswith(ending) and word.removesuffix(ending) + verb in _known_words()
        for verb, endings in VERBS.items()
        for ending in endings
    )


def _read_words(text: str) -> list[str]:
    """All words, without numbers and the 's at their end."""
    words = (word.removesuffix("'s") for word in _words(_plain(text)))
    return [word for word in words if not NUMBER.fullmatch(word)]


def _has_any_sign(text: str, families: tuple[str, ...] = ()) -> bool:
    # Signs of other languages sound like English words: "aulad" (children) is "old".
    languages = LANGUAGES if _strange(text) else (FIRST,)
    return any(_has_sign(text, language, families) for language in languages)


def _has_sign(text: str, language: str, families: tuple[str, ...]) -> bool:
    signs = _signs(language, families)
    about_us, demands = _told_about_us(language)
    plain = _plain(text)
    joined = INSIDE_WORDS.sub("", plain)  # finds pass.word
    for read in (_read(plain, language), _read(joined, language)):
        words = _without_fine(language, read)
        if told := _told(about_us, words):
            words = words if demands.found(words) else [*words[:told], "."]
        if signs.found(words):
            return True
    return False


def _without_fine(language: str, words: Sequence[str]) -> list[str]:
    """The words, with marks in the place of those that are not about control where they stand."""
    left = [*words]
    fine = _let_be(language)
    for number in fine.found(words):
        for match in fine.matches(number, words):
            first, last = match.quoted
            left[first:last] = [LET_BE] * (last - first)
    return left


def _told(about_us: Automaton, words: Sequence[str]) -> int | None:
    """Where somebody of one's own is named to whom something of the two is told, if anywhere."""
    for number in about_us.found(words):
        for match in about_us.matches(number, words):
            return match.quoted[0]
    return None


def _read(plain: str, language: str) -> list[str]:
    key: Callable[[str], str] = KEYS.get(language, str)
    words = [key(word.removesuffix("'s")) for word in _words(plain.replace("n't", " not"))]
    return ["^", *words, "."]


def _words(plain: str) -> list[str]:
    pieces = (piece.strip(AROUND_WORDS) for piece in BETWEEN_WORDS.split(plain))
    return [piece for piece in pieces if piece]


def _plain(text: str) -> str:
    """The text in plain lower-case letters; full-width and decorated letters are folded (NFKC)."""
    return unicodedata.normalize("NFKC", text).translate(APOSTROPHES).lower()


@cache
def _signs(language: str, families: tuple[str, ...] = ()) -> Automaton:
    """The signs of some families, or of all."""
    read = _file(language)
    rows = (row for family, row in read["signs"].items() if family in families or not families)
    signs = [pattern for row in rows for pattern in row]
    return Automaton(signs, read["groups"], KEYS.get(language, str))


@cache
def _told_about_us(language: str) -> tuple[Automaton, Automaton]:
    """Something of the two told to somebody of one's own, and demands.

    As "Sharing our arguments with my mother": whom one tells is named, and nobody is kept from
    anybody.
    """
    read = _file(language)
    told, key = read["told"], KEYS.get(language, str)
    about_us = Automaton(told["about_us"], read["groups"], key)
    return about_us, Automaton(told["demand"], read["groups"], key)


@cache
def _let_be(language: str) -> Automaton:
    """What has a sign in it and is not about control."""
    read = _file(language)
    return Automaton(read["let_be"]["patterns"], read["groups"], KEYS.get(language, str))


def _file(language: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def _known_words() -> frozenset[str]:
    return frozenset().union(*map(_common_words, LANGUAGES))


@cache
def _sounds(language: str) -> frozenset[str]:
    """How the common words of a language sound that people type in many ways."""
    return frozenset(map(KEYS[language], _common_words(language)))


@cache
def _common_words(language: str) -> frozenset[str]:
    lines = (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    listed = (line for line in lines if not line.startswith("#"))
    return frozenset(_plain(word) for line in listed for word in line.split())
