"""The sentences, in two halves, and how well the helper does on one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from boundaries.content import phrasing

SOURCE = Path(__file__).with_name("corpus.txt")
# Written by somebody who did not know the lists, and then used to mend them.
BY_ANOTHER_HAND = Path(__file__).with_name("by_another_hand.txt")
FINE = "fine"

type Sentence = tuple[str, str]  # what there is to notice in it, and the sentence


@dataclass
class Found:
    """Kinds noticed rightly, noticed wrongly and missed."""

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
    """Sentences that the lists were made with, and those that were held back.

    Of each kind in the first file every second one was held back.
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
