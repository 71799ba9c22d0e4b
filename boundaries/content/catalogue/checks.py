"""Reads the catalogue through at `manage.py check`, and names each line to mend."""

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
    Row,
    read,
)

LEDGER = Path(__file__).with_name("ids.txt")

MAX_WORDS = 15
PROSE = ("text", "why_couples_differ", "source")

# Ids stand in addresses, where no word of the catalogue may: a letter, then perhaps a number.
PLAIN_IDS = {Category: re.compile(r"[a-z]"), Behaviour: re.compile(r"[a-z][1-9][0-9]*")}

# No accusation, no gender, no norm: whoever reads a behaviour may well be doing it.
NEVER_SAID = re.compile(
    r"\b(?:cheat\w*"
    r"|he|she|him|her|hers|his|himself|herself|m[ae]n|wom[ae]n|(?:fe)?males?|boys?|girls?"
    r"|boyfriends?|girlfriends?|husbands?|wife|wives"
    r"|normal\w*|typical\w*|should|most (?:people|couples)|per ?cent)\b|%",
    re.IGNORECASE,
)
NEVER_ASKED = re.compile(r"\b(?:secretly|just|only|one\Ws|oneself)\b", re.IGNORECASE)


@register("catalogue")
def catalogue(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return complaints(SOURCE.read_text(encoding="utf-8"), LEDGER.read_text(encoding="utf-8"))


def complaints(toml_text: str, ledger: str) -> list[Error]:
    """Whatever is wrong with a catalogue and its ledger of ids; nothing, if all is well."""
    try:
        categories, behaviours = _items(toml_text)
    except ValueError as error:
        return [_error(1, SOURCE, f"This cannot be read: {error}.")]
    return [
        *_ill_formed(Category, categories),
        *_ill_formed(Behaviour, behaviours),
        *_misplaced(behaviours, {item.id for item in categories}),
        *_ill_worded(behaviours),
        *_unknown_to_the_ledger(behaviours, ledger),
        *_lost_from_the_file(behaviours, ledger),
    ]


@dataclass(frozen=True, slots=True)
class _Item:
    """A table of the file, and the line it starts on."""

    line: int
    row: Row

    @property
    def id(self) -> str:
        return str(self.row.get("id", "?"))

    def said(self, field: str) -> str:
        return str(self.row.get(field, ""))

    def error(self, number: int, what: str) -> Error:
        return _error(number, SOURCE, f"“{self.id}” {what}", line=self.line)


def _items(text: str) -> tuple[list[_Item], list[_Item]]:
    """The two kinds of tables, each with its line. A ValueError says why there are none."""
    categories, behaviours = read(text)
    return _numbered(text, "category", categories), _numbered(text, "behaviour", behaviours)


def _numbered(text: str, kind: str, rows: list[Row]) -> list[_Item]:
    header = re.compile(rf"\s*\[\[\s*{kind}\s*\]\]")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]
    if not isinstance(rows, list) or len(rows) != len(lines):
        raise ValueError(f"start each {kind} with a line of its own, [[{kind}]]")
    return [_Item(line, row) for line, row in zip(lines, rows, strict=True)]


def _ill_formed(kind: type[Behaviour] | type[Category], items: list[_Item]) -> Iterator[Error]:
    first: dict[str, int] = {}
    for item in items:
        if "id" in item.row:
            if first.setdefault(item.id, item.line) != item.line:
                yield item.error(2, f"has an id that line {first[item.id]} has already.")
            if not PLAIN_IDS[kind].fullmatch(item.id):
                yield item.error(11, "has an id that tells; give it a plain one, as the others.")
        for field in fields(kind):
            value = item.row.get(field.name, field.default)
            if field.default is MISSING and not (isinstance(value, str) and value.strip()):
                yield item.error(6, f"needs words for `{field.name}`.")
            if field.default is not MISSING and not isinstance(value, bool):
                yield item.error(6, f"needs true or false for `{field.name}`.")
        for name in sorted(item.row.keys() - {field.name for field in fields(kind)}):
            yield item.error(7, f"has a field we do not know, `{name}`.")


def _misplaced(behaviours: list[_Item], categories: set[str]) -> Iterator[Error]:
    for item in behaviours:
        category, deck = item.said("category"), item.said("deck")
        if category and category not in categories:
            yield item.error(3, f"is in a category we do not know, “{category}”.")
        if not (deck and category):
            continue
        right = (INTIMATE,) if item.row.get("explicit") is True else (ESSENTIALS, category)
        if deck not in right:
            places = " or ".join(f"“{each}”" for each in right)
            yield item.error(4, f"belongs in the deck {places}, not “{deck}”.")


def _ill_worded(behaviours: list[_Item]) -> Iterator[Error]:
    for item in behaviours:
        if (words := len(item.said("text").split())) > MAX_WORDS:
            yield item.error(5, f"has a text of {words} words; {MAX_WORDS} are enough.")
        unwanted = [(field, NEVER_SAID) for field in PROSE] + [("text", NEVER_ASKED)]
        for field, pattern in unwanted:
            for word in pattern.findall(item.said(field)):
                yield item.error(8, f"says “{word}” in `{field}`.")


def _unknown_to_the_ledger(behaviours: list[_Item], ledger: str) -> Iterator[Error]:
    for item in behaviours:
        if item.row.get("id") and item.id not in ledger.split():
            yield item.error(9, f"is not in {LEDGER.name}: add it there, at the end.")


def _lost_from_the_file(behaviours: list[_Item], ledger: str) -> Iterator[Error]:
    kept = {item.id for item in behaviours}
    for line, id in enumerate(map(str.strip, ledger.split("\n")), 1):
        if id and id not in kept:
            what = f"“{id}” is not in {SOURCE.name} any more: put it back, with `retired = true`."
            yield _error(10, LEDGER, what, line=line)


def _error(number: int, file: Path, what: str, *, line: int | None = None) -> Error:
    place = "/".join(file.parts[-3:])
    return Error(what, obj=f"{place}:{line}" if line else place, id=f"boundaries.E{number:03}")
