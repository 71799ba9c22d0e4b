"""Whoever picks up an unattended phone sees nothing that only its owner has seen.

tests/support/policy.py says for every route how it responds in that case.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.utils import timezone

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.words import unpack
from boundaries.answers import rules as answers
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.replies import Replies
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Mode, Move, Side, Stance, Step
from tests.accounts.test_signing_in import post
from tests.conftest import PASSWORD, PROPOSED, Person, do, propose, talk, talked_up_to, write
from tests.support import routes
from tests.support.depth import one_day_in
from tests.support.policy import POLICY, PUBLIC, UNATTENDED, Unattended
from tests.support.routes import TALK

ASKED = "/account/reauthenticate/"
PAGE = f"/talks/{TALK}/"
WAITING = uuid.UUID(int=7)  # another talk
HTMX = {"HX-Request": "true"}
SENT = dict.fromkeys(
    ("words", "keep", "well", "because", "text", "note", "self_note"), "zqtyped words"
)

# Where what only Alice has seen is to be found while she is there.
HERS = {
    "zqdraft": f"{PAGE}?part=sentence",
    "zqlate": PAGE,
    "zqunseen": f"/talks/{WAITING}/",
    "zqself": "/answers/b2/",
    "zqunsealed": "/answers/b2/",
    "zqown": "/own/",
    "zqaside": "/own/",
    "You answered differently": "/decks/essentials/comparison/for-me/",
    "Left for now": "/understandings/",
    "zqhalf": "/check-ins/now/",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def signed_in(who: Person) -> Person:
    EmailAddress.objects.get_or_create(
        user=who.user, email=who.user.email, defaults={"verified": True, "primary": True}
    )
    post(who.client, "account_login", login=who.user.email, password=PASSWORD)
    assert who.client.get("/home/").status_code == HTTPStatus.OK
    return who


@pytest.fixture
def owner(clock: Any, alice: Person, bob: Person, deck: Deck) -> Person:
    """Alice, who has written something in every place that is hers alone."""
    for number, behaviour in enumerate(deck.behaviours[:4]):
        mine = Stance.UNACCEPTABLE if number == 1 else Stance.ACCEPTABLE
        write(alice, behaviour, Stance.ACCEPTABLE, mine=mine)
        write(bob, behaviour, Stance.UNACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    unsealed = catalogue.deck("b").behaviours[0]
    write(alice, unsealed, Stance.UNSURE, note="zqunsealed", self_note="zqself")
    questions.put_forward(
        alice.seat, "zqown behaviour", couple_token=seats.couple_token(alice.seat)
    )
    questions.put_forward(bob.seat, "zqaside behaviour", couple_token=seats.couple_token(bob.seat))
    (offer,) = questions.ours(alice.seat).theirs
    questions.set_aside(alice.seat, offer.id)
    agreements.set_aside(alice.seat, "a2", propose(bob, "a2"))
    talk(alice)
    talked_up_to(Step.FLEX, alice, bob)
    check_ins.keep_for_passing_on(alice.seat, Replies(plan="zqhalf"), seen="")
    draft(alice, "flex-2-1", keep="zqdraft")
    draft(alice, "close-2-1", well="zqlate")
    talk(alice, "a3", id=WAITING)
    talked_up_to(Step.FLEX, alice, bob, talk=WAITING)
    do(alice, Move.FLEX, {"keep": "zqunseen", "give": ""}, talk=WAITING)  # Bob has not done his
    return signed_in(alice)


def draft(who: Person, purpose: str, side: Side | None = None, **words: str) -> None:
    mine = side or Side(str(who.seat.side))
    drafts.save(who.seat, TALK, purpose, words, version="", side=mine)


def text(answer: Any) -> str:
    return str(answer.content, "utf-8", "replace")


def hers(page: str) -> set[str]:
    return {word for word in (*HERS, "zqtyped") if word in page}


@contextmanager
def undone(browser: Client) -> Iterator[None]:
    """Whatever a request does is taken back, so that the next one finds the same."""
    cookies = browser.cookies.copy()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    browser.cookies.clear()
    browser.cookies.update(cookies)


def leads_back_to(answer: Any) -> str:
    """Which page one comes back to from where one shows who one is."""
    assert answer.status_code == HTTPStatus.FOUND, answer.status_code
    where, _, after = answer["Location"].partition("?next=")
    assert where == ASKED
    return str(after)


@pytest.mark.once
def test_every_route_says_what_it_does_unattended() -> None:
    assert set(UNATTENDED) == set(POLICY) - PUBLIC


def asking_routes(method: str) -> list[routes.Route]:
    return [
        route
        for route in routes.every()
        if UNATTENDED.get(route.name) == Unattended.ASKS and method in POLICY[route.name]
    ]


@pytest.mark.once
@pytest.mark.parametrize("minutes", [11, 25])
def test_what_is_ones_own_asks_first_and_leads_back(
    clock: time_machine.Traveller, owner: Person, minutes: int
) -> None:
    clock.shift(timedelta(minutes=minutes))
    wrong = []
    for route in asking_routes("GET"):
        path = f"{route.path}?part=sentence&with=left"
        for method in ("get", "head"):
            answer = getattr(owner.client, method)(path)
            if leads_back_to(answer) != quote(path):
                wrong.append(f"{method} {path} leads to {answer['Location']}")
        answer = owner.client.get(path, headers=HTMX)
        if answer.status_code != HTTPStatus.UNAUTHORIZED or "<html" in answer.text:
            wrong.append(f"htmx {path}: {answer.status_code}")
    for route in asking_routes("POST"):
        came_from = f"{PAGE}?part=sentence&with=left"
        sent = SENT | {"purpose": "flex-2-1", "digest": "x"}
        kept = owner.client.post(
            route.path, sent, headers={"Referer": f"http://testserver{came_from}"}
        )
        given_back = all(
            f'name="{name}" value="{html.escape(value)}"' in kept.text
            for name, value in SENT.items()
        )
        if kept.status_code != HTTPStatus.UNAUTHORIZED or not given_back:
            wrong.append(f"post {route.path}: {kept.status_code}, given back: {given_back}")
        if f'href="{ASKED}?next={quote(came_from, safe="")}"' not in kept.text:
            wrong.append(f"post {route.path} does not lead back to its page")
        swapped = owner.client.post(route.path, sent, headers=HTMX)
        if swapped.status_code != HTTPStatus.UNAUTHORIZED or ASKED not in swapped.text:
            wrong.append(f"htmx post {route.path}: {swapped.status_code}")

    assert wrong == []


@one_day_in(2, 1)
def test_nothing_else_shows_what_only_its_owner_has_seen(
    clock: time_machine.Traveller, owner: Person
) -> None:
    missing = [word for word, path in HERS.items() if word not in owner.client.get(path).text]
    assert missing == []  # else there would be nothing to find
    clock.shift(timedelta(minutes=25))

    shown, looked = [], 0
    for route in routes.every():
        if UNATTENDED.get(route.name) == Unattended.ASKS:
            continue
        for method in ("GET", "HEAD", "POST"):
            if method not in POLICY[route.name]:
                continue
            paths = {route.path, route.path.replace(str(TALK), str(WAITING))}
            for path, headers in product(paths, ({}, HTMX, {"X-Follows": "1"})):
                with undone(owner.client):
                    answer = owner.client.generic(
                        method, path, QUERY_STRING="part=sentence", headers=headers
                    )
                looked += 1
                if found := hers(text(answer)):
                    shown.append(f"{method} {route.name}: {found}")

    assert looked > 100
    assert shown == []


def test_a_talk_that_cannot_go_on_gives_the_words_back_and_shows_no_others(
    clock: time_machine.Traveller, owner: Person
) -> None:
    """What is said aloud, or only pressed, is not asked about. Its refusal would show the page."""
    clock.shift(timedelta(minutes=11))
    for move in Move:
        for sent in ({}, {"look": "an old one"}, {"purpose": "flex-2-1", "keep": "zqtyped"}):
            with undone(owner.client):
                answer = owner.client.post(f"{PAGE}turn/{move}/", sent)
            assert hers(text(answer)) <= ({"zqtyped"} if "keep" in sent else set()), move


def test_the_live_code_of_an_invitation_is_its_makers_alone(
    clock: time_machine.Traveller, charlie: Person
) -> None:
    pairing.invite(charlie.seat)
    standing = pairing.standing(charlie.seat)
    assert standing
    signed_in(charlie)
    assert standing.code[:4] in charlie.client.get("/partner/").text
    clock.shift(timedelta(minutes=11))

    for route in routes.every():
        if "GET" in POLICY[route.name] and route.name != "leave":
            assert standing.code[:4] not in text(charlie.client.get(route.path)), route.name
    assert leads_back_to(charlie.client.get("/partner/")) == "/partner/"


def test_whoever_shows_that_it_is_them_is_back_where_they_were(
    clock: time_machine.Traveller, owner: Person
) -> None:
    here = f"{PAGE}?part=sentence"
    clock.shift(timedelta(minutes=25))
    asked = owner.client.get(here)["Location"]

    answer = owner.client.post(asked, {"password": PASSWORD, "next": here})

    assert answer["Location"] == here
    assert "zqdraft" in owner.client.get(here).text


def test_a_draft_that_was_sent_unattended_is_taken_once_it_is_clear_who_it_is(
    clock: time_machine.Traveller, owner: Person
) -> None:
    page = owner.client.get(PAGE).text
    seen = re.search(r'id="seen-flex-2-1"\s+value="(\w+)"', page)
    assert seen
    sent = {"purpose": "flex-2-1", "keep": 'my "new" <words>', "seen": seen[1]}
    save = f"{PAGE}draft/?for=flex-2-1"
    clock.shift(timedelta(minutes=11))

    kept = owner.client.post(save, sent)

    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', kept.text)
    given_back = {name: html.unescape(value) for name, value in fields}
    assert given_back.items() >= sent.items()
    post(owner.client, "account_reauthenticate", password=PASSWORD)
    assert owner.client.post(save, given_back).status_code == HTTPStatus.FOUND
    assert html.escape(sent["keep"]) in owner.client.get(PAGE).text


def test_two_who_talk_on_one_phone_are_not_asked_at_each_turn(
    clock: time_machine.Traveller, owner: Person, bob: Person
) -> None:
    talks.switch(owner.seat, TALK, Mode.TOGETHER)

    def go_on(side: Side, move: Move, **sent: str) -> Any:
        look = reading.talk(owner.seat, TALK).version
        sent = {"look": look, "side": side, **sent}
        return owner.client.post(f"{PAGE}turn/{move}/", sent, follow=True)

    for side in (Side.LEFT, Side.RIGHT):
        clock.shift(timedelta(minutes=9))
        assert go_on(side, Move.FLEX, leave_out="yes").redirect_chain[-1][0].startswith(PAGE)

    clock.shift(timedelta(minutes=12))  # they talk, and nobody touches the phone
    answer = go_on(Side.LEFT, Move.STOP)
    assert reading.talk(owner.seat, TALK).step == Step.CLOSE  # it was done, and not asked about
    assert answer.redirect_chain[-1][0].startswith(ASKED)
    post(owner.client, "account_reauthenticate", password=PASSWORD)
    clock.shift(timedelta(minutes=9))
    assert go_on(Side.LEFT, Move.CLOSE).redirect_chain[-1][0].startswith(PAGE)


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        ("turn/stop", {}),
        ("turn/later", {"on": "2027-06-01"}),
        ("pause", {"minutes": "20"}),
    ],
)
def test_resting_and_stopping_are_never_asked_about(
    clock: time_machine.Traveller, owner: Person, where: str, sent: dict[str, str]
) -> None:
    look = reading.talk(owner.seat, TALK).version
    clock.shift(timedelta(minutes=25))
    assert owner.client.get(f"{PAGE}stuck/").status_code == HTTPStatus.OK

    owner.client.post(f"{PAGE}{where}/", {"look": look, **sent})

    now = reading.talk(owner.seat, TALK)
    assert now.pause or now.step in (Step.CLOSE, Step.SET_UP)


def test_what_a_page_does_by_itself_works_unattended_and_keeps_no_session_alive(
    clock: time_machine.Traveller, owner: Person
) -> None:
    """A page that follows asks by itself, and one with unsaved words tries to save them."""
    state = f"{PAGE}state/?look={reading.talk(owner.seat, TALK).version}"
    sent = {"purpose": "flex-2-1", "keep": "zqtyped"}
    clock.shift(timedelta(minutes=11))
    for _ in range(18):
        clock.shift(timedelta(minutes=1))
        follows = owner.client.get(state, headers={**HTMX, "X-Follows": "1"})
        assert follows.status_code == HTTPStatus.NO_CONTENT
        saved = owner.client.post(f"{PAGE}draft/", sent, headers=HTMX)
        assert "so we check it’s you" in saved.text

    clock.shift(timedelta(minutes=2))

    saved = owner.client.post(f"{PAGE}draft/", sent, headers=HTMX)
    assert "You are signed out" in saved.text
    assert owner.client.get(PAGE)["Location"].startswith("/account/login/")


def test_what_both_have_stays_open_and_a_yes_can_be_taken_back(
    clock: time_machine.Traveller, owner: Person, bob: Person
) -> None:
    words = unpack(PROPOSED)
    digest = propose(bob, "a1", words)
    agreements.assent(owner.seat, [digest])
    clock.shift(timedelta(minutes=25))

    for path in ("/understandings/", "/understandings/on/a1/", "/decks/essentials/comparison/"):
        assert owner.client.get(path).status_code == HTTPStatus.OK
    sent = {"digest": digest, "together": seats.couple_token(owner.seat)}
    owner.client.post("/understandings/on/a1/withdraw/", sent)

    assert history.entry(owner.seat, "a1").current is None
