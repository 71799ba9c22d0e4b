"""Comparing two people's answers crosswise."""

from __future__ import annotations

import itertools
import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from boundaries.answers import rules as answers
from boundaries.comparison.rules import (
    Compared,
    ComparedLine,
    Comparison,
    NotOpen,
    Remark,
    compare,
    grade,
)
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.sealing.models import Envelope
from boundaries.vocabulary import Grade, Stance
from tests.conftest import Person, fill_in, skip, write

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE

# The whole table, as the product promises it.
GRADES = {
    (A, A): Grade.COMMON,
    (N, N): Grade.COMMON,
    (C, C): Grade.DETAILS,
    (A, C): Grade.CLOSE,
    (C, N): Grade.CLOSE,
    (A, N): Grade.DIFFERENCE,
    (U, A): Grade.FORMING,
    (U, C): Grade.FORMING,
    (U, N): Grade.FORMING,
    (U, U): Grade.FORMING,
}


@pytest.mark.parametrize(("one", "other"), list(itertools.product(Stance, Stance)))
def test_two_stances_are_graded_as_promised_in_either_order(one: Stance, other: Stance) -> None:
    expected = GRADES.get((one, other)) or GRADES[(other, one)]

    assert grade(one, other) == expected


def opened(alice: Person, bob: Person, deck: Deck) -> Comparison:
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    return compare(alice.seat, deck)


def of(comparison: Comparison, behaviour: Behaviour) -> Compared:
    return next(
        compared
        for group in comparison.groups
        for compared in group.compared
        if compared.behaviour == behaviour
    )


def test_lines_are_crosswise(alice: Person, bob: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, N, mine=A)  # Bob doing it: not; herself: fine
    write(bob, behaviour, A, mine=C)  # Alice doing it: fine; himself: with conditions

    compared = of(opened(alice, bob, deck), behaviour)

    assert compared.lines == (
        ComparedLine(doer="Alice", left=A, right=A, grade=Grade.COMMON),
        ComparedLine(doer="Bob", left=N, right=C, grade=Grade.CLOSE),
    )
    assert compared.grade == Grade.CLOSE
    assert not compared.whoever_does_it


def test_both_read_the_same_comparison(alice: Person, bob: Person, deck: Deck) -> None:
    fill_in(alice, deck, C, note="hers")
    fill_in(bob, deck, N, note="his")

    assert opened(alice, bob, deck) == compare(bob.seat, deck)


@pytest.mark.parametrize("sealed", [[], ["alice"], ["bob"]])
def test_fewer_than_two_seals_open_nothing_to_either(
    alice: Person, bob: Person, deck: Deck, sealed: list[str]
) -> None:
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    for name in sealed:
        answers.seal({"alice": alice, "bob": bob}[name].seat, deck)

    for who in (alice, bob):
        with pytest.raises(NotOpen):
            compare(who.seat, deck)
        assert who.client.get("/decks/essentials/comparison/").status_code == 404


def test_nothing_opens_to_strangers(
    alice: Person, bob: Person, charlie: Person, dana: Person, deck: Deck
) -> None:
    opened(alice, bob, deck)

    for who in (charlie, dana):
        with pytest.raises(NotOpen):
            compare(who.seat, deck)


def test_private_skipped_and_not_answered_look_the_same_on_the_page(
    alice: Person, bob: Person, deck: Deck
) -> None:
    private, skipped, left_out, *_ = deck.behaviours
    for behaviour in (private, skipped, left_out):
        write(alice, behaviour, A, note="hers")
    write(bob, private, N, private=True, note="kept back")
    write(bob, skipped, N, note="kept back")
    skip(bob, skipped)

    comparison = opened(alice, bob, deck)

    for behaviour in (private, skipped, left_out):
        assert of(comparison, behaviour) == Compared(behaviour=behaviour, grade=Grade.NOT_SHARED)
    assert "kept back" not in alice.client.get("/decks/essentials/comparison/").text


def test_what_one_keeps_private_hides_the_others_note_too(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A, private=True)
    write(bob, behaviour, N, note="his")

    assert of(opened(alice, bob, deck), behaviour).remarks == ()


def test_notes_open_with_the_answer_and_notes_to_self_never(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A, note="for you", self_note="to myself")
    write(bob, behaviour, A)

    assert of(opened(alice, bob, deck), behaviour).remarks == (
        Remark(first_name="Alice", text="for you"),
    )
    for who in (alice, bob):
        text = who.client.get("/decks/essentials/comparison/").text
        assert "for you" in text
        assert "to myself" not in text


def test_common_ground_comes_first_and_groups_keep_their_order(
    alice: Person, bob: Person, deck: Deck
) -> None:
    pairs = [(A, N), (U, A), (C, C), (A, C), (N, N)]
    for behaviour, (one, other) in zip(deck.behaviours, pairs, strict=False):
        write(alice, behaviour, one)
        write(bob, behaviour, other)

    comparison = opened(alice, bob, deck)

    assert [group.grade for group in comparison.groups] == list(Grade)
    page = alice.client.get("/decks/essentials/comparison/").text
    places = [page.index(f'<h2 id="{grade}">') for grade in Grade]
    assert places == sorted(places)


def test_what_was_opened_stays_as_it_was(alice: Person, bob: Person, deck: Deck) -> None:
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    before = opened(alice, bob, deck)

    with pytest.raises(answers.AlreadySealed):
        write(bob, deck.behaviours[0], N)

    assert compare(alice.seat, deck) == before


@pytest.mark.read_committed("count what one try does")
@pytest.mark.parametrize("answered", [1, 3, 24])
def test_the_comparison_always_needs_the_same_number_of_queries(
    alice: Person, bob: Person, deck: Deck, answered: int
) -> None:
    for behaviour in deck.behaviours[:answered]:
        write(alice, behaviour, A)
        write(bob, behaviour, N)
    opened(alice, bob, deck)
    alice.client.get("/home/")

    with CaptureQueriesContext(connection) as queries:
        alice.client.get("/decks/essentials/comparison/")

    assert len(queries) == 5


def test_the_screen_before_it_is_there_for_both_once_both_have_sealed(
    alice: Person, bob: Person, deck: Deck
) -> None:
    path = "/decks/essentials/opened/"
    assert alice.client.get(path).status_code == 404
    answers.seal(alice.seat, deck)
    assert [who.client.get(path).status_code for who in (alice, bob)] == [404, 404]

    answers.seal(bob.seat, deck)

    hers, his = (
        re.search("<main.*</main>", who.client.get(path).text, re.DOTALL) for who in (alice, bob)
    )
    assert hers
    assert his
    assert "You’re both ready" in hers[0]
    assert 'href="/decks/essentials/comparison/"' in hers[0]
    assert hers[0] == his[0]


@pytest.mark.read_committed("count what one try does")
def test_no_number_of_queries_reveals_a_partners_seal_on_a_deck_added_later(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """Its first envelope is created by the first seal, so an envelope shows that there is one."""
    Envelope.objects.all().delete()

    def queries(path: str) -> int:
        alice.client.get("/home/")
        with CaptureQueriesContext(connection) as counted:
            alice.client.get(path)
        return len(counted)

    pages = ("/decks/essentials/opened/", "/decks/essentials/comparison/", "/seen/")
    before = list(map(queries, pages))
    answers.seal(bob.seat, deck)

    assert list(map(queries, pages)) == before


@pytest.mark.read_committed("count what one try does")
def test_no_number_of_queries_reveals_a_seal_that_the_partner_took_back(
    alice: Person, bob: Person, deck: Deck
) -> None:
    Envelope.objects.all().delete()

    def statements() -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as counted:
            answers.seal(alice.seat, deck)
            transaction.set_rollback(True)
        return len(counted)

    before = statements()
    answers.seal(bob.seat, deck)
    answers.break_seal(bob.seat, deck)

    assert statements() == before


def test_the_page_says_in_words_what_the_picture_shows(
    alice: Person, bob: Person, deck: Deck
) -> None:
    first, second, third, *_ = deck.behaviours
    write(alice, first, C)
    write(bob, first, A)
    write(alice, second, N)
    write(bob, second, N)
    write(alice, third, U, mine=A)
    write(bob, third, A)
    opened(alice, bob, deck)

    page = bob.client.get("/decks/essentials/comparison/").text
    text = " ".join(re.sub("<[^>]+>", "", page).split())

    assert "Whoever does it: Alice says fine, if …, Bob says fine." in text
    assert "Whoever does it: you both say not OK." in text
    assert "When Alice does it: you both say fine." in text
    assert "When Bob does it: Alice says not sure yet, Bob says fine. Not sure yet." in text
