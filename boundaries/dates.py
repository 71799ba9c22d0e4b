"""Rules about days that hold in every time zone, because we do not know anybody's.

At any moment there are two dates on earth, and for two hours a day three. A day begins first at
UTC+14 and last at UTC-12, and a user may be anywhere between.

- A user may choose a day that has not begun yet somewhere on earth.
- A day has come once it has begun everywhere. So a day that may still be chosen is never due, and
  nobody is reminded the evening before.
- A day that we suggest in a form has not begun anywhere.
- When something ends, we show the earliest date of that moment. For some users that is a few hours
  early; it is never late.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from django.utils.timezone import now

WEST = timezone(timedelta(hours=-12))
EAST = timezone(timedelta(hours=14))
ONE_DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def is_ahead(day: date) -> bool:
    """Whether there is a place on earth where this day has not begun."""
    return day > first_day_of(now())


def has_come(day: date) -> bool:
    """Whether this day has begun everywhere."""
    return not is_ahead(day)


def earliest() -> date:
    """The first day that a user may choose."""
    return first_day_of(now()) + ONE_DAY


def latest() -> date:
    """The last day that a user may choose: a year from today at UTC+14."""
    return now().astimezone(EAST).date() + YEAR


def suggested() -> date:
    """The first day that has not begun anywhere: tomorrow, or the day after."""
    return now().astimezone(EAST).date() + ONE_DAY


def first_day_of(moment: datetime) -> date:
    """The earliest date on earth at this moment."""
    return moment.astimezone(WEST).date()
