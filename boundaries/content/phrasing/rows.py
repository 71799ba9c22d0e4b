"""Patterns as nodes, and edges from one to the next for words, groups and stems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

PUNCTUATION = frozenset("^,.?!")
GAP = re.compile(r"\.\.(\d+)")
OPEN, CLOSE = "open", "close"

type Phrases = Mapping[str, Sequence[str]]
type Key = Callable[[str], str]


class BadPattern(ValueError):
    """A pattern names a group that does not exist, or can match nothing at all."""


@dataclass(slots=True)
class Node:
    free: list[int] = field(default_factory=list)  # reached without reading a word
    loops: bool = False  # whether anything leads back here, punctuation too
    mark: str = ""
    found: tuple[int, ...] = ()


class Rows:
    """The nodes and edges of some patterns. Equal beginnings are shared."""

    def __init__(self, patterns: Sequence[str], *, phrases: Phrases, key: Key) -> None:
        self._phrases = phrases
        self._key = key
        self.nodes = [Node()]
        # Of each word, group and stem: from which nodes it leads, and to which.
        self.edges: dict[str, dict[int, list[int]]] = defaultdict(dict)
        self._shared: dict[tuple[int, str], int] = {}
        for number, pattern in enumerate(patterns):
            self.nodes[self._row(pattern, 0)].found += (number,)

    def _row(self, pattern: str, start: int) -> int:
        for element in pattern.split():
            if (start, element) not in self._shared:
                self._shared[start, element] = self._element(element, start)
            start = self._shared[start, element]
        return start

    def _element(self, element: str, start: int) -> int:
        if element == "...":
            self.nodes[start].free.append(loop := self._new())
            self.nodes[loop].loops = True
            return loop
        if gap := GAP.fullmatch(element):
            return self._at_most(int(gap[1]), "_", start)
        if element in "[]":
            self.nodes[start].free.append(marked := self._new())
            self.nodes[marked].mark = OPEN if element == "[" else CLOSE
            return marked
        if len(element) > 1 and element[-1] in "?*+" and element[-2] != "|":
            if element[-1] == "?":
                return self._at_most(1, element[:-1], start)
            return self._any_number(element[:-1], start, least=int(element[-1] == "+"))
        return self._once(element, start)

    def _at_most(self, most: int, element: str, start: int) -> int:
        end = self._new()
        for _ in range(most):
            self.nodes[start].free.append(end)
            start = self._once(element, start)
        self.nodes[start].free.append(end)
        return end

    def _any_number(self, element: str, start: int, *, least: int) -> int:
        loop = self._new()
        self.nodes[self._once(element, start) if least else start].free.append(loop)
        self.nodes[self._once(element, loop)].free.append(loop)
        return loop

    def _once(self, element: str, start: int) -> int:
        end = self._new()
        for choice in element.split("|"):
            if choice.startswith("{"):
                self._group(choice, start, end)
            else:
                *before, last = choice.split("-")
                self._edge(self._edge_name(last), self._row(" ".join(before), start), end)
        return end

    def _group(self, group: str, start: int, end: int) -> None:
        """One edge for all single words of a group; its phrases are rows of their own."""
        if group[1:-1] not in self._phrases:
            raise BadPattern(f"There is no group of words called {group}")
        for choice in _choices(self._phrases[group[1:-1]]):
            if _is_word(choice):
                self._edge(group, start, end)
            else:
                self.nodes[self._row(choice, start)].free.append(end)

    def _edge(self, edge: str, start: int, end: int) -> None:
        targets = self.edges[edge].setdefault(start, [])
        if end not in targets:
            targets.append(end)

    def _edge_name(self, word: str) -> str:
        bare = word.strip("~")
        return word if word in PUNCTUATION or word == "_" else word.replace(bare, self._key(bare))

    def _new(self) -> int:
        self.nodes.append(Node())
        return len(self.nodes) - 1


def groups_of_words(phrases: Phrases, key: Key) -> dict[str, frozenset[str]]:
    """Of each word that is alone in groups, their names in brackets."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for name, row in phrases.items():
        for word in filter(_is_word, _choices(row)):
            groups[key(word)].add(f"{{{name}}}")
    return {word: frozenset(names) for word, names in groups.items()}


def _choices(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        yield from (phrase,) if " " in phrase else phrase.split("|")


def _is_word(choice: str) -> bool:
    return set(choice).isdisjoint(" -{~_?*+.")


def fits(word: str, stem: str) -> bool:
    """Whether a word begins as "over~" says, or ends as "~ed" says."""
    return word.startswith(stem[:-1]) if stem[-1] == "~" else word.endswith(stem[1:])
