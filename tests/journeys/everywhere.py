"""Everybody's pages: people in each state, and every page that each of them can look at."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from django.test import Client

from boundaries import answering, asking, catalogue
from boundaries.vocabulary import Condition, Stance, Weight
from tests import routes
from tests.boundaries.test_asking import put_forward
from tests.boundaries.test_pairing import invite, join
from tests.conftest import Person, fill_in, pair, person, skip, write

NOBODY, OPEN = "nobody", "open"
STATES = (NOBODY, "new", "half-way", "inviting", "asked", "waiting", "ready", "sealed", OPEN)

# Where a state shows; everything else is looked at signed out, and by somebody who has opened.
SHOWING = ("/home/", "/partner/", "/decks/essentials/", "/decks/essentials/last-look/", "/own/")
MORE = {
    NOBODY: ("/no-such-page/", "/help/?country=in", "/demo/comparison/?show=close"),
    OPEN: (
        "/decks/essentials/comparison/?show=difference",
        "/decks/essentials/comparison/?category=d",
        "/decks/a/",
        "/decks/own/",
        "/decks/own/last-look/",
        "/decks/intimate/",
        "/answers/a4/",
    ),
}


def cast() -> dict[str, Person]:
    """One person in each state, by the acts that lead there."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    everybody = {state: person(state.replace("-", " ").title()) for state in STATES[1:]}
    for behaviour in deck.behaviours[:9]:
        write(everybody["half-way"], behaviour, Stance.CONDITIONS, note="When I know of it.")
    for state in ("inviting", "asked", "waiting", "ready", "sealed"):
        fill_in(everybody[state], deck, Stance.ACCEPTABLE)
    invite(everybody["inviting"])
    join(person("Jo"), invite(everybody["asked"]))
    join(everybody["waiting"], invite(person("Ida")))
    for state in ("ready", "sealed"):
        pair(everybody[state], person(f"{state} partner".title()))
    answering.seal(everybody["sealed"].seat, deck)
    _open(everybody[OPEN], person("Other"))
    return everybody


def _open(one: Person, other: Person) -> None:
    """A couple that has opened twice, with everything on it that can be there."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, other)
    for who, stances in ((one, list(Stance)), (other, [*list(Stance)[2:], *list(Stance)[:2]])):
        for at, behaviour in enumerate(deck.behaviours[:-2]):
            write(
                who,
                behaviour,
                stances[at % 4],
                mine=stances[at // 4 % 4],
                note="I would like to know." if at % 3 == 0 else "",
                self_note="For me.",
                weight=list(Weight)[at % 3],
                conditions=(Condition.TOLD_FIRST, Condition.NOT_LATE),
            )
        skip(who, deck.behaviours[-1])
    for _ in range(2):
        for who in (one, other):
            answering.seal(who.seat, deck)
        answering.begin_again(one.seat, deck)
        answering.begin_again(other.seat, deck)
        write(one, deck.behaviours[0], Stance.UNACCEPTABLE)
    for who in (one, other):
        answering.seal(who.seat, deck)
        asking.opt_in(who.seat)
    put_forward(one, other, "Playing online games with strangers")
    put_forward(other, one, "Reading each other's phone", accepted=False)
    put_forward(one, other, "Going out alone", accepted=False)


def pages(state: str, who: Person | None) -> Iterator[str]:
    """The addresses of all pages that this person can look at, and that say something of theirs."""
    client = who.client if who else Client()
    paths = [route.path for route in routes.every() if route.name != routes.LEAVE]
    if state not in (NOBODY, OPEN):
        paths = list(SHOWING)
    for path in paths:
        answer = client.get(path)
        if answer.status_code == HTTPStatus.OK and "html" in answer["Content-Type"]:
            yield path
    yield from MORE.get(state, ())
