"""Two people with two devices each do anything in any order: no word is lost or seen too early.

A plain model, independent of the rules and tables, says what must be true: who has handed over
which words, and which of them the other may see.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.content.catalogue import Deck
from boundaries.talks import drafts, flow, reading
from boundaries.talks import rules as talks
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.reading import Talk
from boundaries.talks.rules import MovedOn, Paused, TooSoon
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import Person, opened_together, talk
from tests.support.depth import DEPTH, one_day_in
from tests.support.routes import TALK

LEFT, RIGHT = Side.LEFT, Side.RIGHT
WITH_WORDS = (Move.APPRECIATE, Move.SPEAK, Move.REFLECT, Move.PARTLY, Move.FLEX, Move.CLOSE)
FAR = "2099-01-01"

type Act = tuple[
    str, Side, int, int
]  # what, who, on which of their devices, and a number to choose


@dataclass
class World:
    """The two people, what their devices show, and what became of all words."""

    people: dict[Side, Person]
    shown: dict[tuple[Side, int], Talk] = field(default_factory=dict)
    last: dict[tuple[Side, int], tuple[Any, ...]] = field(default_factory=dict)
    handed: dict[str, tuple[Side, Move, int]] = field(default_factory=dict)
    drafted: dict[tuple[Side, str], str] = field(default_factory=dict)
    steps: set[Step] = field(default_factory=set)
    words: int = 0

    def now(self, side: Side) -> Talk:
        return reading.talk(self.people[side].seat, TALK)

    def fresh(self, side: Side) -> str:
        """Words that are used nowhere else."""
        self.words += 1
        return f"words {self.words} of {side}"


def look(world: World, side: Side, device: int, choice: int) -> None:
    world.shown[side, device] = world.now(side)


def move(world: World, side: Side, device: int, choice: int) -> None:
    """A move that a page offers, however old the page is; putting the talk off is rare."""
    shown = world.shown[side, device]
    offered = sorted(flow.allowed(shown.place, side))
    if choice % 25:
        offered = [offer for offer in offered if offer not in (Move.STOP, Move.LATER)]
    if not offered:
        return
    hand_over(world, side, device, offered[choice % len(offered)], shown, choice)


def not_offered(world: World, side: Side, device: int, choice: int) -> None:
    """Any move at all, as in a handmade request."""
    hand_over(
        world, side, device, list(Move)[choice % len(Move)], world.shown[side, device], choice
    )


def hand_over(world: World, side: Side, device: int, what: Move, shown: Talk, choice: int) -> None:
    words = world.fresh(side)
    content: dict[str, Any] = {"words": words} if what in WITH_WORDS else {}
    if what == Move.SPEAK:
        content |= {"feelings": [], "needs": []}
    if what == Move.LATER:
        content = {"on": FAR}
    if what == Move.PROPOSE:
        content = {"lines": [], "text": [words], "well": ""}
    purpose = drafts.purpose_of(shown.place, what)
    kept = drafts.written(world.people[side].seat, shown, side).get(purpose)
    made_from = kept.version if kept and choice % 2 else drafts.UNWRITTEN
    send(world, side, device, (what, content, shown, made_from, purpose))


def send(world: World, side: Side, device: int, sent: tuple[Any, ...]) -> None:
    what, content, shown, made_from, purpose = sent
    world.last[side, device] = sent
    before = world.now(side)
    try:
        talks.take_turn(
            world.people[side].seat,
            TALK,
            what,
            content,
            version=shown.version,
            draft_version=made_from,
        )
    except (MovedOn, Paused):
        assert world.now(side) == before
        return
    if made_from and len(world.now(side).handed) > len(before.handed):
        world.drafted.pop((side, purpose), None)  # these words took its place
    words = content.get("words") or "".join(content.get("text", ()))
    if words:
        world.handed.setdefault(words, (side, what, before.place.half))


def twice(world: World, side: Side, device: int, choice: int) -> None:
    """The last turn again, as after a double click or a lost response."""
    if (side, device) in world.last:
        before = world.now(side)
        send(world, side, device, world.last[side, device])
        assert len(world.now(side).handed) - len(before.handed) <= 1


def draft(world: World, side: Side, device: int, choice: int) -> None:
    shown = world.shown[side, device]
    what = WITH_WORDS[choice % len(WITH_WORDS)]
    purpose = drafts.purpose_of(shown.place, what)
    seat = world.people[side].seat
    kept = drafts.written(seat, shown, side).get(purpose)
    version = kept.version if kept and choice % 3 else drafts.UNWRITTEN
    words = world.fresh(side)
    try:
        drafts.save(seat, TALK, purpose, {"words": words}, version=version, side=side)
    except StaleDraft:
        return  # what is on disk stays: see hold
    world.drafted[side, purpose] = words


def pause(world: World, side: Side, device: int, choice: int) -> None:
    talks.pause(world.people[side].seat, TALK, timedelta(minutes=20 + choice % 1400))


def come_back(world: World, side: Side, device: int, choice: int) -> None:
    try:
        talks.come_back(world.people[side].seat, TALK)
    except TooSoon:
        assert world.now(side).pause


def switch(world: World, side: Side, device: int, choice: int) -> None:
    talks.switch(world.people[side].seat, TALK, list(Mode)[choice % 2])


ACTS: dict[str, Callable[[World, Side, int, int], None]] = {
    act.__name__: act for act in (look, move, not_offered, twice, draft, pause, come_back, switch)
}
# Looking and going on are what people do most.
OFTEN = ["look"] * 8 + ["move"] * 12 + ["draft"] * 3 + ["twice"] * 2 + ["come_back"] * 2
acts = st.tuples(
    st.sampled_from([*OFTEN, "not_offered", "pause", "switch"]),
    st.sampled_from(Side),
    st.integers(0, 1),
    st.integers(0, 999),
)


def live(world: World, history: list[Act]) -> None:
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False) as clock:
        for side in Side:
            for device in (0, 1):
                look(world, side, device, 0)
        for name, side, device, choice in history:
            clock.shift(timedelta(minutes=7))
            ACTS[name](world, side, device, choice)
            if choice % 4:  # most of the time a page is looked at after what was done on it
                look(world, side, device, 0)
            hold(world)


def hold(world: World) -> None:
    """What must be true after every act."""
    views = {side: world.now(side) for side in Side}
    for side, view in views.items():
        world.steps.add(view.step)
        read = {
            str(turn.content.get("words") or "".join(turn.content.get("text", ()))): turn
            for turn in view.handed
        }
        for words, (author, what, _) in world.handed.items():
            # No word is lost: its author sees what they handed over, for good.
            if author == side:
                assert read[words].side == author
            elif what not in flow.BLIND:
                assert words in read
        for words, turn in read.items():
            # No word is seen that was not handed over, or before its time.
            if words and turn.side != side:
                assert words in world.handed
                if turn.move in flow.BLIND:
                    assert any(mine.move == turn.move for mine in view.handed if mine.side == side)
        kept = drafts.written(world.people[side].seat, view, side)
        drafted = {purpose: words for (by, purpose), words in world.drafted.items() if by == side}
        assert {purpose: words.content["words"] for purpose, words in kept.items()} == drafted
        others = {words for (author, _), words in world.drafted.items() if author != side}
        assert not others & set(read)
    assert views[LEFT].step == views[RIGHT].step
    assert views[LEFT].pause is None or views[RIGHT].pause is not None
    if views[LEFT].step != Step.CLOSED:  # there is somebody for whom there is something to do
        assert any(flow.allowed(view.place, side) for side, view in views.items())


@pytest.fixture
def people(alice: Person, bob: Person, deck: Deck) -> dict[Side, Person]:
    opened_together(alice, bob, deck)
    talk(alice)
    return {LEFT: alice, RIGHT: bob}


def tried(people: dict[Side, Person], history: list[Act]) -> World:
    world = World(people)
    with transaction.atomic():
        live(world, history)
        transaction.set_rollback(True)
    return world


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=10, max_size=60))
def test_whatever_two_people_do(people: dict[Side, Person], history: list[Act]) -> None:
    tried(people, history)


@pytest.mark.deep
@settings(max_examples=125 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=40, max_size=150))
def test_whatever_two_people_do_for_long(people: dict[Side, Person], history: list[Act]) -> None:
    tried(people, history)


@one_day_in(4, 1)
@pytest.mark.once
def test_the_random_histories_reach_every_step(people: dict[Side, Person]) -> None:
    """The tests above prove little otherwise."""
    seen: set[Step] = set()
    for seed in range(10, 30):  # four are enough from there on
        luck = random.Random(seed)  # noqa: S311 luck that repeats is what is wanted
        history = [
            ("move", luck.choice(list(Side)), luck.randrange(2), luck.randrange(1000))
            for _ in range(60)
        ]
        seen |= tried(people, history).steps
        if seen == set(Step):
            break

    assert seen == set(Step)
