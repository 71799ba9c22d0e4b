"""The rhythm as a calendar file (RFC 5545) with a neutral title.

It is written in the zone of whoever downloads it, since the other's is theirs alone. Where that
can't say the same times by a rule, because clocks change on other days there, it lists them.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from boundaries.check_ins.pattern import LAST, Pattern
from boundaries.check_ins.rhythms import CheckInRhythm
from boundaries.vocabulary import Frequency

LENGTH = timedelta(minutes=15)
COMPARED = timedelta(days=3 * 365)  # rules of two zones that agree for so long are the same
LISTED = timedelta(days=366)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def calendar_of(rhythm: CheckInRhythm, zone: str) -> bytes:
    """The rhythm for a reader in this zone. A later file replaces an earlier one."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Common Ground//EN")
    calendar.add("version", "2.0")
    event.add("uid", str(uuid.uuid5(rhythm.id, "rhythm")))
    event.add("dtstamp", timezone.now())
    event.add("sequence", rhythm.changes)
    event.add("summary", _("Time for the two of us"))
    event.add("duration", LENGTH)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    _add_times(event, rhythm.pattern, seen_in(rhythm.pattern, zone))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    _date_by_date(calendar)
    return bytes(calendar.to_ical())


def _date_by_date(calendar: Calendar) -> None:
    """Give each change of a zone's clock a line of its own.

    icalendar writes all of them as one list, of which ical.js (in Thunderbird and Nextcloud) reads
    only the first: see findings/ical-js-sees-one-change-of-clock.sh.
    """
    for zone in calendar.timezones:
        for change in zone.subcomponents:
            if dates := change.pop("RDATE", None):
                for date in dates.dts:
                    change.add("rdate", [date.dt])


def seen_in(pattern: Pattern, zone: str) -> Pattern:
    """The same first time by the clock of another zone. Later ones may differ."""
    here = Pattern(every=pattern.every, first_on=pattern.first_on, at=pattern.at, zone=zone)
    first = pattern.begins(timezone.now()).astimezone(here.place)
    return Pattern(every=pattern.every, first_on=first.date(), at=first.time(), zone=zone)


def _add_times(event: Event, pattern: Pattern, seen: Pattern) -> None:
    first = pattern.begins(timezone.now())
    if _times(pattern, COMPARED) == _times(seen, COMPARED):
        event.add("dtstart", first.astimezone(seen.place))
        event.add("rrule", _rule(seen))
        return
    times = [at for at in _times(pattern, LISTED) if at >= first]
    event.add("dtstart", times[0])
    event.add("rdate", times[1:])


def _times(pattern: Pattern, span: timedelta) -> list[datetime]:
    now = timezone.now().astimezone(UTC)
    return pattern.between(now, now + span)


def _rule(pattern: Pattern) -> dict[str, Any]:
    weekday = WEEKDAYS[pattern.first_on.weekday()]
    match pattern.every:
        case Frequency.MONTHLY:
            week = -1 if pattern.week == LAST else pattern.week
            return {"freq": "monthly", "byday": f"{week}{weekday}"}
        case Frequency.FORTNIGHTLY:
            return {"freq": "weekly", "interval": 2, "byday": weekday}
    return {"freq": "weekly", "byday": weekday}
