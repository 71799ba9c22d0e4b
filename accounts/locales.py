"""Dates and lists, written as the active language writes them.

Babel knows them for all languages; Django's own names of months are misspelt in Hindi.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, get_timezone_location
from babel.lists import format_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

ENGLISH = "en-gb"  # the English that the site is written in


def day(moment: date) -> str:
    """5 December 2026. A moment has the date of its own zone."""
    return format_date(moment, "long", locale=_locale(get_language()))


def day_and_month(moment: date) -> str:
    """5 December."""
    return format_skeleton("MMMMd", moment, locale=_locale(get_language()))


def weekday_and_day(moment: date) -> str:
    """Saturday, 5 December."""
    return _("%(weekday)s, %(day)s") % {"weekday": _weekday(moment), "day": day_and_month(moment)}


def weekday_and_whole_day(moment: date) -> str:
    """Saturday, 5 December 2026."""
    return _("%(weekday)s, %(day)s") % {"weekday": _weekday(moment), "day": day(moment)}


def listed(words: Iterable[str]) -> str:
    """A list as text: "one, two and three"."""
    return format_list([*words], locale=_locale(get_language()))


def list_of_gaps(count: int) -> str:
    """A list of gaps for other values: "%(item0)s, %(item1)s and %(item2)s"."""
    return _list_of_gaps(get_language(), count)


@cache
def _list_of_gaps(language: str | None, count: int) -> str:
    return listed(f"%(item{number})s" for number in range(count))


def place(zone: str, country: str) -> str:
    """The place that a time zone is named after, with its country. Empty in English.

    The names of other languages may lack some, which then say the English one.
    """
    locale = _locale(get_language())
    if locale.language == "en":
        return ""
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return ", ".join(filter(None, [city, locale.territories.get(country)]))


@cache
def script(language: str) -> str:
    """The script a language is written in, by its code in ISO 15924: "Deva" for Hindi."""
    locale = _locale(language)
    likely = str(get_global("likely_subtags")[locale.language])
    return locale.script or likely.split("_")[1]


def _weekday(moment: date) -> str:
    return format_date(moment, "EEEE", locale=_locale(get_language()))


@cache
def _locale(language: str | None) -> Locale:
    """The locale of a language; that of its base language, or English, if there is none."""
    code = language or ENGLISH
    for known in (ENGLISH if code == "en" else code, code.split("-")[0], ENGLISH):
        try:
            return Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError(ENGLISH)
