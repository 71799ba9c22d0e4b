"""A talk begins with something the two agree on, and the page says what they agree on."""

from __future__ import annotations

import re

import pytest

from boundaries.answers import rules as answers
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.vocabulary import Mode, Stance
from tests.conftest import Person, talk, write
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

FINE, NOT_OK = Stance.ACCEPTABLE, Stance.UNACCEPTABLE


def warm_words(alice: Person, bob: Person, deck: Deck, both_say: dict[Behaviour, Stance]) -> str:
    """What a talk about the first behaviour begins with, after both have said this of others."""
    write(alice, deck.behaviours[0], FINE)
    write(bob, deck.behaviours[0], NOT_OK)
    for behaviour, stance in both_say.items():
        for who in (alice, bob):
            write(who, behaviour, stance)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    talk(alice, deck.behaviours[0].id, mode=Mode.TOGETHER)
    alice.client.post(
        f"/talks/{TALK}/both/", {"look": re.findall(r'name="look" value="(\w+)"', page(alice))[0]}
    )
    return " ".join(re.sub(r"<[^>]+>", "", page(alice)).split())


def page(who: Person) -> str:
    return who.client.get(f"/talks/{TALK}/").text


def test_it_says_what_is_fine_with_both(alice: Person, bob: Person, deck: Deck) -> None:
    known = deck.behaviours[5]

    shown = warm_words(alice, bob, deck, {known: FINE})

    assert f"This is fine with both of you: {known.text}." in shown


def test_what_neither_wants_is_not_shown_as_if_they_wanted_it(
    alice: Person, bob: Person, deck: Deck
) -> None:
    known = deck.behaviours[5]

    shown = warm_words(alice, bob, deck, {known: NOT_OK})

    assert f"This is not OK with either of you: {known.text}." in shown


def test_something_fine_comes_before_something_close_that_is_not(
    alice: Person, bob: Person, deck: Deck
) -> None:
    about, close, *rest = deck.behaviours
    far = next(behaviour for behaviour in rest if behaviour.category != about.category)
    assert close.category == about.category

    shown = warm_words(alice, bob, deck, {close: NOT_OK, far: FINE})

    assert f"This is fine with both of you: {far.text}." in shown


def test_what_they_talk_about_is_not_called_agreed(alice: Person, bob: Person, deck: Deck) -> None:
    shown = warm_words(alice, bob, deck, {deck.behaviours[0]: FINE})

    assert "You already agree" not in shown


def test_without_common_ground_it_says_nothing_of_it(
    alice: Person, bob: Person, deck: Deck
) -> None:
    assert "You already agree" not in warm_words(alice, bob, deck, {})
