"""The rhythm: it belongs to both, keeps its time on the wall, and reads the same in a calendar."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from boundaries.check_ins import downloads, rhythms
from boundaries.check_ins.models import Muted, Rhythm
from boundaries.check_ins.pattern import LONGEST, Pattern
from boundaries.check_ins.rhythms import FirstTimeNotAhead, RhythmChanged
from boundaries.pairing import rules as pairing
from boundaries.vocabulary import Frequency
from tests.conftest import Person

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
SUNDAYS = Pattern(every=Frequency.WEEKLY, first_on=date(2026, 3, 15), at=time(19, 30), zone=BERLIN)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo")


def patterns() -> st.SearchStrategy[Pattern]:
    return st.builds(
        Pattern,
        every=st.sampled_from(Frequency),
        first_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
        at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        zone=st.sampled_from(ZONES),
    )


@given(patterns(), st.integers(0, 5000))
def test_times_keep_the_weekday_and_the_hour_on_the_wall(pattern: Pattern, hours: int) -> None:
    start = pattern.first + timedelta(hours=hours)
    times = pattern.between(start, start + timedelta(days=400))

    assert len(times) >= 12
    assert all(start < one < other for one, other in pairwise([start, *times]) if one != start)
    assert pattern.after(start) == times[0]
    assert pattern.latest(times[3]) == times[3]
    assert pattern.latest(times[3] - timedelta(minutes=1)) == times[2]
    for moment in times:
        there = moment.astimezone(pattern.place)
        assert abs(there.weekday() - pattern.first_on.weekday()) in (
            0,
            1,
            6,
        )  # 23:30 may be skipped
        wall = datetime.combine(there.date(), pattern.at)
        assert abs(there.replace(tzinfo=None) - wall) <= timedelta(hours=1)  # a skipped hour
        if there.replace(tzinfo=None) != wall:
            unfolded = wall.replace(tzinfo=pattern.place).astimezone(UTC).astimezone(pattern.place)
            assert unfolded.replace(tzinfo=None) != wall  # there is no such time on that day


@given(patterns())
def test_none_is_left_out_and_none_comes_twice(pattern: Pattern) -> None:
    times = pattern.between(pattern.first, pattern.first + timedelta(days=800))
    days = [(other.date() - one.date()).days for one, other in pairwise([pattern.first, *times])]
    least, most = {
        Frequency.WEEKLY: (6, 8),
        Frequency.FORTNIGHTLY: (13, 15),
        Frequency.MONTHLY: (27, 36),
    }[pattern.every]

    assert all(least <= count <= most for count in days)


def test_it_stays_at_half_past_seven_when_clocks_change() -> None:
    times = SUNDAYS.between(NOW, NOW + timedelta(days=30))

    assert [at.astimezone(ZoneInfo(BERLIN)).hour for at in times] == [19, 19, 19, 19]
    assert [at.hour for at in times] == [18, 18, 17, 17]


@pytest.mark.parametrize("first_on", [date(2026, 3, 22), date(2026, 3, 29)])
def test_a_fourth_or_fifth_sunday_is_the_last_one_of_every_month(first_on: date) -> None:
    last = Pattern(every=Frequency.MONTHLY, first_on=first_on, at=time(19, 30), zone="UTC")

    assert last.first.date() == date(2026, 3, 29)

    days = [at.date().isoformat() for at in last.between(NOW, NOW + timedelta(days=340))]

    assert days[:4] == ["2026-03-29", "2026-04-26", "2026-05-31", "2026-06-28"]
    assert days[8:] == ["2026-11-29", "2026-12-27", "2027-01-31"]


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, KOLKATA])
@pytest.mark.parametrize("chosen", [date(2027, 2, 26), date(2027, 1, 22), date(2027, 1, 29)])
def test_the_last_friday_stays_the_last_whatever_month_it_is_set_in(
    chosen: date, zone: str
) -> None:
    """Over changes of clocks, and months with four Fridays and with five."""
    pattern = Pattern(every=Frequency.MONTHLY, first_on=chosen, at=time(19, 30), zone=zone)
    moment = pattern.first
    for _ in range(40):
        there = moment.astimezone(ZoneInfo(zone))
        assert (there.weekday(), there.hour, there.minute) == (4, 19, 30)
        assert (there + timedelta(days=7)).month != there.month
        # Somebody changes only the hour, on a page that shows the next time: it stays the last.
        again = Pattern(every=pattern.every, first_on=there.date(), at=time(18), zone=zone)
        assert again.starts_on == there.date()
        assert again.week == pattern.week
        moment = pattern.after(moment)


@given(
    first_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_calendar_reads_every_monthly_rhythm_as_it_is(
    first_on: date, zone: str, at: time
) -> None:
    pattern = Pattern(every=Frequency.MONTHLY, first_on=first_on, at=at, zone=zone)
    now = pattern.first - timedelta(hours=1)
    with time_machine.travel(now, tick=False):
        found: Any = Calendar.from_ical(file_of(pattern, zone)).events
    (event,) = found
    start: datetime = event["dtstart"].dt
    days = (start + timedelta(days=number) for number in range(900))  # by the clock on the wall
    listed = [day.astimezone(UTC) for day in days if _fits(event["rrule"], start, day)]

    assert [pattern.first, *pattern.between(pattern.first, listed[-1])] == listed


def test_a_zone_that_nobody_knows_counts_as_the_sites() -> None:
    unknown = Pattern(
        every=Frequency.WEEKLY, first_on=date(2026, 3, 15), at=time(19, 30), zone="Mars/Olympus"
    )

    assert unknown.first == datetime(2026, 3, 15, 19, 30, tzinfo=UTC)


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def set_rhythm(who: Person, pattern: Pattern = SUNDAYS) -> None:
    found = rhythms.rhythm(who.seat)
    rhythms.set_rhythm(who.seat, pattern, version=found.version if found else "")


@pytest.mark.usefixtures("at_noon")
def test_either_sets_it_and_both_see_it(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    set_rhythm(alice)
    for who in couple:
        found = rhythms.rhythm(who.seat)
        assert found
        assert found.next_at == datetime(2026, 3, 15, 18, 30, tzinfo=UTC)

    monthly = Pattern(every=Frequency.MONTHLY, first_on=date(2026, 3, 20), at=time(8), zone="UTC")
    set_rhythm(bob, monthly)

    found = rhythms.rhythm(alice.seat)
    assert found
    assert found.pattern == monthly


@pytest.mark.usefixtures("at_noon")
def test_who_sets_it_second_without_having_seen_the_first_is_told(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    rhythms.set_rhythm(alice.seat, SUNDAYS, version="")
    rhythms.set_rhythm(bob.seat, SUNDAYS, version="")  # the same: nothing to do

    other = Pattern(every=Frequency.WEEKLY, first_on=date(2026, 3, 11), at=time(8), zone="UTC")
    with pytest.raises(RhythmChanged):
        rhythms.set_rhythm(bob.seat, other, version="")

    found = Rhythm.objects.get()
    assert (found.pattern, found.changes) == (SUNDAYS, 0)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("zone", [BERLIN, "Europe/Paris"])
@pytest.mark.parametrize("seen", ["", None], ids=["stale", "current"])
def test_setting_the_same_finds_out_no_zone(
    couple: tuple[Person, Person], zone: str, seen: str | None
) -> None:
    """Whoever set it by one clock after another would otherwise see which one is the other's."""
    alice, bob = couple
    set_rhythm(alice)
    before = rhythms.rhythm(bob.seat)
    assert before
    version = before.version if seen is None else seen

    rhythms.set_rhythm(bob.seat, replace(SUNDAYS, zone=zone), version=version)

    assert rhythms.rhythm(bob.seat) == before


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("days", [-1, 36])
def test_the_first_time_is_ahead_and_not_far(couple: tuple[Person, Person], days: int) -> None:
    first_on = NOW.date() + timedelta(days=days)
    pattern = Pattern(every=Frequency.WEEKLY, first_on=first_on, at=time(13), zone="UTC")

    with pytest.raises(FirstTimeNotAhead):
        rhythms.set_rhythm(couple[0].seat, pattern, version="")

    assert not Rhythm.objects.exists()


@pytest.mark.usefixtures("at_noon")
def test_muting_is_ones_own_and_outlives_a_change(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    set_rhythm(alice)
    rhythms.mute(bob.seat)
    rhythms.mute(bob.seat)
    weekly = Pattern(every=Frequency.WEEKLY, first_on=date(2026, 3, 12), at=time(8), zone="UTC")

    set_rhythm(alice, weekly)

    assert (rhythms.is_muted(bob.seat), rhythms.is_muted(alice.seat)) == (True, False)
    rhythms.unmute(bob.seat)
    assert not rhythms.is_muted(bob.seat)
    assert rhythms.rhythm(bob.seat) == rhythms.rhythm(alice.seat)


@pytest.mark.usefixtures("at_noon")
def test_either_ends_it_for_both_and_muting_outlives_that(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    set_rhythm(alice)
    rhythms.mute(alice.seat)

    rhythms.end(bob.seat)
    rhythms.end(bob.seat)

    assert rhythms.rhythm(alice.seat) is rhythms.rhythm(bob.seat) is None
    for _ in range(2):  # without a rhythm, and with a new one
        assert (rhythms.is_muted(alice.seat), rhythms.is_muted(bob.seat)) == (True, False)
        set_rhythm(bob)
    rhythms.unmute(alice.seat)
    assert not rhythms.is_muted(alice.seat)


@pytest.mark.usefixtures("at_noon")
def test_it_ends_when_they_part(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    set_rhythm(alice)
    rhythms.mute(bob.seat)

    pairing.part(alice.seat)

    assert not Rhythm.objects.exists()
    assert rhythms.rhythm(bob.seat) is None
    assert not Muted.unscoped.exists()


# The calendar file


LIST_OF_CHANGES = re.compile(rb"RDATE\S*,")  # programs with ical.js read only the first of them


def file_of(pattern: Pattern, zone: str) -> bytes:
    rhythm = rhythms.CheckInRhythm(
        id=uuid.UUID(int=7),
        pattern=pattern,
        next_at=pattern.after(timezone.now()),
        version="",
        changes=3,
    )
    return downloads.calendar_of(rhythm, zone)


def read_back(pattern: Pattern, zone: str) -> tuple[str, list[datetime]]:
    """Which form a file has, and its times in a year, as read by the rules of RFC 5545."""
    file = file_of(pattern, zone)
    assert not LIST_OF_CHANGES.search(file.replace(b"\r\n ", b"").partition(b"BEGIN:VEVENT")[0])
    calendar = Calendar.from_ical(file)
    found: Any = calendar.events
    (event,) = found
    assert (event["sequence"], str(event["summary"])) == (3, "Time for the two of us")
    start: datetime = event["dtstart"].dt
    end = NOW + timedelta(days=365)
    if "rdate" in event:
        assert b"TZID" not in file
        return "dates", [start, *(found.dt for found in event["rdate"].dts)]
    assert zone == "UTC" or event["dtstart"].params["TZID"] == zone
    assert zone == "UTC" or [str(known["tzid"]) for known in calendar.timezones] == [zone]
    rule = event["rrule"]
    step = timedelta(days=1)
    times, day = [], start
    while day <= end:
        if _fits(rule, start, day):
            times.append(day)
        day += step  # wall time: arithmetic within a zone keeps the hour
    return "rule", times


def _fits(rule: Any, start: datetime, day: datetime) -> bool:
    (byday,) = rule["BYDAY"]
    text = str(byday)
    if downloads.WEEKDAYS[day.weekday()] != text[-2:]:
        return False
    if rule["FREQ"] == ["MONTHLY"]:
        week = int(text[:-2])
        last = (day + timedelta(days=7)).month != day.month
        return last if week == -1 else (day.day - 1) // 7 + 1 == week
    weeks = (day.date() - start.date()).days // 7
    return weeks % int(str(rule.get("INTERVAL", [1])[0])) == 0


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("every", Frequency)
@pytest.mark.parametrize("day", [15, 29])
def test_a_calendar_reads_the_same_times_across_changes_of_clocks(
    every: Frequency, day: int
) -> None:
    pattern = Pattern(every=every, first_on=date(2026, 3, day), at=time(19, 30), zone=BERLIN)

    form, times = read_back(pattern, BERLIN)

    assert form == "rule"
    assert [at.astimezone(UTC) for at in times] == pattern.between(NOW, NOW + timedelta(days=365))


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("setter", "reader", "form"),
    [(BERLIN, "Europe/Paris", "rule"), (BERLIN, NEW_YORK, "dates"), (KOLKATA, "UTC", "rule")],
)
def test_the_other_reads_the_same_times_in_their_own_zone(
    setter: str, reader: str, form: str
) -> None:
    pattern = Pattern(
        every=Frequency.WEEKLY, first_on=date(2026, 3, 15), at=time(19, 30), zone=setter
    )

    found, times = read_back(pattern, reader)

    assert found == form
    listed = pattern.between(NOW, NOW + timedelta(days=365))
    assert [at.astimezone(UTC) for at in times][: len(listed)] == listed


@pytest.mark.usefixtures("at_noon")
def test_the_other_never_reads_the_zone_of_who_set_it(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    set_rhythm(alice)

    for path in ("/check-ins/rhythm/calendar.ics", "/check-ins/", "/check-ins/rhythm/"):
        response = bob.client.get(path)
        assert response.status_code == 200
        assert b"Berlin" not in response.content


def test_the_longest_wait_is_as_long_as_any() -> None:
    last = Pattern(every=Frequency.MONTHLY, first_on=date(2026, 1, 31), at=time(8), zone="UTC")
    times = last.between(last.first, last.first + timedelta(days=9000))

    assert max(other - one for one, other in pairwise(times)) == LONGEST
