"""Which days may be chosen, when a day has come, and how a moment is written as a day.

Days are counted by the clock of whoever looks: accounts.time_zones has made it the current zone.
What both of two people see must not depend on the clock of one of them (ADR 22):

- A day that both see is accepted while it is ahead somewhere on earth. The form asks for less: what
  is ahead where this person is.
- A day that is stored for both is that of UTC.
- When something ends for both, we show the earliest date of that moment. For some users that is a
  few hours early; it is never late.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from django.utils.timezone import localdate, now

WEST = timezone(timedelta(hours=-12))
EAST = timezone(timedelta(hours=14))
ONE_DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def is_ahead(day: date) -> bool:
    """Whether this day has not begun where this person is."""
    return day > localdate()


def has_come(day: date) -> bool:
    """Whether this day has begun where this person is."""
    return not is_ahead(day)


def tomorrow() -> date:
    """The first day that a form offers: this person's tomorrow."""
    return localdate() + ONE_DAY


def latest() -> date:
    """The last day that a form offers: a year from this person's today."""
    return localdate() + YEAR


def can_be_shared(day: date) -> bool:
    """Whether this day is ahead, within a year, somewhere on earth."""
    return first_day_of(now()) < day <= now().astimezone(EAST).date() + YEAR


def shared_day_of(moment: datetime) -> date:
    """The day of this moment in what is stored for both."""
    return moment.astimezone(UTC).date()


def first_day_of(moment: datetime) -> date:
    """The earliest date on earth at this moment."""
    return moment.astimezone(WEST).date()
