"""The cast is the threat model.

Alice and Bob are a couple. Charlie and Dana are strangers to them. Erin is Bob's former partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from boundaries import answering, asking, catalogue, pairing
from boundaries.answering import Row
from boundaries.catalogue import Behaviour, Deck
from boundaries.models.couples import Seat
from boundaries.vocabulary import Aside, Stance

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Person:
    user: User
    client: Client

    @property
    def seat(self) -> Seat:
        """Their seat as it is now: pairing and parting change it."""
        return pairing.seat_of(self.user)


def person(name: str) -> Person:
    user = User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, first_name=name)
    client = Client()
    client.force_login(user)
    return Person(user, client)


def pair(inviter: Person, joiner: Person) -> None:
    """The whole way from a link to a couple."""
    pairing.invite(inviter.seat)
    standing = pairing.standing(inviter.seat)
    assert standing
    pairing.join(joiner.seat, pairing.offer(standing.code, joiner.seat).id)
    standing = pairing.standing(inviter.seat)
    assert standing
    assert standing.joiner
    pairing.confirm(inviter.seat, standing.joiner.joining)


def write(
    who: Person,
    behaviour: Behaviour,
    stance: Stance,
    *,
    mine: Stance | None = None,
    private: bool = False,
    note: str = "",
    self_note: str = "",
    **more: Any,
) -> None:
    row = row_of(who, behaviour)
    answering.answer(
        who.seat,
        behaviour,
        seen=row.version,
        aside=Aside(note=self_note),
        partners=stance,
        mine=mine or stance,
        private=private,
        note=note,
        **more,
    )


def row_of(who: Person, behaviour: Behaviour) -> Row:
    """One card as it is now."""
    return answering.page(who.seat, asking.deck(who.seat, behaviour.deck)).row(behaviour)


def skip(who: Person, behaviour: Behaviour) -> None:
    answering.skip(who.seat, behaviour, seen=row_of(who, behaviour).version)


def fill_in(who: Person, deck: Deck, stance: Stance, **said: Any) -> None:
    for behaviour in deck.behaviours:
        write(who, behaviour, stance, **said)


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Sign-in limits count in the cache; one test's attempts are not the next one's."""
    cache.clear()


@pytest.fixture
def deck() -> Deck:
    return catalogue.deck(catalogue.ESSENTIALS)


@pytest.fixture
def alice(db: None) -> Person:
    return person("Alice")


@pytest.fixture
def bob(alice: Person) -> Person:
    bob = person("Bob")
    pair(alice, bob)
    return bob


@pytest.fixture
def charlie(db: None) -> Person:
    return person("Charlie")


@pytest.fixture
def dana(db: None) -> Person:
    return person("Dana")


@pytest.fixture
def erin(bob: Person, alice: Person) -> Person:
    """Bob was with Erin, parted, and is with Alice now."""
    erin = person("Erin")
    pairing.part(bob.seat)
    pair(erin, bob)
    pairing.part(erin.seat)
    pair(alice, bob)
    return erin
