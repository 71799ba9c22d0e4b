"""The behaviours we ask about, read from behaviours.toml into values that cannot change."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("behaviours.toml")
ESSENTIALS = "essentials"
INTIMATE = "intimate"  # the explicit behaviours, asked where both partners want it
OWN = "own"  # what two people wrote themselves

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A group of behaviours, and the heading they stand under."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """A thing people do, in words that read well whoever of the two is doing it."""

    id: str
    category: str
    deck: str
    text: str
    why_couples_differ: str
    source: str
    explicit: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """Behaviours that are answered and opened together, in the order shown."""

    id: str
    name: str
    behaviours: tuple[Behaviour, ...]

    def by_category(self) -> dict[Category, list[Behaviour]]:
        """The same behaviours, under their headings."""
        groups: dict[Category, list[Behaviour]] = {}
        for behaviour in self.behaviours:
            groups.setdefault(category(behaviour.category), []).append(behaviour)
        return groups


@cache
def every() -> dict[str, Behaviour]:
    """Every behaviour ever asked, by id; retired ones too, for old answers still need them."""
    _, behaviours = _shipped()
    return {row["id"]: Behaviour(**row) for row in behaviours}


@cache
def categories() -> dict[str, Category]:
    """The categories by id, from everyday to sensitive."""
    rows, _ = _shipped()
    return {row["id"]: Category(**row) for row in rows}


def category(id: str) -> Category:
    """One category, the one for behaviours of people's own among them."""
    return categories().get(id) or Category(id=OWN, name="Our own")


@cache
def decks() -> dict[str, Deck]:
    """The decks that everybody is asked, by id: the essentials first, then the rest by category."""
    names = {ESSENTIALS: "Essentials"}
    names |= {category.id: category.name for category in categories().values()}
    return {id: Deck(id=id, name=name, behaviours=_asked_in(id)) for id, name in names.items()}


def deck(id: str) -> Deck:
    """One of the decks that everybody is asked; KeyError if there is none of that id."""
    return decks()[id]


@cache
def intimate() -> Deck:
    """The explicit behaviours, which only couples are asked who both wanted it."""
    return Deck(id=INTIMATE, name="More intimate things", behaviours=_asked_in(INTIMATE))


def own(behaviours: Iterable[tuple[str, str]]) -> Deck:
    """A couple's own behaviours, by id and text, as a deck like any other."""
    asked = tuple(
        Behaviour(id=id, category=OWN, deck=OWN, text=text, why_couples_differ="", source="")
        for id, text in behaviours
    )
    return Deck(id=OWN, name="Our own", behaviours=asked)


def read(text: str) -> tuple[list[Row], list[Row]]:
    """The tables of categories and of behaviours in a text, as they stand and not yet judged."""
    tables = tomllib.loads(text)
    return tables.get("category", []), tables.get("behaviour", [])


def _shipped() -> tuple[list[Row], list[Row]]:
    return read(SOURCE.read_text(encoding="utf-8"))


def _asked_in(id: str) -> tuple[Behaviour, ...]:
    return tuple(
        behaviour
        for category in categories()
        for behaviour in every().values()
        if (behaviour.deck, behaviour.category) == (id, category) and not behaviour.retired
    )
