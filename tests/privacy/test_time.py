"""A page takes as long whatever the other does in secret: by the clock, and not only by counting.

Two couples are alike. In turns, one of them has a partner who has done everything there is to do
unseen, and the other has one who has done nothing; then it is undone, and they change places. So
whatever sets one couple apart from the other falls out, and what is left is the secret. Each
measurement is a pair of the same request by both, the one right after the other, in an order drawn
by lot: a noisy moment falls on either. Such pairs are compared by their median, since the few that
were disturbed say nothing.
"""

from __future__ import annotations

import gc
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import drafts, reading
from boundaries.vocabulary import Stance
from tests.conftest import (
    PASSWORD,
    Person,
    fill_in,
    opened_together,
    pair,
    propose,
    row_of,
    talk,
    write,
)

BAR = 0.2  # ms, either way
BLOCKS = 24  # an even number, so that each couple has the secret as often as the other
PAIRS = 25  # a block and route: 600 a route, 5,400 in all
FIGURES = Path("var/time.md")  # to be read, and copied into docs/performance.md

ESSENTIALS = catalogue.deck(catalogue.ESSENTIALS)
OPENED = catalogue.deck("a")
SAVED = ESSENTIALS.behaviours[0]

luck = random.Random()  # noqa: S311 only for the order of two requests


@dataclass(frozen=True)
class Pair:
    """Alice and Bob, with something open between them and something not yet."""

    alice: Person
    bob: Person
    talk: uuid.UUID
    proposed: str  # the digest of what she has put to him


@dataclass(frozen=True)
class Difference:
    """How much longer it takes with the secret than without, in ms, over so many pairs."""

    pairs: int
    median: float
    low: float  # of the interval that holds the median of all such pairs in 95 of 100 cases
    high: float
    longer: int  # pairs in which it took longer with the secret

    @property
    def is_none(self) -> bool:
        return -BAR < self.low <= 0 <= self.high < BAR

    @property
    def is_known(self) -> bool:
        """Whether the machine was quiet enough for so small a thing."""
        return self.high - self.low < 2 * BAR

    def __str__(self) -> str:
        return (
            f"{self.median:+.3f} | {self.low:+.3f} to {self.high:+.3f} |"
            f" {self.longer / self.pairs:.0%}"
        )


@dataclass(frozen=True)
class Measured:
    """By the clock on the wall, as somebody outside would, and in time of the processor."""

    wall: Difference
    processor: Difference

    @property
    def is_doubtful(self) -> bool:
        return any(
            estimate.is_known and not estimate.is_none for estimate in (self.wall, self.processor)
        )


type Request = Callable[[], Any]


def get(path: str) -> Callable[[Pair], Request]:
    return lambda one_pair: partial(one_pair.alice.client.get, path.format(talk=one_pair.talk))


def save(one_pair: Pair) -> Request:
    """Other words each time, so that there is something to write, made from the card as it is."""
    row = row_of(one_pair.alice, SAVED)
    sent = {"mine": "unsure", "note": uuid.uuid4().hex, "seen": row.version}
    return partial(one_pair.alice.client.post, f"/answers/{SAVED.id}/save/", sent)


ROUTES: dict[str, Callable[[Pair], Request]] = {
    "home": get("/home/"),
    "sheet": get("/decks/essentials/"),
    "card": get("/answers/b1/"),
    "save": save,
    "last look": get("/decks/essentials/last-look/"),
    "partner": get("/partner/"),
    "talk page": get("/talks/{talk}/"),
    "state": get("/talks/{talk}/state/"),
    "understandings": get("/understandings/"),
}


def one(number: int, name: str) -> Person:
    user = User.objects.create_user(
        f"{name.lower()}-{number}@example.org", PASSWORD, first_name=name
    )
    consent.agree(seats.seat_of(user), consent.VERSION)
    client = Client()
    client.force_login(user)
    return Person(user, client)


def couple(number: int) -> Pair:
    alice, bob = one(number, "Alice"), one(number, "Bob")
    pair(alice, bob)
    opened_together(alice, bob, OPENED)
    for behaviour in ESSENTIALS.behaviours[:6]:
        write(alice, behaviour, Stance.CONDITIONS, note="hers", self_note="to herself")
    proposed = propose(alice, "a8")
    return Pair(alice, bob, talk(alice, "a5", id=uuid.uuid4()), proposed)


@pytest.fixture
def couples(db: None) -> list[Pair]:
    """Each has looked at everything, so that nothing is met for the first time."""
    both = [couple(number) for number in range(2)]
    for one_pair in both:
        for request in ROUTES.values():
            assert request(one_pair)().status_code in {200, 302}
    return both


def do_everything_unseen(bob: Person, one_pair: Pair) -> None:
    fill_in(bob, ESSENTIALS, Stance.UNACCEPTABLE, note="x" * 900, self_note="to himself")
    answers.seal(bob.seat, ESSENTIALS)
    answers.begin_again(bob.seat, OPENED)
    write(bob, OPENED.behaviours[0], Stance.UNSURE, note="in a new round")
    questions.opt_in(bob.seat)
    agreements.set_aside(bob.seat, "a8", one_pair.proposed)
    now = reading.talk(bob.seat, one_pair.talk)
    drafts.save(
        bob.seat, one_pair.talk, "appreciate-1-1", {"words": "x" * 900},
        version=drafts.UNWRITTEN, side=now.me,
    )  # fmt: skip


def measured(
    couples: list[Pair],
    names: Iterable[str],
    blocks: int,
    secret: Callable[[Pair], None] = lambda one_pair: do_everything_unseen(one_pair.bob, one_pair),
) -> dict[str, Measured]:
    """Each route, in as many blocks as are asked for."""
    found: dict[str, list[Clocks]] = {name: [] for name in names}
    for block in range(blocks):
        quiet, secretive = couples if block % 2 else reversed(couples)
        with undone():
            secret(secretive)
            for name, pairs in found.items():
                pairs += [one_pair(ROUTES[name], quiet, secretive) for _ in range(PAIRS)]
    return {
        name: Measured(*(difference(by_a_clock) for by_a_clock in zip(*pairs, strict=True)))
        for name, pairs in found.items()
    }


type Clocks = tuple[float, float]  # in ms: on the wall, and of processor


def one_pair(route: Callable[[Pair], Request], quiet: Pair, secretive: Pair) -> Clocks:
    """How much longer it takes with the secret than without."""
    took = {}
    for one_pair in luck.sample((quiet, secretive), 2):
        request = route(one_pair)
        begun = clocks()
        request()
        took[one_pair.talk] = between(begun, clocks())
    return between(took[quiet.talk], took[secretive.talk])


def clocks() -> Clocks:
    return time.perf_counter() * 1000, time.thread_time() * 1000


def between(one: Clocks, other: Clocks) -> Clocks:
    return other[0] - one[0], other[1] - one[1]


@contextmanager
def undone() -> Iterator[None]:
    """What is done in here is undone, and nobody's garbage is collected in the meantime."""
    gc.collect()
    gc.disable()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        gc.enable()


def difference(differences: Sequence[float]) -> Difference:
    """The median, and by resampling how far it can be trusted."""
    drawn = sorted(median(luck.choices(differences, k=len(differences))) for _ in range(1000))
    longer = sum(difference > 0 for difference in differences)
    return Difference(len(differences), median(differences), drawn[25], drawn[974], longer)


@pytest.mark.once
@pytest.mark.parametrize(
    ("by", "is_none"), [(0, True), (0.15, False), (-0.15, False), (0.3, False)]
)
def test_a_shift_is_told_from_noise(by: float, is_none: bool) -> None:
    noise = random.Random(1)  # noqa: S311
    pairs = [noise.gauss(by, 0.5) + noise.choice([0] * 9 + [20, -20]) for _ in range(600)]

    assert difference(pairs).is_none is is_none


@pytest.mark.deep
def test_no_page_takes_longer_for_what_the_other_has_done_unseen(couples: list[Pair]) -> None:
    """Within 0.2 ms. One interval in twenty misses what it is to hold; such a one is drawn anew."""
    found = measured(couples, ROUTES, BLOCKS)
    doubtful = [name for name, result in found.items() if result.is_doubtful]
    found |= measured(couples, doubtful, 2 * BLOCKS)
    publish(found)

    assert [name for name, result in found.items() if not result.processor.is_none] == []
    if unknown := [name for name, result in found.items() if not result.wall.is_known]:
        pytest.skip(f"too busy a machine for the clock on the wall: {', '.join(unknown)}")
    assert [name for name, result in found.items() if not result.wall.is_none] == []


def publish(found: dict[str, Measured]) -> None:
    lines = [
        f"On {connection.vendor}:",
        "",
        "| page | pairs | ms on the wall | 95 % | longer in | ms of processor | 95 % | longer in |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(f"| {name} | {m.wall.pairs:,} | {m.wall} | {m.processor} |" for name, m in found.items()),
    ]
    with FIGURES.open("a") as figures:
        figures.write("\n".join([*lines, "", ""]))


def nap(one_pair: Pair) -> None:
    time.sleep(0.0003)


def work(one_pair: Pair) -> None:
    for _ in ESSENTIALS.behaviours:
        sum(range(500))


@pytest.mark.deep
@pytest.mark.parametrize("planted", [nap, work])
def test_a_page_that_takes_a_little_longer_is_noticed(
    couples: list[Pair], planted: Callable[[Pair], None]
) -> None:
    """A third of a millisecond stands out among a few hundred pairs."""
    true = seats.seat_of
    with_secret: list[Pair] = []

    def slower(user: User) -> Seat:
        for one_pair in with_secret:
            if user == one_pair.alice.user:
                planted(one_pair)
        return true(user)

    def secret(one_pair: Pair) -> None:
        with_secret[:] = [one_pair]

    with mock.patch.object(seats, "seat_of", slower):
        found = measured(couples, ["partner", "state"], 12, secret)

    if planted is work:
        assert all(result.processor.low > 0 for result in found.values())
    if not all(result.wall.is_known for result in found.values()):
        pytest.skip("too busy a machine for the clock on the wall")
    assert all(result.wall.low > 0 for result in found.values())
