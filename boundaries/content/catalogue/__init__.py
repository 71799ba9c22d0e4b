"""The behaviours we ask about, read from behaviours.toml into frozen values.

Their words are in the active language. A file beside behaviours.toml has those of each language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from boundaries.content.languages import PerLanguage, Translatable, translated

PART = "catalogue"
SOURCE = Path(__file__).with_name("behaviours.toml")
ESSENTIALS = "essentials"
INTIMATE = "intimate"  # the explicit behaviours, asked if both partners want it
OWN = "own"  # the behaviours that two people wrote themselves

type Table = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A group of behaviours, and their heading."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Something people do, worded so that it reads well for either partner."""

    id: str
    category: str
    deck: str
    text: str
    why_couples_differ: str
    source: str
    explicit: bool = False
    retired: bool = False
    unfitting_conditions: tuple[str, ...] = ()  # not offered on its card; still accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """Behaviours that are answered and opened together, in the order they are shown."""

    id: str
    name: str
    behaviours: tuple[Behaviour, ...]

    def by_category(self) -> dict[Category, list[Behaviour]]:
        """The behaviours, grouped by category."""
        groups: dict[Category, list[Behaviour]] = {}
        for behaviour in self.behaviours:
            groups.setdefault(category(behaviour.category), []).append(behaviour)
        return groups


@PerLanguage
def every() -> dict[str, Behaviour]:
    """Every behaviour ever shipped, by id. Old answers still need the retired ones."""
    return {one.id: translated(PART, "behaviour", one) for one in english_behaviours()}


def worded(id: str, stored: str) -> str:
    """The words of a behaviour for whoever reads now; what was stored, if people wrote it."""
    shipped = every().get(id)
    return shipped.text if shipped else stored


@cache
def places() -> dict[str, int]:
    """The place of every behaviour in the catalogue, by id."""
    return {one.id: place for place, one in enumerate(english_behaviours())}


@PerLanguage
def categories() -> dict[str, Category]:
    """The categories by id, from everyday to sensitive."""
    return {one.id: translated(PART, "category", one) for one in english_categories()}


def category(id: str) -> Category:
    """One category. An unknown id gives the category of people's own behaviours."""
    return categories().get(id) or Category(id=OWN, name=_("Our own"))


@PerLanguage
def categories_of_behaviours() -> dict[str, Category]:
    """The category of every behaviour ever shipped, by the id of the behaviour."""
    return {one.id: category(one.category) for one in english_behaviours()}


@PerLanguage
def decks() -> dict[str, Deck]:
    """The decks that everybody is asked, by id: the essentials, then one for each category."""
    names = {ESSENTIALS: _("Essentials")}
    names |= {category.id: category.name for category in categories().values()}
    return {id: Deck(id=id, name=name, behaviours=_asked_in(id)) for id, name in names.items()}


def deck(id: str) -> Deck:
    """One of the decks that everybody is asked. Raises KeyError for an unknown id."""
    return decks()[id]


@PerLanguage
def intimate() -> Deck:
    """The deck of explicit behaviours, asked only if both partners want it."""
    return Deck(id=INTIMATE, name=_("More intimate things"), behaviours=_asked_in(INTIMATE))


def ever_in(deck: Deck) -> tuple[Behaviour, ...]:
    """The behaviours of a deck, and after them those that were once asked in it."""
    retired = (one for one in every().values() if one.retired and one.deck == deck.id)
    return (*deck.behaviours, *retired)


def own(behaviours: Iterable[tuple[str, str]]) -> Deck:
    """The deck of a couple's own behaviours, each given as its id and text."""
    asked = tuple(
        Behaviour(id=id, category=OWN, deck=OWN, text=text, why_couples_differ="", source="")
        for id, text in behaviours
    )
    return Deck(id=OWN, name=_("Our own"), behaviours=asked)


@cache
def english_behaviours() -> tuple[Behaviour, ...]:
    """Every behaviour in the words of behaviours.toml."""
    return tuple(_behaviour(table) for table in _shipped()[1])


@cache
def english_categories() -> tuple[Category, ...]:
    """The categories in the words of behaviours.toml."""
    return tuple(Category(**table) for table in _shipped()[0])


TRANSLATABLE = (
    Translatable(part=PART, name="category", fields={"name": 40}, items=english_categories),
    Translatable(
        part=PART,
        name="behaviour",
        fields={"text": 110, "why_couples_differ": 320, "source": 400},
        items=english_behaviours,
    ),
)


def read(text: str) -> tuple[list[Table], list[Table]]:
    """The unchecked tables of categories and of behaviours in a TOML text. Raises ValueError."""
    tables = tomllib.loads(text)
    return tables.get("category", []), tables.get("behaviour", [])


def _shipped() -> tuple[list[Table], list[Table]]:
    return read(SOURCE.read_text(encoding="utf-8"))


def _behaviour(table: Table) -> Behaviour:
    unfitting = tuple(table.get("unfitting_conditions", ()))
    return Behaviour(**table | {"unfitting_conditions": unfitting})


def _asked_in(id: str) -> tuple[Behaviour, ...]:
    return tuple(
        behaviour
        for category in categories()
        for behaviour in every().values()
        if (behaviour.deck, behaviour.category) == (id, category) and not behaviour.retired
    )
