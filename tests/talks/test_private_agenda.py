"""What somebody marked as going on, or keeps words for: offered to them, and shown to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.talks import early_drafts, overview
from boundaries.talks.private_agenda import on_my_mind
from boundaries.vocabulary import Aside, Stance
from tests.conftest import Person, opened_together, propose, row_of, talk

pytestmark = pytest.mark.django_db


def answer_and_seal(
    who: Person, deck: Deck, stance: Stance, *, live: set[str], **more: Any
) -> None:
    for behaviour in deck.behaviours[:4]:
        answers.answer(
            who.seat,
            behaviour,
            version=row_of(who, behaviour).version,
            aside=Aside(live=behaviour.id in live),
            partners=stance,
            mine=stance,
            **more,
        )
    answers.seal(who.seat, deck)


@pytest.fixture
def marked(alice: Person, bob: Person, deck: Deck) -> str:
    """Alice has marked one behaviour, and both have opened the deck."""
    behaviour = deck.behaviours[1].id
    answer_and_seal(alice, deck, Stance.ACCEPTABLE, live={behaviour})
    answer_and_seal(bob, deck, Stance.UNACCEPTABLE, live=set())
    return behaviour


def ids(who: Person) -> list[str]:
    return [item.behaviour.id for item in on_my_mind(who.seat, overview.progress(who.seat))]


def test_a_mark_offers_a_talk_to_whoever_made_it_alone(
    alice: Person, bob: Person, marked: str
) -> None:
    assert (ids(alice), ids(bob)) == ([marked], [])
    page = alice.client.get("/talks/").text
    assert "On your mind" in page
    assert f'href="/talks/about/{marked}/"' in page.partition("On your mind")[2]
    assert "On your mind" not in bob.client.get("/talks/").text


def test_the_partner_sees_an_ordinary_offer(alice: Person, bob: Person, marked: str) -> None:
    talk(alice, marked)
    shown = bob.client.get("/talks/").text

    assert ("would like to talk with you" in shown, "mind" in shown) == (True, False)
    assert ids(alice) == []  # it is on the agenda of both now


def test_nothing_is_offered_before_the_deck_is_open(alice: Person, bob: Person, deck: Deck) -> None:
    answer_and_seal(alice, deck, Stance.ACCEPTABLE, live={deck.behaviours[0].id})

    assert ids(alice) == []


def test_nothing_is_offered_to_somebody_alone(charlie: Person) -> None:
    assert ids(charlie) == []


def test_what_is_kept_private_is_not_offered(alice: Person, bob: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0].id
    answer_and_seal(alice, deck, Stance.ACCEPTABLE, live={behaviour}, private=True)
    answer_and_seal(bob, deck, Stance.UNACCEPTABLE, live=set())

    assert ids(alice) == []


def test_what_is_agreed_is_not_offered(alice: Person, bob: Person, marked: str) -> None:
    agreements.assent(alice.seat, [propose(bob, marked)])

    assert ids(alice) == []


def test_an_early_draft_stands_on_the_agenda_of_its_writer(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    early_drafts.keep(alice.seat, "a1", "Zq hers.")

    assert "Zq hers." in alice.client.get("/talks/").text
    assert "Zq hers." not in bob.client.get("/talks/").text
    alice.client.post("/talks/about/a1/drop/")
    assert "Zq hers." not in alice.client.get("/talks/").text
