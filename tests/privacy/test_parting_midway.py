"""The other may leave between any two looks at the database: a page is whole, or there is none."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from boundaries.agreements import rules as agreements
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Move, Step
from tests.conftest import PROPOSED, Person, do, opened_together, propose, talk, talked_up_to
from tests.privacy.hidden_fields import filled_in
from tests.privacy.listening import Listener
from tests.privacy.observing import send, typesetting_once
from tests.privacy.steps import ADDRESSES, OURS, UNSAFE, Do
from tests.privacy.worlds import PROBE, World
from tests.support import routes
from tests.support.policy import POLICY

pytestmark = [pytest.mark.turns(4), pytest.mark.django_db, pytest.mark.once]

FIRST = {route.path for route in routes.every()}
FOR_TWO = ("talks", "agreements", "therapist", "visibility")


class PartingAfter:
    """Has somebody leave once so many statements are through, and no act is in the middle of it."""

    def __init__(self, statements: int, who: Person) -> None:
        self.left, self.who, self.depth = statements, who, 0
        self.parted = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        self.depth += sql.startswith("SAVEPOINT") - sql.startswith(("RELEASE", "ROLLBACK"))
        self.left -= 1
        if self.left <= 0 and self.depth == 0 and not self.parted:
            self.parted = True  # at once, since parting asks the database as well
            with suppress(seats.NotPaired):
                pairing.part(self.who.seat)
        return result


@pytest.fixture
def world(alice: Person, bob: Person, deck: Deck) -> World:
    """Bob looks. There is something on every page that two people have."""
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    do(alice, Move.PROPOSE, PROPOSED)
    agreements.assent(bob.seat, [propose(alice, "a2")])
    propose(alice, "a3")
    therapist_sheet.make(alice.seat, ["a2"], 7)
    for who in (alice, bob):
        issue = therapist_sheet.issue(who.seat)
        assert issue
        therapist_sheet.release(who.seat, issue.digest)
    bob.client.raise_request_exception = False
    return World("bob", Listener(), cast={"alice": alice, "bob": bob})


def statuses(world: World, act: Do) -> set[int]:
    """What comes of an act with the other leaving after the second statement, the third and so on.

    The first two tell who asks.
    """
    bob, found = world.cast["bob"], set()
    for statements in range(2, 99):
        parting = PartingAfter(statements, world.cast["alice"])
        with transaction.atomic(), connection.execute_wrapper(parting):
            cache.clear()
            with typesetting_once():
                found.add(send(bob.client, act).status_code)
            transaction.set_rollback(True)
        if not parting.parted:
            return found
    raise AssertionError("there is no end to it")


def test_a_page_is_whole_or_there_is_none(world: World) -> None:
    pages = {
        name: statuses(world, Do("bob", "GET", url))
        for name, url in ADDRESSES
        if name.split("-")[0] in FOR_TWO and url in FIRST and "GET" in POLICY[name]
    }

    assert len(pages) > 15
    faults = {name: found for name, found in pages.items() if max(found) >= 500}
    assert faults == {}
    assert pages["talks-talk"] == {HTTPStatus.OK, HTTPStatus.NOT_FOUND}  # both were met


@pytest.mark.deep
def test_nor_does_any_act_fail_by_it(world: World) -> None:
    seat = world.cast["bob"].seat
    data = f"{PROBE}&alike=yes&behaviours=a1&days=7&together={seats.couple_token(seat)}"
    faults = []
    for name, url in [
        address for address in ADDRESSES if address[1] in FIRST or "/a8/" in address[1]
    ]:
        for method in [
            unsafe for unsafe in ("GET", *UNSAFE) if name in OURS and unsafe in POLICY[name]
        ]:
            if name == "leave":
                continue
            act = Do("bob", method, url, data if method != "GET" else "")
            found = statuses(world, filled_in(world, act) if method != "GET" else act)
            faults += [(name, method, found)] if max(found) >= 500 else []

    assert faults == []
