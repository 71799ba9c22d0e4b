"""Reminders of check-ins: at most one, for whoever wants it, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from time_machine import Traveller

from boundaries.check_ins import downloads, reminding, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.models import Rhythm
from boundaries.check_ins.pattern import LONGEST, Pattern
from boundaries.check_ins.replies import Replies
from boundaries.reminders.models import Reminder
from boundaries.vocabulary import Frequency, ReminderKind, Side
from tests.conftest import Person

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WEEKLY = Pattern(every=Frequency.WEEKLY, first_on=date(2026, 3, 15), at=time(19), zone="UTC")
FIRST = datetime(2026, 3, 15, 19, tzinfo=UTC)


@pytest.fixture
def clock(couple: tuple[Person, Person]) -> Iterator[Traveller]:
    """They have set a rhythm on Tuesday, for Sunday evenings."""
    with time_machine.travel(NOW, tick=False) as clock:
        rhythms.set_rhythm(couple[0].seat, WEEKLY, version="")
        yield clock


def reminded() -> dict[Side, datetime]:
    rows = Reminder.objects.filter(kind=ReminderKind.CHECK_IN)
    return {Side(row.side): row.due_at for row in rows}


def test_both_are_reminded_when_the_time_has_come(clock: Traveller) -> None:
    assert reminding.schedule_due() == 0
    clock.move_to(FIRST)

    assert reminding.schedule_due() == 1
    assert reminding.schedule_due() == 0

    assert reminded() == dict.fromkeys(Side, FIRST)


def test_the_next_one_takes_the_place_of_one_nobody_dealt_with(clock: Traveller) -> None:
    for number in range(3):
        clock.move_to(FIRST + number * WEEK)
        reminding.schedule_due()

    assert reminded() == dict.fromkeys(Side, FIRST + 2 * WEEK)


def test_a_worker_that_was_away_for_long_reminds_once(clock: Traveller) -> None:
    clock.move_to(FIRST + 10 * WEEK + timedelta(days=2))

    assert reminding.schedule_due() == 1

    assert reminded() == dict.fromkeys(Side, FIRST + 10 * WEEK)


def test_who_has_muted_it_is_not_reminded(couple: tuple[Person, Person], clock: Traveller) -> None:
    rhythms.mute(couple[1].seat)
    clock.move_to(FIRST)
    reminding.schedule_due()
    assert reminded() == {Side.LEFT: FIRST}

    rhythms.mute(couple[0].seat)

    assert reminded() == {}


def test_who_has_done_their_part_is_not_reminded_of_it(
    couple: tuple[Person, Person], clock: Traveller
) -> None:
    clock.move_to(FIRST)
    reminding.schedule_due()

    check_ins.seal(couple[0].seat, Replies(plan="A walk."), seen="")
    assert reminded() == {Side.RIGHT: FIRST}
    check_ins.keep_for_passing_on(couple[1].seat, Replies(plan="A swim."), seen="")
    check_ins.finish_on_one_phone(couple[1].seat, Replies(plan="A meal."))

    assert reminded() == {}


def test_who_checks_in_before_the_worker_comes_is_not_reminded_of_it(
    couple: tuple[Person, Person], clock: Traveller
) -> None:
    clock.move_to(FIRST + timedelta(minutes=2))
    check_ins.seal(couple[0].seat, Replies(plan="A walk."), seen="")
    clock.move_to(FIRST + timedelta(minutes=5))

    reminding.schedule_due()

    assert reminded() == {Side.RIGHT: FIRST}
    clock.move_to(FIRST + WEEK)
    reminding.schedule_due()
    assert reminded() == dict.fromkeys(Side, FIRST + WEEK)


@pytest.mark.parametrize(("hours", "are_reminded"), [(5, False), (30, True)])
def test_who_checks_in_on_the_day_before_has_done_so(
    couple: tuple[Person, Person], clock: Traveller, hours: int, are_reminded: bool
) -> None:
    clock.move_to(FIRST - timedelta(hours=hours))
    check_ins.keep_for_passing_on(couple[0].seat, Replies(plan="A walk."), seen="")
    check_ins.finish_on_one_phone(couple[0].seat, Replies(plan="A swim."))
    clock.move_to(FIRST)

    reminding.schedule_due()

    assert bool(reminded()) == are_reminded


def test_who_took_theirs_back_is_reminded(couple: tuple[Person, Person], clock: Traveller) -> None:
    clock.move_to(FIRST)
    check_ins.seal(couple[0].seat, Replies(plan="A walk."), seen="")
    check_ins.take_back(couple[0].seat)

    reminding.schedule_due()

    assert reminded() == dict.fromkeys(Side, FIRST)


def test_who_has_muted_one_rhythm_is_not_reminded_of_the_next(
    couple: tuple[Person, Person], clock: Traveller
) -> None:
    rhythms.mute(couple[1].seat)
    rhythms.end(couple[0].seat)
    rhythms.set_rhythm(couple[0].seat, WEEKLY, version="")
    clock.move_to(FIRST)

    reminding.schedule_due()

    assert reminded() == {Side.LEFT: FIRST}
    rhythms.unmute(couple[1].seat)
    clock.move_to(FIRST + WEEK)
    reminding.schedule_due()
    assert reminded() == dict.fromkeys(Side, FIRST + WEEK)


@pytest.mark.parametrize("act", ["change", "end"])
def test_changing_or_ending_it_cancels_what_it_reminded_of(
    couple: tuple[Person, Person], clock: Traveller, act: str
) -> None:
    clock.move_to(FIRST)
    reminding.schedule_due()
    assert reminded()
    found = rhythms.rhythm(couple[1].seat)
    assert found

    if act == "end":
        rhythms.end(couple[1].seat)
    else:
        later = Pattern(every=Frequency.WEEKLY, first_on=date(2026, 3, 20), at=time(8), zone="UTC")
        rhythms.set_rhythm(couple[1].seat, later, version=found.version)

    assert reminded() == {}


def test_a_clock_that_jumped_ahead_and_back_silences_nothing_for_long(clock: Traveller) -> None:
    clock.move_to(FIRST + timedelta(days=3000))
    reminding.schedule_due()
    Reminder.objects.all().delete()
    clock.move_to(FIRST - timedelta(hours=1))
    assert reminding.schedule_due() == 1
    assert reminded() == {}  # it is not due yet

    clock.move_to(FIRST)
    reminding.schedule_due()

    assert reminded() == dict.fromkeys(Side, FIRST)


@pytest.mark.parametrize("every", Frequency)
def test_a_clock_set_back_by_years_silences_no_rhythm(
    couple: tuple[Person, Person], clock: Traveller, every: Frequency
) -> None:
    """It was set by a clock that was ahead, or this one is behind: the server cannot know."""
    found = rhythms.rhythm(couple[0].seat)
    assert found
    pattern = Pattern(every=every, first_on=date(2026, 3, 29), at=time(19), zone="UTC")
    rhythms.set_rhythm(couple[0].seat, pattern, version=found.version)
    now = NOW - timedelta(days=800)
    clock.move_to(now)
    assert reminding.schedule_due() == 1
    assert reminding.schedule_due() == 0  # and no round does it again and again

    moment = Rhythm.objects.get().next_at

    assert now < moment <= now + LONGEST
    assert moment.weekday() == pattern.first_on.weekday()
    seen = rhythms.rhythm(couple[0].seat)
    assert seen
    assert seen.next_at == moment
    assert b"BEGIN:VEVENT" in downloads.calendar_of(seen, "America/New_York")
    clock.move_to(moment)
    reminding.schedule_due()
    assert reminded() == dict.fromkeys(Side, moment)


def test_a_clock_that_jumped_back_reminds_of_nothing_twice(clock: Traveller) -> None:
    clock.move_to(FIRST)
    reminding.schedule_due()
    clock.move_to(FIRST - timedelta(days=1))
    reminding.schedule_due()
    clock.move_to(FIRST + timedelta(hours=1))
    reminding.schedule_due()

    assert Rhythm.objects.get().next_at == FIRST + WEEK
    assert Reminder.objects.count() == len(Side)
