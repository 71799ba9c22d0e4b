"""Random histories of two people with two devices each, checked against a simple model.

The model keeps for every behaviour what was proposed, who said yes to the words they were shown,
and whether they were taken back. Nothing may hold unless both said yes to it.
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
# Few, so that two people often choose the same words.
WORDS = tuple(
    put_into_words("Messaging", lines, NAMES)
    for lines in (
        [ProposalLine(doer=BOTH, outcome=Outcome.FINE)],
        [ProposalLine(doer=BOTH, outcome=Outcome.NOT_FOR_US)],
        [ProposalLine(doer=LEFT, outcome=Outcome.FINE)],
    )
)

type Act = tuple[
    str, Side, int, int
]  # the action, who does it, on which device, and a number for its choices


@dataclass
class ModelVersion:
    """What the model knows of one version."""

    text: tuple[str, ...]
    yes: set[Side]
    agreed: bool = False
    ended: bool = False


@dataclass
class World:
    """The two people, what their devices show, and what the model expects."""

    people: dict[Side, Person]
    shown: dict[tuple[Side, int], Agreement] = field(default_factory=dict)
    seen: dict[tuple[Side, int, str], str] = field(default_factory=dict)
    versions: dict[str, list[ModelVersion]] = field(
        default_factory=lambda: {id: [] for id in BEHAVIOURS}
    )
    aside: set[tuple[Side, str, int]] = field(default_factory=set)
    statuses: set[AgreementStatus] = field(default_factory=set)

    def newest(self, id: str) -> ModelVersion | None:
        return self.versions[id][-1] if self.versions[id] else None

    def on_page(self, side: Side, device: int, choice: int) -> Entry | None:
        """An entry on the page that this device shows, which may be old."""
        entries = self.shown[side, device].entries
        return entries[choice % len(entries)] if entries else None

    def says_yes(self, side: Side, version: ModelVersion) -> None:
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
    stale = world.seen[side, device, id] != str(len(world.versions[id]))
    digest = digest_of(id, words)
    acknowledged = [digest] if choice % 5 else []
    version = world.seen[side, device, id]
    try:
        agreements.propose(
            world.people[side].seat, id, words, version=version, acknowledged=acknowledged
        )
    except TickMissing:
        assert newest
        assert same
        assert side not in newest.yes
        assert not acknowledged
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
        world.versions[id].append(ModelVersion(words.text, {side}))


def say_yes(world: World, side: Side, device: int, choice: int) -> None:
    entry = world.on_page(side, device, choice)
    if entry is None:
        return
    shown = entry.newest
    acknowledged = [shown.digest] if choice % 5 else []
    newest = world.newest(entry.behaviour)
    assert newest
    is_pending = newest.text == shown.words.text and not newest.ended
    try:
        agreements.assent(world.people[side].seat, [shown.digest], acknowledged=acknowledged)
    except TickMissing:
        assert is_pending
        assert not acknowledged
        assert not shown.words.alike
        return
    except WordsChanged:
        assert not is_pending
        return
    assert is_pending
    world.says_yes(side, newest)


def withdraw(world: World, side: Side, device: int, choice: int) -> None:
    entry = world.on_page(side, device, choice)
    if entry is None:
        return
    version = (entry.current or entry.newest) if choice % 2 else entry.newest
    versions = world.versions[entry.behaviour]
    agreed = [version for version in versions if version.agreed]
    before = [version.ended for version in versions]
    try:
        agreements.withdraw(world.people[side].seat, entry.behaviour, version.digest)
    except WordsChanged:
        return
    now = history.entry(world.people[side].seat, entry.behaviour)
    after = [version.ended_at is not None for version in reversed(now.versions)]
    ended = [at for at, (was, is_) in enumerate(zip(before, after, strict=True)) if was != is_]
    assert len(ended) <= 1
    for at in ended:
        withdrawn = versions[at]
        assert withdrawn.text == version.words.text
        assert (withdrawn in agreed[-1:]) or (withdrawn is versions[-1] and side in withdrawn.yes)
        withdrawn.ended = True


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


def play(world: World, history: list[Act]) -> None:
    for side in Side:
        for device in (0, 1):
            look(world, side, device, 0)
    for name, side, device, choice in history:
        ACTS[name](world, side, device, choice)
        if choice % 3:  # most of the time the page is loaded again afterwards
            look(world, side, device, 0)
        check(world)


def check(world: World) -> None:
    """Compare what both can see with the model."""
    for side in Side:
        found = {
            entry.behaviour: entry for entry in history.agreement(world.people[side].seat).entries
        }
        assert set(found) == {id for id, versions in world.versions.items() if versions}
        for id, entry in found.items():
            world.statuses.add(entry.status)
            versions = world.versions[id]
            # No version is lost or changed, and who said yes to it is known.
            assert [
                ModelVersion(
                    version.words.text,
                    set(version.assented),
                    version.agreed_at is not None,
                    version.ended_at is not None,
                )
                for version in reversed(entry.versions)
            ] == versions
            agreed = [version for version in versions if version.agreed]
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


def world_after(people: dict[Side, Person], history: list[Act]) -> World:
    world = World(people)
    with transaction.atomic():
        play(world, history)
        transaction.set_rollback(True)
    return world


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=10, max_size=40))
def test_random_histories_match_the_model(people: dict[Side, Person], history: list[Act]) -> None:
    world_after(people, history)


@pytest.mark.deep
@settings(max_examples=125 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(acts, min_size=20, max_size=120))
def test_long_random_histories_match_the_model(
    people: dict[Side, Person], history: list[Act]
) -> None:
    world_after(people, history)


def test_histories_reach_every_status(people: dict[Side, Person]) -> None:
    """If they did not, the tests above would prove little."""
    history: list[Act] = [
        ("propose", LEFT, 0, 1),  # fine, on the first behaviour
        ("look", RIGHT, 0, 0),
        ("say_yes", RIGHT, 0, 1),
        ("withdraw", LEFT, 0, 1),
        ("propose", RIGHT, 0, 2),
        ("look", RIGHT, 0, 0),
        ("withdraw", RIGHT, 0, 0),
    ]

    assert world_after(people, history).statuses == set(AgreementStatus)
