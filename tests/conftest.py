"""The cast is the threat model.

Alice and Bob are a couple. Charlie and Dana are strangers to them. Erin is Bob's former partner.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.words import Words, digest_of, unpack
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.answers.private_notes import Notes
from boundaries.answers.sheets import Row
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import proposing, reading
from boundaries.talks import rules as talks
from boundaries.talks.models import Conversation
from boundaries.vocabulary import Aside, Mode, Move, Side, Stance, Step
from tests.support import giving_up, routes

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Person:
    user: User
    client: Client

    @property
    def seat(self) -> Seat:
        """Their seat as it is now: pairing and parting change it."""
        return seats.seat_of(self.user)


def person(name: str) -> Person:
    user = User.objects.create_user(
        f"{name.lower()}@example.org", PASSWORD, first_name=name, time_zone="UTC", language="en"
    )
    consent.agree(seats.seat_of(user), consent.VERSION)
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
    row: Row | None = None,
    **more: Any,
) -> None:
    row = row or row_of(who, behaviour)
    answers.answer(
        who.seat,
        behaviour,
        version=row.version,
        aside=Aside(note=self_note),
        partners=stance,
        mine=mine or stance,
        private=private,
        note=note,
        **more,
    )


def row_of(who: Person, behaviour: Behaviour) -> Row:
    """One card as it is now."""
    return sheets.own_sheet(who.seat, questions.deck(who.seat, behaviour.deck)).row(behaviour)


def skip(who: Person, behaviour: Behaviour) -> None:
    answers.skip(who.seat, behaviour, version=row_of(who, behaviour).version)


def fill_in(who: Person, deck: Deck, stance: Stance, **content: Any) -> None:
    """The same on every card: one by the rules, and the others as they stored that one."""
    one, *others = deck.behaviours
    write(who, one, stance, **content)
    seat = who.seat
    sheet = sheets.newest(seat, deck.id)
    assert sheet
    for kept in (Answers, Notes):
        stored = kept.on(seat, sheet)
        fields = {name: it for name, it in stored.get(one.id, {}).items() if name != "before"}
        kept.put(seat, sheet, stored | {behaviour.id: fields for behaviour in others})


def opened_together(one: Person, other: Person, deck: Deck) -> None:
    """Both have answered the first four behaviours, each their own way, and sealed."""
    _sealed(one, deck, 4, Stance.ACCEPTABLE)
    _sealed(other, deck, 4, Stance.UNACCEPTABLE)


def said_alike(one: Person, other: Person, deck: Deck, number: int) -> None:
    """Both have called so many of the first behaviours fine, and sealed."""
    for who in (one, other):
        _sealed(who, deck, number, Stance.ACCEPTABLE)


def _sealed(who: Person, deck: Deck, number: int, stance: Stance) -> None:
    fill_in(who, replace(deck, behaviours=deck.behaviours[:number]), stance)
    answers.seal(who.seat, deck)


def talk(
    who: Person,
    behaviour: str = "a1",
    *,
    mode: Mode = Mode.APART,
    begins: bool = True,
    id: uuid.UUID = routes.TALK,
) -> uuid.UUID:
    """A talk that this person has offered, under the id that stands in the tests' addresses."""
    with mock.patch.object(Conversation._meta.pk, "_get_default", return_value=id):
        return talks.open(who.seat, behaviour, mode=mode, begins=begins)


def do(
    who: Person,
    move: Move,
    content: Mapping[str, Any] | None = None,
    *,
    talk: uuid.UUID = routes.TALK,
    side: Side | None = None,
) -> None:
    """One move in a talk, from the page as it is now."""
    seen = reading.talk(who.seat, talk).version
    act = proposing if move in (Move.PROPOSE, Move.ASSENT) else talks
    act.take_turn(who.seat, talk, move, content or {}, version=seen, side=side)


FINE = {"doer": "both", "outcome": "fine", "conditions": [], "words": "", "on": ""}
PROPOSED: dict[str, Any] = {
    "lines": [FINE],
    "text": ["Messaging", "Whoever does it: fine for us."],
    "well": "",
}


def propose(who: Person, behaviour: str = "a1", words: Words | None = None) -> str:
    """Words put to the other, from the page as it is now. Returns their digest."""
    proposal = words or unpack(PROPOSED)
    version = history.subject(who.seat, behaviour).version
    agreements.propose(who.seat, behaviour, proposal, version=version)
    return digest_of(behaviour, proposal)


def text_of(browser: Client, path: str) -> str:
    """What can be read of an answer as a page: nothing, of a PDF."""
    answer = browser.get(path)
    return "" if answer.headers.get("Content-Type") == "application/pdf" else answer.text


def talked_up_to(step: Step, one: Person, other: Person, *, talk: uuid.UUID = routes.TALK) -> None:
    """Goes the whole way of a talk that `one` has offered, to where a step begins."""
    heard = {"words": "What I hear is that it is lonely."}
    spoken = {"words": "I feel lonely.", "feelings": ["lonely"], "needs": ["honesty", "rest"]}
    way: list[tuple[Step, Person, Move, Mapping[str, Any]]] = [
        (Step.SET_UP, other, Move.READY, {}),
        *((Step.RULES, who, Move.AGREE, {}) for who in (one, other)),
        *((Step.WARM_START, who, Move.APPRECIATE, {"words": "Tea."}) for who in (one, other)),
    ]
    for speaker, listener in ((one, other), (other, one)):
        way += [
            (Step.SPEAK, speaker, Move.SPEAK, spoken),
            (Step.REFLECT, listener, Move.REFLECT, heard),
            (Step.CONFIRM, speaker, Move.YES, {}),
            (
                Step.MAKES_SENSE,
                listener,
                Move.MAKES_SENSE,
                {"because": "It is far.", "imagine": ""},
            ),
        ]
    flex = {"keep": "Being told.", "give": "The hour."}
    way += [
        *((Step.FLEX, who, Move.FLEX, flex) for who in (one, other)),
        (Step.OUTCOME, one, Move.PROPOSE, PROPOSED),
        (Step.OUTCOME, other, Move.LET_STAND, {}),
        *(
            (Step.CLOSE, who, Move.CLOSE, {"well": "You listened.", "next": ""})
            for who in (one, other)
        ),
    ]
    for at, who, move, content in way:
        if at == step:
            return
        do(who, move, content, talk=talk)


def shows_second_step(browser: Client, who: Person) -> None:
    """They show that it is them, by a recovery code: who has a second step is asked for it."""
    code = RecoveryCodes.activate(who.user).get_unused_codes()[0]
    browser.post(reverse("mfa_reauthenticate"), {"code": code})


def shows_mailbox(browser: Client) -> None:
    """They show that they read the mailbox of their address."""
    browser.post(reverse("account-still-you-mail"))
    code = re.search(r"^[0-9]{6}$", str(mail.outbox[-1].body), re.M)
    assert code
    browser.post(reverse("account-still-you-code"), {"code": code[0]})


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On PostgreSQL the whole server is thrown away, whoever is still connected to it."""
    return connection.vendor == "postgresql"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Sign-in limits count in the cache; one test's attempts are not the next one's."""
    cache.clear()


@pytest.fixture(autouse=True)
def _given_up() -> Iterator[None]:
    """With --serializable, each request has to do one of its transactions again."""
    if not settings.SERIALIZABLE:
        yield
        return
    with giving_up.requests_are_disturbed():
        yield


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
