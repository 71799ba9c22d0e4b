"""Which day it is, while nobody's time zone is known.

At any moment it is two days on earth, and for two hours three: from UTC-12, where each day comes
last, to UTC+14, where it comes first. Whoever chooses a day may be anywhere between.

- A day may be chosen while it is still ahead somewhere.
- It has come once it has begun everywhere. So a day that may still be chosen is never due, and
  nobody is reminded the evening before.
- A day that we put into a form ourselves is ahead everywhere.
- The day on which something ends is the one where it ends first. Elsewhere that may be some hours
  too early, and it is never too late.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from django.utils.timezone import now

WEST = timezone(timedelta(hours=-12))
EAST = timezone(timedelta(hours=14))
ONE_DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def is_ahead(day: date) -> bool:
    """Whether this day has not begun yet somewhere on earth."""
    return day > first_day_of(now())


def has_come(day: date) -> bool:
    """Whether this day has begun everywhere."""
    return not is_ahead(day)


def earliest() -> date:
    """The first day that may be chosen."""
    return first_day_of(now()) + ONE_DAY


def latest() -> date:
    """The last day that may be chosen: a year from now, wherever that is furthest."""
    return now().astimezone(EAST).date() + YEAR


def suggested() -> date:
    """The first day that is ahead everywhere: it is tomorrow, or the day after."""
    return now().astimezone(EAST).date() + ONE_DAY


def first_day_of(moment: datetime) -> date:
    """The earlier of the days on which people find themselves at this moment."""
    return moment.astimezone(WEST).date()
