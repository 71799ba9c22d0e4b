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

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple

from boundaries.content.phrasing.rows import (
    CLOSE,
    OPEN,
    PUNCTUATION,
    BadPattern,
    Key,
    Phrases,
    Rows,
    fits,
    groups_of_words,
)

KEPT_MOVES = 5_000  # moves that the automaton remembers; then it forgets all of them
LOOP = ""  # any word, and any mark of punctuation

type State = frozenset[int]  # nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a pattern was found, [start, end) in words, and which of them a note quotes."""

    start: int
    end: int
    quoted: tuple[int, int]


class _Moves(NamedTuple):
    """What a symbol leads to, without a further word."""

    begun: frozenset[int]  # from the start of a pattern
    nodes: frozenset[int]  # from which it leads on
    targets: Mapping[int, tuple[int, ...]]  # of each of these


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
            _Graph, phrases=phrases, key=key, groups=groups_of_words(phrases, key)
        )
        self._all = self._new_graph(patterns)
        self._alone: dict[int, _Graph] = {}
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
        reached = self._all.after(state, self._all.symbols(word))
        if len(self._moves) >= KEPT_MOVES:
            self._moves.clear()
            self._states.clear()
        leading, ended = self._all.settled(reached)
        move = self._moves[state, word] = self._states.setdefault(leading, leading), ended
        return move


class _Graph:
    """Patterns as nodes and edges, and where a word leads in them."""

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        phrases: Phrases,
        key: Key,
        groups: Mapping[str, frozenset[str]],
    ) -> None:
        rows = Rows(patterns, phrases=phrases, key=key)
        self._nodes, self._edges = rows.nodes, rows.edges
        self._groups = groups
        self._named = PUNCTUATION.union(
            self._edges, (word for word, names in groups.items() if names & self._edges.keys())
        )
        self._stems = tuple(sorted(edge for edge in self._edges if "~" in edge))
        self._firsts = tuple(stem[:-1] for stem in self._stems if stem[-1] == "~")
        self._lasts = tuple(stem[1:] for stem in self._stems if stem[0] == "~")
        self._looping = frozenset(at for at, node in enumerate(self._nodes) if node.loops)
        self._leading = self._looping.union(*self._edges.values())
        self._ending = frozenset(at for at, node in enumerate(self._nodes) if node.found)
        self._symbols: dict[str, tuple[str, ...]] = {}
        self._closures: dict[int, tuple[tuple[int, bool, bool], ...]] = {}
        self._moves: dict[str, _Moves] = {}
        self._read: dict[str, tuple[list[dict[int, list[int]]], bool]] = {}
        starts = self._reached([0])
        self._begin = frozenset(edge for edge, by in self._edges.items() if starts & by.keys())
        if starts & self._ending:
            raise BadPattern(f"One of these matches nothing at all: {patterns}")

    def symbol(self, word: str) -> str:
        """The word, if a pattern names it; otherwise only its stems. No others are remembered."""
        if word in self._named:
            return word
        if not self._stems or not (word.startswith(self._firsts) or word.endswith(self._lasts)):
            return "_"
        return " ".join(("_", *(stem for stem in self._stems if fits(word, stem))))

    def symbols(self, symbol: str) -> tuple[str, ...]:
        """All edges that a symbol may take: its own, and those of its groups and stems."""
        if symbol not in self._symbols:
            stems = [stem for stem in self._stems if fits(symbol, stem)]
            names = (*symbol.split(), "_", *self._groups.get(symbol, ()), *stems)
            self._symbols[symbol] = (symbol,) if symbol in PUNCTUATION else (*dict.fromkeys(names),)
        return self._symbols[symbol]

    def after(self, state: State, symbols: Iterable[str]) -> set[int]:
        """The nodes that a word leads to: from those of a state, and from the start."""
        reached = set[int]()
        for symbol in (LOOP, *symbols):
            if symbol not in self._moves:
                self._moves[symbol] = self._moves_by(symbol)
            begun, nodes, targets = self._moves[symbol]
            reached |= begun
            for node in nodes & state:
                reached.update(targets[node])
        return reached

    def _moves_by(self, symbol: str) -> _Moves:
        by = self._edges.get(symbol, {})
        if symbol == LOOP:
            by = {node: [node] for node in self._looping}
        targets = {node: tuple(self._reached(there)) for node, there in by.items()}
        starts = self._reached([0]) & targets.keys()
        begun = frozenset(chain.from_iterable(targets[node] for node in starts))
        return _Moves(begun, frozenset(targets), targets)

    def _reached(self, nodes: Iterable[int]) -> set[int]:
        """All nodes that some lead to without a word, and themselves."""
        return {at for node in nodes for at, _, _ in self._closure(node)}

    def settled(self, reached: Set[int]) -> tuple[frozenset[int], frozenset[int]]:
        """Of some nodes those that lead on, and the patterns that end in them."""
        found = (self._nodes[at].found for at in reached & self._ending)
        return self._leading & reached, frozenset(chain.from_iterable(found))

    def matches(self, words: Sequence[str]) -> list[Match]:
        """The longest match from each word that begins one."""
        longest: dict[int, Match] = {}
        threads: dict[int, _Thread] = {}
        for place, word in enumerate(words):
            symbol = word if word in self._named else self.symbol(word)
            if symbol not in self._read:
                symbols = self.symbols(symbol)
                edges = [self._edges[name] for name in symbols if name in self._edges]
                self._read[symbol] = edges, not self._begin.isdisjoint(symbols)
            edges, begins = self._read[symbol]
            if begins:
                self._follow(threads, 0, place, _Thread(place, -1, -1))
            elif not threads:
                continue
            moved: dict[int, _Thread] = {}
            for node, thread in threads.items():
                for by in edges:
                    if node in by:
                        for target in by[node]:
                            self._follow(moved, target, place + 1, thread)
                if self._nodes[node].loops:
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
        alone = self._nodes[node]
        if not alone.free:
            return ((node, alone.mark == OPEN, alone.mark == CLOSE),)
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
