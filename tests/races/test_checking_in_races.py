"""Two partners, and workers, at the same check-in and rhythm."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from boundaries.check_ins import reminding, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.models import Rhythm
from boundaries.check_ins.pattern import Pattern
from boundaries.check_ins.replies import Replies
from boundaries.check_ins.rhythms import RhythmChanged
from boundaries.check_ins.rules import CheckInMovedOn, NoSuchCheckIn, NothingToPassOn
from boundaries.reminders.models import Reminder
from boundaries.vocabulary import Closeness, Frequency, Side
from tests.conftest import Person
from tests.races.conftest import at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

HERS, HIS = Replies(plan="hers", closeness=Closeness.CLOSE), Replies(plan="his")


def seal(who: Person, half: Replies) -> partial[Any]:
    return partial(check_ins.seal, who.seat, half, seen="")


def pattern(hour: int) -> Pattern:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return Pattern(every=Frequency.WEEKLY, first_on=tomorrow, at=time(hour), zone="UTC")


def with_rhythm() -> tuple[Person, Person, str]:
    one, other = couple()
    rhythms.set_rhythm(one.seat, pattern(8), version="")
    found = rhythms.rhythm(one.seat)
    assert found
    return one, other, found.version


def test_both_answer_at_once_and_it_opens_once_with_both_halves(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        acts = [seal(one, HERS), seal(other, HIS), seal(one, HERS)]  # one of them twice

        outcome = at_once(*acts)

        assert outcome.refusals == set()
        for who in (one, other):
            (found,) = check_ins.all_finished(who.seat)
            assert found.halves == {Side.LEFT: HERS, Side.RIGHT: HIS}


def test_a_half_on_one_phone_against_a_seal_of_the_other(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        check_ins.seal(one.seat, HERS, seen="")

        outcome = at_once(partial(check_ins.finish_on_one_phone, one.seat, HIS), seal(other, HIS))

        assert outcome.refusals <= {NothingToPassOn}
        for who in (one, other):
            (found,) = check_ins.all_finished(who.seat)
            assert found.halves == {Side.LEFT: HERS, Side.RIGHT: HIS}


def test_taking_back_against_the_second_seal(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        check_ins.seal(one.seat, HERS, seen="")

        outcome = at_once(partial(check_ins.take_back, one.seat), seal(other, HIS))

        opened = check_ins.all_finished(one.seat)
        assert outcome.refusals == set()
        assert check_ins.own_half(one.seat).replies == (None if opened else HERS)
        assert check_ins.all_finished(other.seat) == opened


def test_deleting_for_both_against_reading(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        check_ins.seal(one.seat, HERS, seen="")
        opened = check_ins.seal(other.seat, HIS, seen="")
        assert opened
        read = partial(check_ins.finished, other.seat, opened)
        delete = partial(check_ins.delete, one.seat, opened)

        outcome = at_once(read, delete, partial(check_ins.delete, other.seat, opened), read)

        assert outcome.refusals <= {NoSuchCheckIn}
        for read_at in (0, 3):  # all of it, or nothing
            result = outcome.results[read_at]
            if not isinstance(result, NoSuchCheckIn):
                assert result.halves == {Side.LEFT: HERS, Side.RIGHT: HIS}
        assert check_ins.all_finished(one.seat) == []


def test_both_set_a_rhythm_at_once_and_one_is_told(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        acts = (
            partial(rhythms.set_rhythm, who.seat, pattern(hour), version="")
            for who, hour in ((one, 8), (other, 20))
        )

        outcome = at_once(*acts)

        assert (outcome.succeeded, outcome.refusals) == (1, {RhythmChanged})
        won = Rhythm.objects.get(couple=one.seat.couple_id)
        assert won.at == time(8 if outcome.results[0] is None else 20)


def test_muting_against_setting(trials: range) -> None:
    for _ in trials:
        one, other, version = with_rhythm()

        outcome = at_once(
            partial(rhythms.mute, other.seat),
            partial(rhythms.set_rhythm, one.seat, pattern(20), version=version),
        )

        assert outcome.refusals == set()
        found = rhythms.rhythm(other.seat)
        assert found
        assert found.pattern == pattern(20)
        assert (rhythms.is_muted(other.seat), rhythms.is_muted(one.seat)) == (True, False)


def test_muting_against_ending(trials: range) -> None:
    for _ in trials:
        one, other, _version = with_rhythm()

        outcome = at_once(partial(rhythms.mute, other.seat), partial(rhythms.end, one.seat))

        assert outcome.refusals == set()
        assert rhythms.rhythm(other.seat) is None
        assert rhythms.is_muted(other.seat)


def test_workers_make_one_reminder_for_each_and_wait_for_nobody(trials: range) -> None:
    for _ in trials:
        one, other, _version = with_rhythm()
        now = timezone.now()
        Rhythm.objects.update(next_at=now, first_on=now.date() - timedelta(days=7))

        outcome = at_once(
            reminding.schedule_batch,
            reminding.schedule_batch,
            partial(rhythms.mute, other.seat),
            partial(rhythms.end, one.seat),
        )

        assert outcome.refusals == set()
        reminding.schedule_batch()
        assert not Reminder.objects.filter(couple=one.seat.couple_id).exists()


def test_a_worker_against_muting_leaves_nothing_for_whoever_muted(trials: range) -> None:
    for _ in trials:
        one, other, _version = with_rhythm()
        now = timezone.now()
        Rhythm.objects.update(next_at=now, first_on=now.date() - timedelta(days=7))

        outcome = at_once(
            reminding.schedule_batch,
            partial(rhythms.mute, other.seat),
            seal(one, Replies(plan="before")),
        )

        reminding.schedule_batch()
        left = Reminder.objects.filter(couple=one.seat.couple_id)
        assert outcome.refusals <= {CheckInMovedOn}
        assert set(left.values_list("side", flat=True)) <= {Side.LEFT}
