"""The times of a rhythm: a day of the week and a time on the wall, which stay when clocks change.

dateutil's rrule and recurring-ical-events do more than is needed, and neither is ours to use: three
frequencies are a few lines with zoneinfo.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.time_zones import current_name
from boundaries.vocabulary import Frequency

ONE_DAY = timedelta(days=1)
STEPS = {Frequency.WEEKLY: timedelta(weeks=1), Frequency.FORTNIGHTLY: timedelta(weeks=2)}
LONGEST = timedelta(days=35)  # between two times: from one last Sunday of a month to the next
FURTHEST = LONGEST + timedelta(weeks=1)  # to a first time: a fourth Sunday becomes the last
LAST = 4  # a fourth Sunday or a fifth means the last one of each month


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How often, from which day on, and at what time in which zone.

    Every month means the same weekday of the month as that of the first day: the second Sunday.
    There are a first, a second, a third and a last one. So it stays what it is from month to month,
    also if somebody changes the hour in a month with four Sundays, and then with five.
    """

    every: Frequency
    first_on: date
    at: time
    zone: str

    @property
    def place(self) -> ZoneInfo:
        """The zone. One that this server doesn't know, or not any more, counts as the site's."""
        return ZoneInfo(current_name(self.zone) or settings.TIME_ZONE)

    @property
    def week(self) -> int:
        """Which one of its weekdays in the month the first day is, from one; four for the last."""
        return min((self.first_on.day - 1) // 7 + 1, LAST)

    @property
    def starts_on(self) -> date:
        """The first day that fits: that which was chosen, or a week later at the end of a month."""
        if not self._is_monthly:
            return self.first_on
        return self._day_of(self.first_on.year, self.first_on.month - 1)

    @property
    def first(self) -> datetime:
        return self._moment(self.starts_on)

    def can_be_set(self, now: datetime) -> bool:
        """Whether the first time is ahead, and the day that was chosen not far."""
        return self.first > now and self._moment(self.first_on) <= now + LONGEST

    def begins(self, now: datetime) -> datetime:
        """The first time; or the next, if the first is as far ahead as only a wrong clock sets."""
        return self.first if self.first <= now + FURTHEST else self.after(now)

    def after(self, moment: datetime) -> datetime:
        """The first time after a moment."""
        return next(at for at in self._from(moment, moment) if at > moment)

    def latest(self, moment: datetime) -> datetime | None:
        """The last time up to a moment; None before the first."""
        before = moment - LONGEST - ONE_DAY
        past = list(takewhile(lambda at: at <= moment, self._from(before, moment)))
        return past[-1] if past else None

    def between(self, start: datetime, end: datetime) -> list[datetime]:
        """All times after the start, up to the end."""
        times = takewhile(lambda at: at <= end, self._from(start, start))
        return [at for at in times if at > start]

    def _from(self, moment: datetime, now: datetime) -> Iterator[datetime]:
        """All times from about a moment on, or a few before it; none before the first.

        After a clock was put back by months or years, the first time seems to come far too late.
        Then the rhythm goes on as if it had always been there: it falls silent for nobody.
        """
        day = moment.astimezone(self.place).date() - ONE_DAY
        begun = self.first > now + FURTHEST
        days = self._months(day, begun) if self._is_monthly else self._weeks(day, begun)
        return map(self._moment, days)

    @property
    def _is_monthly(self) -> bool:
        return self.every == Frequency.MONTHLY

    def _weeks(self, day: date, begun: bool) -> Iterator[date]:
        step = STEPS[self.every]
        skipped = (day - self.first_on) // step
        return (
            self.first_on + step * number for number in count(skipped if begun else max(0, skipped))
        )

    def _months(self, day: date, begun: bool) -> Iterator[date]:
        first = self.first_on.year * 12 + self.first_on.month - 1
        month = day.year * 12 + day.month - 1
        for number in count(month if begun else max(first, month)):
            yield self._day_of(*divmod(number, 12))

    def _day_of(self, year: int, month: int) -> date:
        """The day in a month, which is counted from nought."""
        if self.week == LAST:
            end = date(year + month // 11, (month + 1) % 12 + 1, 1) - ONE_DAY
            return end - timedelta(days=(end.weekday() - self.first_on.weekday()) % 7)
        first = date(year, month + 1, 1)
        ahead = (self.first_on.weekday() - first.weekday()) % 7
        return first + timedelta(days=ahead, weeks=self.week - 1)

    def _moment(self, day: date) -> datetime:
        """A day's time, in UTC. One that a clock skips comes as much later as it skips."""
        return datetime.combine(day, self.at, tzinfo=self.place).astimezone(UTC)
