"""Cuts a text into sentences and words, as the patterns read them."""
# ruff: noqa: RUF001 it is about marks that look like others

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

QUOTED = re.compile(
    r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|‹[^›]*›|「[^」]*」|『[^』]*』|\"[^\"]*\"|``[^`']*''"
    r"|(?<!\w)[‘'](?=\w)(?:[^‘’'\n]|(?<=\w)[’'](?=\w)){1,400}[’'](?!\w)"
    r"|^[ \t]*>.*$",
    re.MULTILINE,
)
QUOTATION = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands in the place of each letter of a quotation
LETTER = r"\w\u0900-\u0963\u0970-\u097f"
PIECE = re.compile(
    rf"{QUOTATION}+|[{LETTER}]+(?:['’‘ʼ][{LETTER}]+)*|[.!?…।॥\n]+|[,;:()]|[–—]|(?<=\s)-+(?=\s)"
)
APOSTROPHES = str.maketrans("’‘ʼ", "'''")
STOPS = (".", "?", "!")
LONGEST = 60  # words of a sentence; a longer one is read in parts
STRETCHED = re.compile(r"(.)\1{2,}")  # "sooo" and "neverrrr"


class Word(NamedTuple):
    """A word or a punctuation mark, and where it stands in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Spellings:
    """What short and hasty forms of a language stand for."""

    words: Mapping[str, str]
    before: Mapping[str, tuple[str, str]]  # for a word, what it means before some others
    endings: Mapping[str, str]  # "n't" and the like

    def spelt(self, sentence: Sequence[Word]) -> list[Word]:
        """A sentence in usual words: "shdnt" is "should not"."""
        return [
            typed if word == typed.text else Word(word, typed.start, typed.end)
            for typed, following in zip_longest(sentence, sentence[1:])
            for word in self._usual(typed.text, following.text if following else "")
        ]

    def _usual(self, word: str, following: str) -> list[str]:
        if word in self.before and following in self.before[word][1].split():
            return self.before[word][0].split()
        if word in self.words:
            return self.words[word].split()
        for ending, meant in self.endings.items() if "'" in word else ():
            if word.endswith(ending) and word != ending:
                stem = word.removesuffix(ending)
                return [*self.words.get(stem, stem).split(), *meant.split()]
        return [word]


def sentences(text: str) -> list[list[Word]]:
    """The sentences of a text, each from "^" to its full stop, in small letters.

    A mark of punctuation is one word, and so is all that is quoted.
    """
    unquoted = QUOTED.sub(lambda quoted: QUOTATION * len(quoted[0]), text)
    found: list[list[Word]] = []
    ended = True
    for piece in PIECE.finditer(unquoted):
        if ended:
            found.append([Word("^", piece.start(), piece.start())])
        found[-1].append(Word(_plain(piece[0]), piece.start(), piece.end()))
        ended = found[-1][-1].text in STOPS or len(found[-1]) >= LONGEST
    return [_stopped(sentence) for sentence in found]


def _stopped(sentence: list[Word]) -> list[Word]:
    last = sentence[-1]
    return sentence if last.text in STOPS else [*sentence, Word(".", last.end, last.end)]


def _plain(typed: str) -> str:
    if typed[0] in ".!?…।॥\n":
        return "?" if "?" in typed else "!" if "!" in typed else "."
    if typed[0] in ",;:()–—-":
        return ","
    if typed[0] == QUOTATION:
        return "quotation"
    return STRETCHED.sub(r"\1", typed.lower().translate(APOSTROPHES))
