"""What changed from one version of some words to the next, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby

from accounts.text import BLANKS
from boundaries.sentences import Sentence, SentencePart, ours, piece

type Word = tuple[SentencePart, ...]  # what stands between two spaces

MAX_PAIRS = 5000  # of equal words to choose from; some 450 words of plain text have a third of it

END: Word = (ours("\n"),)  # of a sentence


class Kind(Enum):
    """What became of some words from one version to the next."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    words: str


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """What changed from some sentences to others, word by word: for each line its pieces in order.

    Read without the pieces that are new it is what stood before; without those that are gone, what
    stands now. Where the same few words come again and again, all is gone and all is new: to find
    out more would take seconds.
    """
    lines: list[list[tuple[Kind, Word]]] = [[]]
    for kind, word in _pieces(_words(before), _words(after)):
        if word == END:
            lines.append([])
        else:
            lines[-1].append((kind, word))
    return [_runs(line) for line in lines if line]


def _words(told: Sequence[str]) -> list[Word]:
    """The words of all sentences, each with what it is: ours, a name, or what a person wrote."""
    words: list[Word] = []
    for at, sentence in enumerate(told):
        if at:
            words.append(END)
        word: list[SentencePart] = []
        for part in sentence.parts if isinstance(sentence, Sentence) else [ours(sentence)]:
            first, *rest = BLANKS.split(part.shown)
            word += [piece(part.source, first, part.side)] if first else []
            for each in rest:
                words += [tuple(word)] if word else []
                word = [piece(part.source, each, part.side)] if each else []
        words += [tuple(word)] if word else []
    return words


def _pieces(old: list[Word], new: list[Word]) -> Iterator[tuple[Kind, Word]]:
    there = Counter(new)
    if old != new and sum(there[word] for word in old) > MAX_PAIRS:
        yield from ((Kind.GONE, word) for word in old)
        yield Kind.NEW, END
        yield from ((Kind.NEW, word) for word in new)
        return
    for told, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if told == "equal":
            yield from ((Kind.SAME, word) for word in new[k:m])
        else:
            yield from ((Kind.GONE, word) for word in old[i:j])
            yield from ((Kind.NEW, word) for word in new[k:m])


def _runs(line: list[tuple[Kind, Word]]) -> list[Piece]:
    """The words of a line, put together where the same became of them."""
    return [
        Piece(kind, _spaced([word for _, word in run]))
        for kind, run in groupby(line, key=lambda piece: piece[0])
    ]


def _spaced(words: list[Word]) -> Sentence:
    """Words as one text again. Within a name or a quotation the spaces are part of it."""
    parts: list[SentencePart] = []
    for word in words:
        first, *rest = word
        if parts and (parts[-1].source, parts[-1].side) == (first.source, first.side):
            whole = f"{parts[-1].text} {first.text}"
            parts[-1] = piece(first.source, whole, first.side)
        else:
            parts += [ours(" "), first] if parts else [first]
        parts += rest
    return Sentence(parts)
