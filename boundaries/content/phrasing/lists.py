"""The lists of a language: what may hurt, what makes it fine, what hasty spellings stand for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.content.phrasing import sounds
from boundaries.content.phrasing.patterns import Automaton, Match
from boundaries.content.phrasing.rows import PUNCTUATION, Key
from boundaries.content.phrasing.words import Spellings, Word

HERE = Path(__file__).parent
LANGUAGES = tuple(sorted(source.stem for source in HERE.glob("*.toml")))
KEYS = {"hi": sounds.key}  # languages in which people type one word in many ways
FIRM = "! "  # before a pattern that only a context with `always` makes fine
REACHES = frozenset({"match", "clause", "sentence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKind:
    """A kind of note, in the words of the file's language."""

    id: str
    name: str
    note: str
    idea: str
    asked: bool  # whether it is looked for only where it is asked for by its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What a note quotes, and where it is in the text: [start, end)."""

    kind: str
    start: int
    end: int
    firm: bool  # whether it is noticed in any context

    def meets(self, start: int, end: int) -> bool:
        """Whether any of it is in a part of the text."""
        return start < self.end and self.start < end


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Something beside the words that makes some kinds of them fine."""

    reach: str  # its own words, the clause from there on, or the whole sentence
    kinds: frozenset[str]
    always: bool  # whether it makes firm patterns fine, too

    def may_spare(self, phrase: Phrase) -> bool:
        """Whether a phrase in its reach is fine."""
        return phrase.kind in self.kinds and (self.always or not phrase.firm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """All that the file of one language says."""

    kinds: tuple[NoteKind, ...]
    spellings: Spellings
    automaton: Automaton
    owners: tuple[str | Context, ...]  # of each pattern
    firm: frozenset[int]
    key: Key
    clause_ends: frozenset[str]
    signs: frozenset[str]  # words that show that a sentence is in this language; none: any is

    def read(self, sentence: Sequence[Word]) -> Read:
        """Which patterns are somewhere in a sentence."""
        if not self._is_ours(sentence):
            return Read(lists=self, sentence=(), words=(), numbers=())
        sentence = self.spellings.spelt(sentence)
        words = [self.key(word.text) for word in sentence]
        return Read(
            lists=self,
            sentence=sentence,
            words=words,
            numbers=sorted(self.automaton.found(words)),
        )

    def _is_ours(self, sentence: Sequence[Word]) -> bool:
        return not self.signs or any(
            word.text in self.signs or word.text[0] in self.signs for word in sentence
        )

    def reached(self, reach: str, match: Match, words: Sequence[str]) -> tuple[int, int]:
        first, last = match.start, match.end
        if reach == "sentence":
            return 0, len(words)
        if reach == "clause":
            while last < len(words) and words[last] not in self.clause_ends:
                last += 1
        return first, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A sentence as it was read with the lists of one language."""

    lists: Lists
    sentence: Sequence[Word]
    words: Sequence[str]
    numbers: Sequence[int]  # of the patterns that are somewhere in it

    def phrases(self, kinds: Set[str]) -> Iterator[Phrase]:
        """All phrases of some kinds in it."""
        for number in self.numbers:
            owner = self.lists.owners[number]
            if isinstance(owner, Context) or owner not in kinds:
                continue
            for match in self.lists.automaton.matches(number, self.words):
                yield Phrase(
                    kind=owner,
                    start=self.sentence[match.quoted[0]].start,
                    end=self.sentence[match.quoted[1] - 1].end,
                    firm=number in self.lists.firm,
                )

    def unspared(self, phrases: list[Phrase]) -> list[Phrase]:
        """Those of some phrases that nothing in it makes fine."""
        for number in self.numbers:
            context = self.lists.owners[number]
            if isinstance(context, str) or not any(map(context.may_spare, phrases)):
                continue
            for match in self.lists.automaton.matches(number, self.words):
                first, last = self.lists.reached(context.reach, match, self.words)
                start, end = self.sentence[first].start, self.sentence[last - 1].end
                phrases = [
                    phrase
                    for phrase in phrases
                    if not (context.may_spare(phrase) and phrase.meets(start, end))
                ]
        return phrases


@cache
def lists(language: str) -> Lists:
    """The lists of a language that has a file. Raises what is wrong with the file, if anything."""
    source = (HERE / f"{language}.toml").read_text(encoding="utf-8")
    read: dict[str, Any] = tomllib.loads(source)
    key = KEYS.get(language, str)
    kinds = tuple(
        NoteKind(
            id=kind["id"],
            name=kind["name"],
            note=kind["note"],
            idea=kind["idea"],
            asked=kind.get("asked", False),
        )
        for kind in read["kind"]
    )
    known = frozenset(kind.id for kind in kinds)
    usual = frozenset(kind.id for kind in kinds if not kind.asked)
    owned: list[tuple[str | Context, str]] = [
        (kind["id"], pattern) for kind in read["kind"] for pattern in kind["patterns"]
    ]
    for context in read["context"]:
        owner = Context(
            reach=context["reach"],
            kinds=frozenset(context.get("kinds", usual)),
            always=context.get("always", False),
        )
        if owner.reach not in REACHES or not owner.kinds <= known:
            raise ValueError(f"{language}.toml: no such reach or kind: {owner}")
        owned += [(owner, pattern) for pattern in context["patterns"]]
    return Lists(
        kinds=kinds,
        spellings=Spellings(**read["spellings"]),
        automaton=Automaton(
            [pattern.removeprefix(FIRM) for _, pattern in owned],
            read["groups"],
            key,
        ),
        owners=tuple(owner for owner, _ in owned),
        firm=frozenset(n for n, (_, pattern) in enumerate(owned) if pattern.startswith(FIRM)),
        key=key,
        clause_ends=frozenset(map(key, read["clause_ends"])) | PUNCTUATION,
        signs=frozenset(read.get("signs", ())) | frozenset(read.get("letters", ())),
    )
