"""Two people do anything with check-ins in any order, and neither ever reads what is not open."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.replies import CheckIn, Replies
from boundaries.check_ins.rules import WAITS, CheckInMovedOn, NoSuchCheckIn, NothingToPassOn
from boundaries.vocabulary import Side
from tests.conftest import Person, pair, person

SIDES = st.sampled_from(Side)
ID = uuid.UUID(int=0)
START = datetime(2026, 3, 10, 12, tzinfo=UTC)


class CheckingIn(RuleBasedStateMachine):
    """A model of what each has written and sealed, and of what is open, beside the real thing."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        names = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}
        self.people: dict[Side, Person] = {side: person(name) for side, name in names.items()}
        pair(*self.people.values())
        self.written: dict[Side, Replies] = {}
        self.sealed: dict[Side, datetime] = {}
        self.open: list[tuple[dict[Side, Replies], Side | None]] = []  # the newest last
        self.count = 0
        self.at = START

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def words(self) -> Replies:
        self.count += 1
        return Replies(plan=f"plan {self.count}")

    def waits(self, side: Side) -> bool:
        return side in self.sealed and self.sealed[side] > self.at - WAITS

    @rule(side=SIDES)
    def seal(self, side: Side) -> None:
        half, seat = self.words(), self.people[side].seat
        seen = check_ins.own_half(seat).seen
        if self.waits(side):
            assert self.refused(check_ins.seal, seat, half, seen=seen) is CheckInMovedOn
            return
        opened = check_ins.seal(seat, half, seen=seen)
        self.written[side], self.sealed[side] = half, self.at
        assert (opened is not None) == self.waits(side.other)
        if opened:
            self.open.append((dict(self.written), None))
            self.written, self.sealed = {}, {}

    @rule(side=SIDES)
    def take_back(self, side: Side) -> None:
        check_ins.take_back(self.people[side].seat)
        if self.waits(side):
            del self.sealed[side]

    @rule(side=SIDES)
    def keep_for_passing_on(self, side: Side) -> None:
        half, seat = self.words(), self.people[side].seat
        seen = check_ins.own_half(seat).seen
        if self.waits(side):
            act = check_ins.keep_for_passing_on
            assert self.refused(act, seat, half, seen=seen) is CheckInMovedOn
            return
        check_ins.keep_for_passing_on(seat, half, seen=seen)
        self.written[side] = half

    @rule(side=SIDES)
    def finish_on_one_phone(self, side: Side) -> None:
        half, seat = self.words(), self.people[side].seat
        if side not in self.written:
            assert self.refused(check_ins.finish_on_one_phone, seat, half) is NothingToPassOn
            return
        check_ins.finish_on_one_phone(seat, half)
        self.open.append(({side: self.written.pop(side), side.other: half}, side))
        self.sealed = {}

    @rule(side=SIDES, place=st.integers(0, 5))
    def delete(self, side: Side, place: int) -> None:
        found = check_ins.all_finished(self.people[side].seat)
        if place < len(found):
            check_ins.delete(self.people[side].seat, found[place].id)
            gone = dict(found[place].halves)
            self.open = [kept for kept in self.open if kept[0] != gone]
            again = check_ins.delete, self.people[side.other].seat, found[place].id
            assert self.refused(*again) is NoSuchCheckIn

    @rule(hours=st.sampled_from([1, 24, 72, 144]))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.now.move_to(self.at)

    @invariant()
    def both_read_what_is_open_and_nothing_else(self) -> None:
        for who in self.people.values():
            found = check_ins.all_finished(who.seat)
            open = [CheckIn(id=ID, at=START, halves=halves, phone=on) for halves, on in self.open]
            assert sorted(map(_plans, found)) == sorted(map(_plans, open))

    @invariant()
    def each_reads_their_own_half(self) -> None:
        for side, who in self.people.items():
            half = check_ins.own_half(who.seat)
            assert (half.replies, half.sealed) == (self.written.get(side), self.waits(side))

    def refused(self, act: Any, *args: Any, **more: Any) -> type[Exception] | None:
        try:
            with transaction.atomic():
                act(*args, **more)
        except Exception as error:
            return type(error)
        return None


def _plans(found: CheckIn) -> tuple[str, ...]:
    """What tells a check-in from all others here: the words of each, and whose phone it was."""
    return (*(found.halves[side].plan for side in Side), str(found.phone))


def test_whatever_two_people_do_in_any_order(db: None) -> None:
    run_state_machine_as_test(
        CheckingIn,
        settings=settings(
            stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
