"""Help lines by country, read from help.toml, in the active language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from boundaries.content.languages import PerLanguage, Translatable, translated

PART = "help"
SOURCE = Path(__file__).with_name("help.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """People to talk to, and the day on which somebody checked this against their own website."""

    name: str
    phone: str
    about: str
    web: str
    verified_on: date
    id: str = ""  # by which a translation finds it; without one it is shown in English
    text: str = ""  # the number for text messages
    mind: bool = False  # for bad sleep, worry or a low mood as well

    @property
    def dialled(self) -> str:
        """The number in digits only, for a tel: link."""
        return re.sub(r"[^0-9+]", "", self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country's emergency number and its help lines."""

    id: str
    name: str
    emergency: str
    lines: tuple[HelpLine, ...]
    counsellors: tuple[HelpLine, ...] = ()  # services and registers; they may have no number

    @property
    def mind(self) -> tuple[HelpLine, ...]:
        """Whom to call about bad sleep, worry or a low mood."""
        return tuple(line for line in self.lines if line.mind)

    @property
    def emergency_pieces(self) -> list[str]:
        """The emergency number split into parts, so that every number to dial is one of its own."""
        parts = (part.strip() for part in re.split(r"(\d{3,})", self.emergency))
        return [part for part in parts if part]


@PerLanguage
def countries() -> dict[str, Country]:
    """All countries by id, in the order of the file."""
    return {country.id: _translated(country) for country in english_countries()}


@cache
def english_countries() -> tuple[Country, ...]:
    """All countries in the words of help.toml."""
    return tuple(read(SOURCE.read_text(encoding="utf-8")))


def english_lines() -> Iterable[HelpLine]:
    """All lines that can be translated, in the words of help.toml."""
    for country in english_countries():
        yield from (line for line in (*country.lines, *country.counsellors) if line.id)


TRANSLATABLE = (
    Translatable(
        part=PART, name="country", fields={"name": 40, "emergency": 110}, items=english_countries
    ),
    Translatable(
        part=PART, name="line", fields={"name": 60, "about": 160, "text": 40}, items=english_lines
    ),
)


def read(text: str) -> list[Country]:
    """The countries in a TOML text. Raises ValueError if it cannot be read."""
    try:
        return [_country(**row) for row in tomllib.loads(text)["country"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"something is missing or too much: {error}") from error


def _translated(country: Country) -> Country:
    return replace(
        translated(PART, "country", country),
        lines=tuple(translated(PART, "line", line) for line in country.lines),
        counsellors=tuple(translated(PART, "line", line) for line in country.counsellors),
    )


def _country(
    *, line: list[dict[str, Any]], counsellor: list[dict[str, Any]] | None = None, **fields: Any
) -> Country:
    lines = tuple(HelpLine(**row) for row in line)
    counsellors = tuple(HelpLine(**{"phone": "", **row}) for row in counsellor or ())
    return Country(lines=lines, counsellors=counsellors, **fields)
