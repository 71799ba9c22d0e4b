"""Where to turn when this site is not the way: read from help.toml, chosen by country."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("help.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """People to talk to, and the day on which somebody compared this with what they publish."""

    name: str
    phone: str
    about: str
    web: str
    verified_on: date
    text: str = ""  # where to send a text message

    @property
    def dialled(self) -> str:
        """The number as a phone takes it."""
        return re.sub(r"[^0-9+]", "", self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country's emergency number and its help lines."""

    id: str
    name: str
    emergency: str
    lines: tuple[HelpLine, ...]

    @property
    def emergency_pieces(self) -> list[str]:
        """The same in pieces: a number that can be dialled stands in one of its own."""
        return [each.strip() for each in re.split(r"(\d{3,})", self.emergency) if each.strip()]


@cache
def countries() -> dict[str, Country]:
    """All of them by id, in the order of the file."""
    return {country.id: country for country in read(SOURCE.read_text(encoding="utf-8"))}


def read(text: str) -> list[Country]:
    """The countries that a file tells of. Raises ValueError where it cannot be read."""
    try:
        return [_country(**row) for row in tomllib.loads(text)["country"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"something is missing or too much: {error}") from error


def _country(*, line: list[dict[str, Any]], **told: Any) -> Country:
    return Country(lines=tuple(HelpLine(**each) for each in line), **told)
