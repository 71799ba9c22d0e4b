"""The sentences, in two halves, and how often the notes on wording are right about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from boundaries.content import phrasing

SOURCE = Path(__file__).with_name("corpus.txt")
# Written by somebody who did not know the patterns, and then used to correct them.
BY_ANOTHER_HAND = Path(__file__).with_name("by_another_hand.txt")
FINE = "fine"

type Sentence = tuple[str, str]  # the kind of note it should get, and the sentence


@dataclass
class Found:
    """How many notes were right, wrong and missing."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def corpus() -> tuple[list[Sentence], list[Sentence]]:
    """The sentences that the patterns were written with, and those that were held back.

    Every second sentence of a kind in corpus.txt was held back.
    """
    halves: tuple[list[Sentence], list[Sentence]] = _read(BY_ANOTHER_HAND), []
    seen: Counter[str] = Counter()
    for kind, text in _read(SOURCE):
        halves[seen[kind] % 2].append((kind, text))
        seen[kind] += 1
    return halves


def _read(source: Path) -> list[Sentence]:
    lines = source.read_text(encoding="utf-8").splitlines()
    split = (line.partition(" | ") for line in lines if line and not line.startswith("#"))
    return [(kind, text) for kind, _, text in split]


def measured(sentences: list[Sentence]) -> Found:
    found = Found()
    for kind, text in sentences:
        noticed = {note.kind for note in phrasing.notes(text)}
        meant = set() if kind == FINE else {kind}
        found.right += len(noticed & meant)
        found.wrong += len(noticed - meant)
        found.missed += len(meant - noticed)
        if noticed != meant:
            found.mistakes.append(f"{kind}, not {', '.join(noticed) or FINE}: {text}")
    return found
