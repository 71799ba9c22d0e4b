"""The page of a sealed deck asks whether it is open. What it is told never says who is ready."""

from __future__ import annotations

from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.conftest import Person, write


def test_it_is_told_once_both_have_sealed(alice: Person, bob: Person, deck: Deck) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
    url = f"/decks/{deck.id}/sealed/"
    assert [who.client.get(url).status_code for who in (alice, bob)] == [204, 204]

    answers.seal(alice.seat, deck)
    assert [who.client.get(url).status_code for who in (alice, bob)] == [204, 204]

    answers.seal(bob.seat, deck)
    assert [who.client.get(url).status_code for who in (alice, bob)] == [200, 200]


def test_it_knows_where_to_ask_and_where_to_go(alice: Person, bob: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)
    assert bob.client.get(f"/decks/{deck.id}/sealed/").status_code == 204

    page = alice.client.get(f"/decks/{deck.id}/").text

    assert f'data-asks="/decks/{deck.id}/sealed/"' in page
    assert f'data-then="/decks/{deck.id}/opened/"' in page


def test_a_new_round_is_not_open_since_the_one_before_is(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    answers.begin_again(alice.seat, deck)

    assert alice.client.get(f"/decks/{deck.id}/sealed/").status_code == 204
    assert bob.client.get(f"/decks/{deck.id}/sealed/").status_code == 200
