"""System checks of the catalogue, which name every line to fix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from boundaries.content.catalogue import (
    ESSENTIALS,
    INTIMATE,
    SOURCE,
    Behaviour,
    Category,
    Table,
    read,
)
from boundaries.vocabulary import Condition

LEDGER = Path(__file__).with_name("ids.txt")

MAX_WORDS = 15
PROSE = ("text", "why_couples_differ", "source")

# Ids are part of URLs, which must not reveal the topic: a letter, and a number for a behaviour.
PLAIN_IDS = {Category: re.compile(r"[a-z]"), Behaviour: re.compile(r"[a-z][1-9][0-9]*")}

# No accusation, no gender, no norm: the reader of a behaviour may be the one who does it.
BANNED_WORDS = re.compile(
    r"\b(?:cheat\w*"
    r"|he|she|him|her|hers|his|himself|herself|m[ae]n|wom[ae]n|(?:fe)?males?|boys?|girls?"
    r"|boyfriends?|girlfriends?|husbands?|wife|wives"
    r"|normal\w*|typical\w*|should|most (?:people|couples)|per ?cent)\b|%",
    re.IGNORECASE,
)
QUOTED = re.compile(r"“[^”]*”")  # a title or a sentence of somebody else's, in a source
BANNED_IN_QUESTIONS = re.compile(r"\b(?:secretly|just|only|one\Ws|oneself)\b", re.IGNORECASE)


@register("catalogue")
def catalogue(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return complaints(SOURCE.read_text(encoding="utf-8"), LEDGER.read_text(encoding="utf-8"))


def complaints(toml_text: str, ledger: str) -> list[Error]:
    """Everything that is wrong with a catalogue and its list of ids."""
    try:
        categories, behaviours = _items(toml_text)
    except ValueError as error:
        return [_error(1, SOURCE, f"This cannot be read: {error}.")]
    return [
        *_wrong_fields(Category, categories),
        *_wrong_fields(Behaviour, behaviours),
        *_wrong_conditions(behaviours),
        *_wrong_places(behaviours, {item.id for item in categories}),
        *_wrong_words(behaviours),
        *_missing_in_ledger(behaviours, ledger),
        *_missing_in_file(behaviours, ledger),
    ]


@dataclass(frozen=True, slots=True)
class _Item:
    """A table of the file, and the line it starts on."""

    line: int
    table: Table

    @property
    def id(self) -> str:
        return str(self.table.get("id", "?"))

    def text(self, field: str) -> str:
        return str(self.table.get(field, ""))

    def error(self, number: int, what: str) -> Error:
        return _error(number, SOURCE, f"“{self.id}” {what}", line=self.line)


def _items(text: str) -> tuple[list[_Item], list[_Item]]:
    """The categories and the behaviours, with their lines. Raises ValueError with the reason."""
    categories, behaviours = read(text)
    return _numbered(text, "category", categories), _numbered(text, "behaviour", behaviours)


def _numbered(text: str, kind: str, tables: list[Table]) -> list[_Item]:
    header = re.compile(rf"\s*\[\[\s*{kind}\s*\]\]")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]
    if not isinstance(tables, list) or len(tables) != len(lines):
        raise ValueError(f"start each {kind} with a line of its own, [[{kind}]]")
    return [_Item(line, table) for line, table in zip(lines, tables, strict=True)]


def _wrong_fields(kind: type[Behaviour] | type[Category], items: list[_Item]) -> Iterator[Error]:
    first: dict[str, int] = {}
    for item in items:
        if "id" in item.table:
            if first.setdefault(item.id, item.line) != item.line:
                yield item.error(2, f"has an id that line {first[item.id]} has already.")
            if not PLAIN_IDS[kind].fullmatch(item.id):
                yield item.error(11, "has an id that tells; give it a plain one, as the others.")
        for field in fields(kind):
            value = item.table.get(field.name, field.default)
            if field.default is MISSING and not (isinstance(value, str) and value.strip()):
                yield item.error(6, f"needs words for `{field.name}`.")
            if isinstance(field.default, bool) and not isinstance(value, bool):
                yield item.error(6, f"needs true or false for `{field.name}`.")
        for name in sorted(item.table.keys() - {field.name for field in fields(kind)}):
            yield item.error(7, f"has a field we do not know, `{name}`.")


def _wrong_conditions(behaviours: list[_Item]) -> Iterator[Error]:
    for item in behaviours:
        unfitting = item.table.get("unfitting_conditions", [])
        if not isinstance(unfitting, list) or not set(map(str, unfitting)) < set(Condition.values):
            known = ", ".join(Condition.values)
            yield item.error(12, f"needs some of {known} as `unfitting_conditions`, and not all.")


def _wrong_places(behaviours: list[_Item], categories: set[str]) -> Iterator[Error]:
    for item in behaviours:
        category, deck = item.text("category"), item.text("deck")
        if category and category not in categories:
            yield item.error(3, f"is in a category we do not know, “{category}”.")
        if not (deck and category):
            continue
        allowed = (INTIMATE,) if item.table.get("explicit") is True else (ESSENTIALS, category)
        if deck not in allowed:
            places = " or ".join(f"“{place}”" for place in allowed)
            yield item.error(4, f"belongs in the deck {places}, not “{deck}”.")


def _wrong_words(behaviours: list[_Item]) -> Iterator[Error]:
    for item in behaviours:
        if (length := len(item.text("text").split())) > MAX_WORDS:
            yield item.error(5, f"has a text of {length} words; {MAX_WORDS} are enough.")
        unwanted = [(field, BANNED_WORDS) for field in PROSE] + [("text", BANNED_IN_QUESTIONS)]
        for field, pattern in unwanted:
            words = QUOTED.sub("", item.text(field)) if field == "source" else item.text(field)
            for word in pattern.findall(words):
                yield item.error(8, f"says “{word}” in `{field}`.")


def _missing_in_ledger(behaviours: list[_Item], ledger: str) -> Iterator[Error]:
    for item in behaviours:
        if item.table.get("id") and item.id not in ledger.split():
            yield item.error(9, f"is not in {LEDGER.name}: add it there, at the end.")


def _missing_in_file(behaviours: list[_Item], ledger: str) -> Iterator[Error]:
    there = {item.id for item in behaviours}
    for line, id in enumerate(map(str.strip, ledger.split("\n")), 1):
        if id and id not in there:
            what = f"“{id}” is not in {SOURCE.name} any more: put it back, with `retired = true`."
            yield _error(10, LEDGER, what, line=line)


def _error(number: int, file: Path, what: str, *, line: int | None = None) -> Error:
    place = "/".join(file.parts[-4:])  # from the root of the project
    return Error(what, obj=f"{place}:{line}" if line else place, id=f"boundaries.E{number:03}")
