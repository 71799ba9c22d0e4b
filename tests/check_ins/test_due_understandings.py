"""One understanding that is due: still good in two taps, or a talk on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.check_ins import rules as check_ins
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.privacy_notice.visibility import visible
from boundaries.vocabulary import Outcome
from tests.check_ins.test_pages import seal, text
from tests.conftest import Person, opened_together, propose

BEFORE, DUE_ON = datetime(2026, 3, 10, 12, tzinfo=UTC), date(2026, 4, 1)
AFTER = datetime(2026, 4, 2, 12, tzinfo=UTC)


@pytest.fixture
def version(couple: tuple[Person, Person], deck: Deck) -> Any:
    """The words that they wanted to look at again on the first of April; it is the second."""
    alice, bob = couple
    with time_machine.travel(BEFORE, tick=False):
        opened_together(alice, bob, deck)
        line = ProposalLine(doer=BOTH, outcome=Outcome.FINE, on=DUE_ON)
        words = put_into_words(
            catalogue.every()["a1"].text, [line], history.agreement(alice.seat).names
        )
        agreements.assent(bob.seat, [propose(alice, "a1", words)])
        assert check_ins.due_understanding(alice.seat, []) is None
    with time_machine.travel(AFTER, tick=False):
        for who in couple:
            who.client.force_login(who.user)
        yield history.entry(alice.seat, "a1").newest.id


def replied(who: Person, version: Any, still: str) -> str:
    return str(seal(who, {"understanding": str(version), "still": still})["Location"])


def due(who: Person) -> Any:
    return check_ins.due_understanding(who.seat, check_ins.all_finished(who.seat))


def test_it_is_asked_about_until_both_find_it_still_good(
    couple: tuple[Person, Person], version: Any
) -> None:
    alice, bob = couple
    assert "You wanted to look at this again" in text(bob, "/check-ins/now/")

    replied(alice, version, "still-good")
    assert due(bob)
    opened = replied(bob, version, "still-good")

    for who in couple:
        assert text(who, opened).count("Still good") == 2
        assert "Pick the next day to look at it" in text(who, opened)
        assert due(who) is None
        assert "You wanted to look at this again" not in text(who, "/check-ins/now/")


def test_whoever_wants_a_talk_is_led_to_it_and_both_are_once_it_opens(
    couple: tuple[Person, Person], version: Any
) -> None:
    alice, bob = couple
    assert replied(alice, version, "talk") == "/check-ins/"
    assert "/talks/about/a1/" in text(alice, "/check-ins/")
    assert "/talks/about/a1/" not in text(bob, "/check-ins/")

    opened = replied(bob, version, "still-good")

    for who in couple:
        assert "/talks/about/a1/" in text(who, opened)
        assert due(who)


def test_an_understanding_that_was_opened_again_is_not_asked_about(
    couple: tuple[Person, Person], version: Any
) -> None:
    alice, bob = couple
    replied(alice, version, "talk")
    agreements.withdraw(bob.seat, "a1", history.entry(bob.seat, "a1").newest.digest)

    assert due(alice) is None
    assert "/talks/about/a1/" not in text(alice, "/check-ins/")


def test_somebody_elses_understanding_says_nothing(
    couple: tuple[Person, Person], version: Any
) -> None:
    alice, bob = couple
    unknown = "00000000-0000-4000-8000-000000000007"
    replied(alice, unknown, "talk")
    opened = replied(bob, unknown, "talk")

    assert "Talk about that understanding" not in text(alice, opened)


def test_what_the_partner_sees_is_ones_own_half_of_what_is_open(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    seal(alice, {"plan": "zq-hers", "closeness": "close"})
    assert visible(alice.seat).check_ins == ()
    seal(bob, {"plan": "zq-his"})
    seal(alice, {"plan": "zq-next"})

    page = text(alice, "/seen/")

    assert "zq-hers" in page
    assert "Close" in page
    assert "zq-his" not in page
    assert "zq-next" not in page
