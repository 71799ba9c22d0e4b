"""Two people, two devices each, anything in any order: nothing holds without two yeses to it.

What must come of it is told once more here, by a plain model: for each behaviour the list of what
was proposed, who said yes to what they were shown, and whether it was taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.history import Agreement, AgreementStatus, Entry, NoSuchAgreement
from boundaries.agreements.rules import TickMissing, WordsChanged
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import digest_of, put_into_words
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Outcome, Side
from tests.conftest import Person, opened_together
from tests.support.depth import DEPTH

LEFT, RIGHT = Side.LEFT, Side.RIGHT
NAMES = {LEFT: "Alice", RIGHT: "Bob"}
BEHAVIOURS = ("a1", "a2")
# Few, so that two people often hit on the same words.
WORDS = tuple(
    put_into_words("Messaging", lines, NAMES)
    for lines in (
        [ProposalLine(doer=BOTH, outcome=Outcome.FINE)],
        [ProposalLine(doer=BOTH, outcome=Outcome.NOT_FOR_US)],
        [ProposalLine(doer=LEFT, outcome=Outcome.FINE)],
    )
)

type Act = tuple[str, Side, int, int]  # what, who, on which of their devices, a number to choose


@dataclass
class Lies:
    """What the model knows of one version."""

    text: tuple[str, ...]
    yes: set[Side]
    agreed: bool = False
    ended: bool = False


@dataclass
class World:
    """The two, what each of their devices shows, and what there must be."""

    people: dict[Side, Person]
    shown: dict[tuple[Side, int], Agreement] = field(default_factory=dict)
    seen: dict[tuple[Side, int, str], str] = field(default_factory=dict)
    lying: dict[str, list[Lies]] = field(default_factory=lambda: {id: [] for id in BEHAVIOURS})
    aside: set[tuple[Side, str, int]] = field(default_factory=set)
    standings: set[AgreementStatus] = field(default_factory=set)

    def newest(self, id: str) -> Lies | None:
        return self.lying[id][-1] if self.lying[id] else None

    def on_page(self, side: Side, device: int, choice: int) -> Entry | None:
        """An entry that this device shows, however old the page is."""
        entries = self.shown[side, device].entries
        return entries[choice % len(entries)] if entries else None

    def says_yes(self, side: Side, version: Lies) -> None:
        version.yes.add(side)
        version.agreed = version.yes == set(Side)


def look(world: World, side: Side, device: int, choice: int) -> None:
    seat = world.people[side].seat
    world.shown[side, device] = history.agreement(seat)
    for id in BEHAVIOURS:
        world.seen[side, device, id] = history.subject(seat, id).version


def propose(world: World, side: Side, device: int, choice: int) -> None:
    id, words = BEHAVIOURS[choice % 2], WORDS[choice // 2 % 3]
    newest = world.newest(id)
    same = newest is not None and not newest.ended and newest.text == words.text
    stale = world.seen[side, device, id] != str(len(world.lying[id]))
    digest = digest_of(id, words)
    unlike = [digest] if choice % 5 else []
    version = world.seen[side, device, id]
    try:
        agreements.propose(world.people[side].seat, id, words, version=version, unlike=unlike)
    except TickMissing:
        assert newest
        assert same
        assert side not in newest.yes
        assert not unlike
        assert not words.alike
        return
    except WordsChanged:
        assert stale
        assert not same
        return
    if same and newest:
        world.says_yes(side, newest)
    else:
        assert not stale
        world.lying[id].append(Lies(words.text, {side}))


def say_yes(world: World, side: Side, device: int, choice: int) -> None:
    entry = world.on_page(side, device, choice)
    if entry is None:
        return
    shown = entry.newest
    knowingly = [shown.digest] if choice % 5 else []
    newest = world.newest(entry.behaviour)
    assert newest
    lies_there = newest.text == shown.words.text and not newest.ended
    try:
        agreements.assent(world.people[side].seat, [shown.digest], unlike=knowingly)
    except TickMissing:
        assert lies_there
        assert not knowingly
        assert not shown.words.alike
        return
    except WordsChanged:
        assert not lies_there
        return
    assert lies_there
    world.says_yes(side, newest)


def withdraw(world: World, side: Side, device: int, choice: int) -> None:
    entry = world.on_page(side, device, choice)
    if entry is None:
        return
    version = (entry.current or entry.newest) if choice % 2 else entry.newest
    lying = world.lying[entry.behaviour]
    agreed = [version for version in lying if version.agreed]
    before = [version.ended for version in lying]
    try:
        agreements.withdraw(world.people[side].seat, entry.behaviour, version.digest)
    except WordsChanged:
        return
    now = history.entry(world.people[side].seat, entry.behaviour)
    after = [version.ended_at is not None for version in reversed(now.versions)]
    ended = [at for at, (was, is_) in enumerate(zip(before, after, strict=True)) if was != is_]
    assert len(ended) <= 1
    for at in ended:
        gone = lying[at]
        assert gone.text == version.words.text
        assert (gone in agreed[-1:]) or (gone is lying[-1] and side in gone.yes)
        gone.ended = True


def leave(world: World, side: Side, device: int, choice: int) -> None:
    entry = world.on_page(side, device, choice)
    if entry is None:
        return
    other = Side.LEFT if side == Side.RIGHT else Side.RIGHT
    before = history.agreement(world.people[other].seat)
    try:
        agreements.set_aside(world.people[side].seat, entry.behaviour, entry.newest.digest)
    except (WordsChanged, NoSuchAgreement):
        return
    assert history.agreement(world.people[other].seat) == before


ACTS: dict[str, Callable[[World, Side, int, int], None]] = {
    act.__name__: act for act in (look, propose, say_yes, withdraw, leave)
}
OFTEN = ["look"] * 3 + ["propose"] * 4 + ["say_yes"] * 5 + ["withdraw", "leave"]
acts = st.tuples(
    st.sampled_from(OFTEN), st.sampled_from(Side), st.integers(0, 1), st.integers(0, 99)
)


def live(world: World, history: list[Act]) -> None:
    for side in Side:
        for device in (0, 1):
            look(world, side, device, 0)
    for name, side, device, choice in history:
        ACTS[name](world, side, device, choice)
        if choice % 3:  # most of the time a page is looked at after what was done on it
            look(world, side, device, 0)
        hold(world)


def hold(world: World) -> None:
    """What must be so after each single act, for either of the two."""
    for side in Side:
        found = {
            entry.behaviour: entry for entry in history.agreement(world.people[side].seat).entries
        }
        assert set(found) == {id for id, lying in world.lying.items() if lying}
        for id, entry in found.items():
            world.standings.add(entry.standing)
            lying = world.lying[id]
            # No version is ever lost or changed, and each says who said yes to it.
            assert [
                Lies(
                    version.words.text,
                    set(version.assented),
                    version.agreed_at is not None,
                    version.ended_at is not None,
                )
                for version in reversed(entry.versions)
            ] == lying
            agreed = [version for version in lying if version.agreed]
            holds = agreed[-1] if agreed and not agreed[-1].ended else None
            assert (entry.current.words.text if entry.current else None) == (
                holds.text if holds else None
            )
            if entry.current:
                assert entry.current.assented == set(Side)


@pytest.fixture
def people(alice: Person, bob: Person, deck: Deck) -> dict[Side, Person]:
    opened_together(alice, bob, deck)
    return {LEFT: alice, RIGHT: bob}


def tried(people: dict[Side, Person], history: list[Act]) -> World:
    world = World(people)
    with transaction.atomic():
        live(world, history)
        transaction.set_rollback(True)
    return world


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=10, max_size=40))
def test_random_histories_match_the_model(people: dict[Side, Person], history: list[Act]) -> None:
    tried(people, history)


@pytest.mark.deep
@settings(max_examples=125 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=20, max_size=120))
def test_long_random_histories_match_the_model(
    people: dict[Side, Person], history: list[Act]
) -> None:
    tried(people, history)


def test_histories_reach_every_status(people: dict[Side, Person]) -> None:
    """They are worth something only if they do."""
    history: list[Act] = [
        ("propose", LEFT, 0, 1),  # fine, on the first behaviour
        ("look", RIGHT, 0, 0),
        ("say_yes", RIGHT, 0, 1),
        ("withdraw", LEFT, 0, 1),
        ("propose", RIGHT, 0, 2),
        ("look", RIGHT, 0, 0),
        ("withdraw", RIGHT, 0, 0),
    ]

    assert tried(people, history).standings == set(AgreementStatus)
