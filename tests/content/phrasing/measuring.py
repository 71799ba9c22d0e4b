"""The sentences of each language in two halves, and how often the notes on wording are right.

The open half is what the lists were made with. The other was written before them and held back;
measuring gives figures for it, and never a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from boundaries.content import phrasing

SENTENCES = Path(__file__).parent / "sentences"
OPEN, HELD_BACK = HALVES = ("open", "held_back")
FINE = "fine"
DEVANAGARI = re.compile("[\u0900-\u097f]")

type Sentence = tuple[str, str]  # the kind of note it should get, and the sentence


@dataclass
class Found:
    """How many notes were right, wrong and missing, of all kinds or of one."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed or 1)


@dataclass
class Measured:
    """The figures for some sentences, and what went wrong."""

    everything: Found = field(default_factory=Found)
    kinds: dict[str, Found] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def sentences(language: str, half: str) -> list[Sentence]:
    """The sentences of one half, in the order of their file."""
    lines = (SENTENCES / f"{language}_{half}.txt").read_text(encoding="utf-8").splitlines()
    split = (line.partition(" | ") for line in lines if line and not line.startswith("#"))
    return [(kind, text) for kind, _, text in split]


def in_script(sentences: list[Sentence], *, devanagari: bool) -> list[Sentence]:
    """Those of some Hindi sentences that are in Devanagari, or those that are romanised."""
    return [line for line in sentences if bool(DEVANAGARI.search(line[1])) == devanagari]


def measure(sentences: list[Sentence]) -> Measured:
    """A sentence is right when exactly the kind in it is noticed; a fine one, when nothing is."""
    measured = Measured()
    measured.kinds = {kind: Found() for kind in sorted(phrasing.usual_kinds())}
    for kind, text in sentences:
        noticed = Counter(note.kind for note in phrasing.notes(text))
        meant = set() if kind == FINE else {kind}
        for either in {*noticed, *meant}:
            for found in (measured.everything, measured.kinds[either]):
                found.right += either in noticed and either in meant
                found.wrong += either in noticed and either not in meant
                found.missed += either not in noticed
        if set(noticed) != meant:
            measured.mistakes.append(f"{kind}, not {', '.join(noticed) or FINE}: {text}")
    return measured
