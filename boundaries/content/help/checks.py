"""System checks of help.toml: a wrong number is worse than none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Info, register
from django.utils import timezone

from boundaries.content.help import SOURCE, Country, read

VALID_FOR = timedelta(days=365)


@register("help")
def help_lines(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return list(complaints(SOURCE.read_text(encoding="utf-8"), timezone.now().date()))


def complaints(text: str, today: date) -> Iterator[CheckMessage]:
    """What is wrong with the help lines, and which ones nobody has verified for a year."""
    try:
        countries = read(text)
    except ValueError as error:
        yield Error(f"This cannot be read: {error}.", obj=SOURCE.name, id="boundaries.E012")
        return
    for country in countries:
        yield from _complaints(country, today)


def _complaints(country: Country, today: date) -> Iterator[CheckMessage]:
    for line in (*country.lines, *country.counsellors):
        place = f"{SOURCE.name}, {country.name}, “{line.name}”"
        if not line.dialled and line in country.lines:
            yield Error("It has no number.", obj=place, id="boundaries.E013")
        if not line.web.startswith("https://"):
            yield Error("Its address must begin with https://.", obj=place, id="boundaries.E014")
        if line.verified_on > today:
            yield Error("It was verified in the future.", obj=place, id="boundaries.E015")
        if today - line.verified_on > VALID_FOR:
            yield Info(
                f"Nobody has compared it with its source since {line.verified_on}.",
                hint="Look there, mend the line if need be, and set `verified_on` to that day.",
                obj=place,
                id="boundaries.I001",
            )
