"""The walls would notice: every leak that is planted here is seen by the twin worlds."""

from __future__ import annotations

import pytest

from boundaries import catalogue
from tests.privacy import leaks
from tests.privacy.test_walls import SEAL, act, say
from tests.privacy.worlds import Do, History, Watch, first_difference, live

pytestmark = pytest.mark.django_db

DECK = [behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours]
HERS = (say("alice", "a1", mine="acceptable"), Do("alice", "GET", "/decks/essentials/"))
HIS = (
    *(say("bob", each, mine="unsure", note="a note", self_note="his own") for each in DECK[:5]),
    say("bob", "a4", mine="unsure", note="a note"),
    act("bob", SEAL),
)


def before_opening() -> tuple[History, History]:
    end: History = [Watch(everything=True), HERS, (act("alice", "/answers/a4/skip/"),)]
    return [HERS, HIS, *end], [HERS, (), *end]


def after_opening(secret: Do) -> tuple[History, History]:
    hers = tuple(say("alice", each, mine="acceptable") for each in DECK)
    his = tuple(say("bob", each, mine="acceptable") for each in DECK[1:])
    opening: History = [(act("alice", SEAL), act("bob", SEAL)), Watch()]
    return [(*hers, *his), (secret,), *opening], [(*hers, *his), (), *opening]


SECRETS = [
    say("bob", "a1", mine="unacceptable", note="kept", self_note="his own", private="on"),
    act("bob", "/answers/a1/skip/"),
]


def test_at_least_twenty_leaks_are_planted() -> None:
    assert len(leaks.BEFORE_OPENING | leaks.AFTER_OPENING | leaks.IN_WORK_ALONE) >= 30


@pytest.mark.parametrize("name", leaks.BEFORE_OPENING)
def test_a_leak_before_opening_is_caught(name: str) -> None:
    one, other = before_opening()

    with leaks.BEFORE_OPENING[name]():
        assert first_difference(live(one), live(other)) != ""


@pytest.mark.parametrize("name", leaks.AFTER_OPENING)
def test_a_leak_after_opening_is_caught(name: str) -> None:
    with leaks.AFTER_OPENING[name]():
        found = [first_difference(*map(live, after_opening(secret))) for secret in SECRETS]

    assert any(found)


@pytest.mark.parametrize("name", leaks.IN_WORK_ALONE)
def test_a_leak_that_only_work_shows_is_caught_by_counting(name: str) -> None:
    hers, his = HERS, HIS[:-1]
    quiet = tuple(say("bob", each, mine="unsure") for each in [*DECK[:5], "a4"])
    histories: list[History] = [[hers, his, Watch()], [hers, quiet, Watch()]]

    with leaks.IN_WORK_ALONE[name]():
        for history in histories:  # what is computed once and kept is computed now
            live(history)
        assert first_difference(*map(live, histories)) == ""
        counted = [live(history, count_work=True) for history in histories]
        assert first_difference(*counted) != ""


def test_without_a_leak_there_is_nothing_to_catch() -> None:
    hers = HERS
    quiet = tuple(say("bob", each, mine="unsure") for each in [*DECK[:5], "a4"])
    histories: list[History] = [[hers, HIS[:-1], Watch()], [hers, quiet, Watch()]]

    assert first_difference(*map(live, before_opening())) == ""
    for secret in SECRETS:
        assert first_difference(*map(live, after_opening(secret))) == ""
    for history in histories:
        live(history)
    assert first_difference(*(live(each, count_work=True) for each in histories)) == ""
