"""What changed from one version of a text to the next, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby

from accounts.text import BLANKS
from boundaries.sentences import Sentence, SentencePart, ours, piece

type Word = tuple[SentencePart, ...]  # the parts between two spaces

# Pairs of equal words, one in each version. 450 words of plain text have about a third of this.
MAX_PAIRS = 5000

SENTENCE_END: Word = (ours("\n"),)


class Kind(Enum):
    """What happened to some words from one version to the next."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    words: str


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """Return what changed between two lists of sentences: for each line, its pieces in order.

    Without the new pieces it reads as before, without those that are gone as after. Texts that
    repeat the same few words are treated as completely rewritten: comparing them takes seconds.
    """
    lines: list[list[tuple[Kind, Word]]] = [[]]
    for kind, word in _changes(_words(before), _words(after)):
        if word == SENTENCE_END:
            lines.append([])
        else:
            lines[-1].append((kind, word))
    return [_pieces(line) for line in lines if line]


def _words(text: Sequence[str]) -> list[Word]:
    """Split sentences into words. Every part of a word keeps its source."""
    words: list[Word] = []
    for at, sentence in enumerate(text):
        if at:
            words.append(SENTENCE_END)
        word: list[SentencePart] = []
        for part in sentence.parts if isinstance(sentence, Sentence) else [ours(sentence)]:
            first, *rest = BLANKS.split(part.shown)
            word += [piece(part.source, first, part.side)] if first else []
            for start in rest:
                words += [tuple(word)] if word else []
                word = [piece(part.source, start, part.side)] if start else []
        words += [tuple(word)] if word else []
    return words


def _changes(old: list[Word], new: list[Word]) -> Iterator[tuple[Kind, Word]]:
    counts = Counter(new)
    if old != new and sum(counts[word] for word in old) > MAX_PAIRS:
        yield from ((Kind.GONE, word) for word in old)
        yield Kind.NEW, SENTENCE_END
        yield from ((Kind.NEW, word) for word in new)
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((Kind.SAME, word) for word in new[k:m])
        else:
            yield from ((Kind.GONE, word) for word in old[i:j])
            yield from ((Kind.NEW, word) for word in new[k:m])


def _pieces(line: list[tuple[Kind, Word]]) -> list[Piece]:
    """Join neighbouring words of the same kind."""
    return [
        Piece(kind, _joined([word for _, word in run]))
        for kind, run in groupby(line, key=lambda change: change[0])
    ]


def _joined(words: list[Word]) -> Sentence:
    """Join words with spaces. A space within a name or a quotation becomes part of it."""
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
