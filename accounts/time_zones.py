"""The time zone on a person's account, and the clock that its days are counted by.

Libraries: tzdata brings the zones, since a slim container has none. django-timezone-field raises
while it reads a row whose zone this release of tzdata does not know, which would close an account.
tzlocal finds the zone of the server. Babel names the places in other languages than English.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import locales

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from accounts.models import User

type Group = tuple[str | Promise, list[tuple[str, str]]]

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # since when, for a zone that was never changed
NO_PLACES = {"Factory", "localtime", "posixrules"}  # files that are no zone, or that of the server
REGIONS: dict[str, Promise] = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
    "": pgettext_lazy("time zones", "Other"),
}


class Clock(tzinfo):
    """A person's zone from the moment they chose it, and the site's zone before.

    The partner's acts are shown by their day. Somebody who saw the same moment as a day in one zone
    after another could find out its hour, so choosing a zone must not change the days before.
    """

    def __init__(self, zone: tzinfo, since: datetime) -> None:
        self.zone, self.since = zone, since

    def fromutc(self, moment: datetime) -> datetime:
        moment, of_the_site = moment.replace(tzinfo=UTC), timezone.get_default_timezone()
        return moment.astimezone(self.zone if moment >= self.since else of_the_site)

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return self.zone.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return self.zone.tzname(moment)


def clock_of(user: User | AnonymousUser) -> Clock:
    """What days and hours are counted by for this person: UTC until their zone is known.

    It takes the same work with a zone and without, since parting asks for the clocks of both people
    and must not take longer for whoever leaves because the other has chosen a zone.
    """
    name, since = settings.TIME_ZONE, ALWAYS
    if user.is_authenticated and user.time_zone in _known():
        name, since = user.time_zone, user.time_zone_since
    return Clock(ZoneInfo(name), since)


def name_for(user: User) -> str:
    """The zone that this person's days are counted by now: the site's until theirs is known."""
    return current_name(user.time_zone) or settings.TIME_ZONE


def choose(user: User, name: str) -> None:
    """Put a zone on the account. Raises ValueError for a name that is unknown."""
    if not (name := current_name(name)):
        raise ValueError("no such time zone")
    if name != user.time_zone:
        user.time_zone, user.time_zone_since = name, timezone.now()
        user.save(update_fields=["time_zone", "time_zone_since"])


def choose_first(user: User, name: str) -> None:
    """Put the browser's zone on an account that has none yet, or the site's if it is unknown."""
    if not user.time_zone:
        choose(user, current_name(name) or timezone.get_default_timezone_name())


def current_name(name: str) -> str:
    """Today's name of a zone, such as Asia/Kolkata for Asia/Calcutta. Empty if it is unknown."""
    if name in _listed():
        return name
    name = _renamed().get(name, name)
    return name if name in _known() else ""


def places(current: str = "") -> list[Group]:
    """The zones to choose from with their places, by region. The current one is always in it."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for name in {current, *_listed()} - {""}:
        region = name.partition("/")[0]
        groups[region if region in REGIONS else ""][name] = place(name)
    return [
        (label, sorted(groups[region].items(), key=itemgetter(1)))
        for region, label in REGIONS.items()
    ]


def place(name: str) -> str:
    """What a person reads for a zone: "Kolkata, India"."""
    return _place(get_language(), name) or name or timezone.get_default_timezone_name()


@cache
def _place(language: str | None, name: str) -> str:
    """A zone's place in a language. The names of English are those of the database of zones."""
    english, country = _listed().get(name, ""), _countries().get(name)
    translated = country and locales.place(name, country)
    return translated or english


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - NO_PLACES)


@cache
def _listed() -> dict[str, str]:
    """Name and place of the zones to choose from: at least one for each country."""
    countries = dict(_rows("iso3166.tab"))
    listed = {}
    for name, code in _countries().items():
        *area, city = name.replace("_", " ").split("/")[1:]
        listed[name] = ", ".join(dict.fromkeys([city, *area, countries[code]]))
    return listed | {"UTC": "UTC"}


@cache
def _countries() -> dict[str, str]:
    """The zones and their countries' codes, as they are in the database of zones."""
    return {row[2]: row[0] for row in _rows("zone.tab")}


@cache
def _renamed() -> dict[str, str]:
    """The name of today for each earlier one."""
    data = files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text(encoding="utf-8")
    links = (line.split() for line in data.splitlines() if line.startswith("L "))
    return {earlier: name for _, name, earlier in links}


def _rows(table: str) -> Iterator[list[str]]:
    """The rows of a table that comes with the time zone database."""
    text = files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
