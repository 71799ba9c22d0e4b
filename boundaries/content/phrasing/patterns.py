"""Patterns of words, and an automaton that looks for all of them in one pass.

A pattern is a row of elements with blanks between them:

    word                 that word
    one|other            either word
    no-one|nobody        either words; a hyphen joins words to one choice
    over~                any word that begins so, or with ~ed: that ends so
    {name}               one phrase of a group of that name
    _                    any word
    ..3                  at most three words, and no comma
    ...                  anything, to the end of the sentence
    ^ , . ? !            the start of a sentence, and its punctuation
    [ ]                  around the part that a note quotes, if that is not the whole

`?` after an element makes it optional, `*` allows any number of it or none, and `+` one or more.

spaCy's Matcher does something like it, but is a large package to install for that alone. `re` tries
one alternative after another at each letter, so its time grows with the lists.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

KEPT_MOVES = 5_000  # moves that the automaton remembers; then it forgets all of them
PUNCTUATION = frozenset("^,.?!")
GAP = re.compile(r"\.\.(\d+)")
OPEN, CLOSE = "open", "close"

type Phrases = Mapping[str, Sequence[str]]
type Key = Callable[[str], str]
type State = frozenset[int]  # nodes


class BadPattern(ValueError):
    """A pattern names a group that does not exist, or can match nothing at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a pattern was found, [start, end) in words, and which of them a note quotes."""

    start: int
    end: int
    quoted: tuple[int, int]


@dataclass(slots=True)
class _Node:
    words: dict[str, list[int]] = field(default_factory=dict)  # words, groups and stems
    free: list[int] = field(default_factory=list)  # reached without reading a word
    loops: bool = False  # whether anything leads back here, punctuation too
    mark: str = ""
    found: tuple[int, ...] = ()


class _Thread(NamedTuple):
    """One way through a pattern so far: where it began, and where its quotation is."""

    start: int
    opened: int
    closed: int


class Automaton:
    """All patterns of a language. Reading a sentence takes one move for each of its words."""

    def __init__(self, patterns: Sequence[str], phrases: Phrases, key: Key = str) -> None:
        self._patterns = patterns
        self._new_graph = partial(
            _Graph, phrases=phrases, key=key, groups=_groups_of_words(phrases, key)
        )
        self._all = self._new_graph(patterns)
        self._alone: dict[int, _Graph] = {}
        self._begins = self._all.first_moves()
        self._moves: dict[tuple[State, str], tuple[State, frozenset[int]]] = {}
        self._states: dict[State, State] = {}  # one object for equal states

    def found(self, words: Iterable[str]) -> set[int]:
        """The numbers of all patterns that are somewhere in the words."""
        state: State = frozenset()
        found: set[int] = set()
        for word in words:
            symbol = self._all.symbol(word)
            try:
                state, ended = self._moves[state, symbol]
            except KeyError:
                state, ended = self._remembered_move(state, symbol)
            found |= ended
        return found

    def matches(self, number: int, words: Sequence[str]) -> list[Match]:
        """Where one pattern is in the words: the longest match from each word that begins one."""
        if number not in self._alone:
            self._alone[number] = self._new_graph([self._patterns[number]])
        return self._alone[number].matches(words)

    def _remembered_move(self, state: State, word: str) -> tuple[State, frozenset[int]]:
        symbols = self._all.symbols(word)
        reached = set[int]().union(*(self._begins.get(symbol, ()) for symbol in symbols))
        for node in state:
            for target in self._all.targets(node, symbols):
                reached.update(self._all.reached(target))
        if len(self._moves) >= KEPT_MOVES:
            self._moves.clear()
            self._states.clear()
        leading, ended = self._all.settled(reached)
        move = self._moves[state, word] = self._states.setdefault(leading, leading), ended
        return move


class _Graph:
    """Patterns as nodes, with edges for words, groups and stems. Equal beginnings are shared."""

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        phrases: Phrases,
        key: Key,
        groups: Mapping[str, frozenset[str]],
    ) -> None:
        self._phrases = phrases
        self._key = key
        self._groups = groups
        self._nodes = [_Node()]
        self._shared: dict[tuple[int, str], int] = {}
        for number, pattern in enumerate(patterns):
            self._nodes[self._row(pattern, 0)].found += (number,)
        self._edges = frozenset(edge for node in self._nodes for edge in node.words) | PUNCTUATION
        self._stems = tuple(sorted(edge for edge in self._edges if "~" in edge))
        self._firsts = tuple(stem[:-1] for stem in self._stems if stem[-1] == "~")
        self._lasts = tuple(stem[1:] for stem in self._stems if stem[0] == "~")
        self._closures: dict[int, tuple[tuple[int, bool, bool], ...]] = {}
        self._begin = frozenset(edge for at in self.reached(0) for edge in self._nodes[at].words)
        if any(self._nodes[node].found for node in self.reached(0)):
            raise BadPattern(f"One of these matches nothing at all: {patterns}")

    def symbol(self, word: str) -> str:
        """The word, if a pattern names it; otherwise only its stems. No others are remembered."""
        if word in self._edges or not self._edges.isdisjoint(self._groups.get(word, ())):
            return word
        if not (word.startswith(self._firsts) or word.endswith(self._lasts)):
            return "_"
        return " ".join(("_", *(stem for stem in self._stems if _fits(word, stem))))

    def symbols(self, symbol: str) -> tuple[str, ...]:
        """All edges that a word may take: its own, and those of its groups and stems."""
        if symbol in PUNCTUATION:
            return (symbol,)
        stems = [stem for stem in self._stems if _fits(symbol, stem)]
        return (*symbol.split(), "_", *self._groups.get(symbol, ()), *stems)

    def targets(self, number: int, symbols: Iterable[str]) -> Iterator[int]:
        """Where the edges of a node lead."""
        node = self._nodes[number]
        if node.words:
            for symbol in symbols:
                yield from node.words.get(symbol, ())
        if node.loops:
            yield number

    def reached(self, node: int) -> Iterator[int]:
        """All nodes that one leads to without a word, and itself."""
        return (at for at, _, _ in self._closure(node))

    def settled(self, reached: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
        """Of some nodes those that lead on, and the patterns that end in them."""
        leading = frozenset(at for at in reached if self._nodes[at].words or self._nodes[at].loops)
        return leading, frozenset(number for at in reached for number in self._nodes[at].found)

    def first_moves(self) -> dict[str, set[int]]:
        """What each edge begins, so that reading never looks at the starts of all patterns."""
        begins: dict[str, set[int]] = {}
        for node in self.reached(0):
            for edge, targets in self._nodes[node].words.items():
                for target in targets:
                    begins.setdefault(edge, set()).update(self.reached(target))
        return begins

    def matches(self, words: Sequence[str]) -> list[Match]:
        """The longest match from each word that begins one."""
        longest: dict[int, Match] = {}
        threads: dict[int, _Thread] = {}
        read: dict[str, tuple[tuple[str, ...], bool]] = {}
        for place, word in enumerate(words):
            if word not in read:
                symbols = self.symbols(word)
                read[word] = symbols, not self._begin.isdisjoint(symbols)
            symbols, begins = read[word]
            if begins:
                self._follow(threads, 0, place, _Thread(place, -1, -1))
            elif not threads:
                continue
            moved: dict[int, _Thread] = {}
            for node, thread in threads.items():
                at = self._nodes[node]
                for symbol in symbols:
                    if symbol in at.words:
                        for target in at.words[symbol]:
                            self._follow(moved, target, place + 1, thread)
                if at.loops:
                    self._follow(moved, node, place + 1, thread)
            threads = moved
            for node, (start, opened, closed) in threads.items():
                if self._nodes[node].found:
                    quoted = (opened, closed) if opened >= 0 else (start, place + 1)
                    longest[start] = Match(start=start, end=place + 1, quoted=quoted)
        return list(longest.values())

    def _follow(self, threads: dict[int, _Thread], node: int, place: int, thread: _Thread) -> None:
        """Add all nodes that one leads to without a word. The earliest start is kept."""
        for reached, opens, closes in self._closure(node):
            if reached in threads:
                continue
            if opens or closes:
                opened = place if opens else thread.opened
                closed = place if closes else thread.closed
                threads[reached] = _Thread(thread.start, opened, closed)
            else:
                threads[reached] = thread

    def _closure(self, node: int) -> tuple[tuple[int, bool, bool], ...]:
        """The nodes reached from one without a word, and whether a quotation opens or closes."""
        if node not in self._closures:
            waiting, reached = [(node, False, False)], dict[int, tuple[bool, bool]]()
            while waiting:
                at, opens, closes = waiting.pop()
                if at in reached:
                    continue
                mark = self._nodes[at].mark
                reached[at] = marks = (opens or mark == OPEN, closes or mark == CLOSE)
                waiting += [(free, *marks) for free in self._nodes[at].free]
            self._closures[node] = tuple((at, *marks) for at, marks in reached.items())
        return self._closures[node]

    def _row(self, pattern: str, start: int) -> int:
        for element in pattern.split():
            if (start, element) not in self._shared:
                self._shared[start, element] = self._element(element, start)
            start = self._shared[start, element]
        return start

    def _element(self, element: str, start: int) -> int:
        if element == "...":
            self._nodes[start].free.append(loop := self._new())
            self._nodes[loop].loops = True
            return loop
        if gap := GAP.fullmatch(element):
            return self._at_most(int(gap[1]), "_", start)
        if element in "[]":
            self._nodes[start].free.append(marked := self._new())
            self._nodes[marked].mark = OPEN if element == "[" else CLOSE
            return marked
        if len(element) > 1 and element[-1] in "?*+" and element[-2] != "|":
            if element[-1] == "?":
                return self._at_most(1, element[:-1], start)
            return self._any_number(element[:-1], start, least=int(element[-1] == "+"))
        return self._once(element, start)

    def _at_most(self, most: int, element: str, start: int) -> int:
        end = self._new()
        for _ in range(most):
            self._nodes[start].free.append(end)
            start = self._once(element, start)
        self._nodes[start].free.append(end)
        return end

    def _any_number(self, element: str, start: int, *, least: int) -> int:
        loop = self._new()
        self._nodes[self._once(element, start) if least else start].free.append(loop)
        self._nodes[self._once(element, loop)].free.append(loop)
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
                self._nodes[self._row(choice, start)].free.append(end)

    def _edge(self, edge: str, start: int, end: int) -> None:
        targets = self._nodes[start].words.setdefault(edge, [])
        if end not in targets:
            targets.append(end)

    def _edge_name(self, word: str) -> str:
        bare = word.strip("~")
        return word if word in PUNCTUATION or word == "_" else word.replace(bare, self._key(bare))

    def _new(self) -> int:
        self._nodes.append(_Node())
        return len(self._nodes) - 1


def _groups_of_words(phrases: Phrases, key: Key) -> dict[str, frozenset[str]]:
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


def _fits(word: str, stem: str) -> bool:
    """Whether a word begins as "over~" says, or ends as "~ed" says."""
    return word.startswith(stem[:-1]) if stem[-1] == "~" else word.endswith(stem[1:])
