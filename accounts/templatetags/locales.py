"""Dates and lists as the active language writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django import template
from django.db.models import Choices

from accounts import locales

register = template.Library()


def _register(name: str, written: Callable[[date], str]) -> None:
    def shown(moment: date | None) -> str:
        return written(moment) if moment else ""

    register.filter(name, shown, expects_localtime=True)


_register("day", locales.day)
_register("day_and_month", locales.day_and_month)
_register("weekday_and_day", locales.weekday_and_day)
_register("weekday_and_whole_day", locales.weekday_and_whole_day)


@register.filter
def labels(choices: Iterable[Choices]) -> list[str]:
    """The labels of some choices, to be listed."""
    return [str(choice.label) for choice in choices]


@register.filter
def listed(words: Iterable[object]) -> str:
    """ "one, two and three"."""
    return locales.listed(map(str, words))
