"""The invented couple: the usual pages and the usual comparison, with nothing stored."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from boundaries.agreements.history import AgreementStatus
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.demo import couple
from boundaries.vocabulary import Grade, Side
from tests.conftest import Person, fill_in

PAGES = [
    "/demo/",
    "/demo/sheet/",
    "/demo/comparison/",
    "/demo/talk/",
    "/demo/talk/?part=sentence",
    "/demo/talk/closed/",
    "/demo/understandings/",
    "/demo/understandings/one/",
]


@pytest.mark.parametrize("path", PAGES)
def test_the_example_needs_no_account_and_no_database(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 200
    assert "invented" in page.text
    assert not page.cookies


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.django_db
def test_somebody_signed_in_sees_the_same_and_nothing_of_their_own(
    alice: Person, bob: Person, path: str
) -> None:
    fill_in(alice, catalogue.deck(catalogue.ESSENTIALS), couple.A, note="hers alone")

    page = alice.client.get(path).text

    assert "Asha" in page
    assert "hers alone" not in page
    assert "Bob" not in page


LANGUAGES = re.compile(r'<form class="languages".*?</form>', re.S)


def test_nothing_on_the_pages_can_be_sent(client: Client) -> None:
    for path in PAGES:
        page = LANGUAGES.sub("", client.get(path).text)  # the one form, at the foot of every page
        assert 'method="post"' not in page
        assert "hx-" not in page
        assert "saving.js" not in page


def test_the_example_shows_every_grade_and_three_suggestions() -> None:
    comparison = couple.comparison()

    assert [group.grade for group in comparison.groups] == list(Grade)
    assert len(comparison.talks) == 3
    assert {compared.behaviour.id for compared in comparison.compared} == {
        behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours
    }


@pytest.mark.django_db
def test_the_example_is_what_two_people_with_these_answers_would_see(
    alice: Person, bob: Person, client: Client
) -> None:
    deck = catalogue.deck(catalogue.ESSENTIALS)
    for who, side in ((alice, Side.LEFT), (bob, Side.RIGHT)):
        for behaviour in deck.behaviours:
            if answer := couple.answers_of(side).get(behaviour.id):
                answers.answer(
                    who.seat,
                    behaviour,
                    version=sheets.UNTOUCHED,
                    mine=answer.mine,
                    partners=answer.partners,
                    note=answer.note,
                    weight=answer.weight,
                    conditions=answer.conditions,
                )
        answers.seal(who.seat, deck)

    theirs = alice.client.get("/decks/essentials/comparison/").text
    ways_on = re.compile(r'<p class="links ways-on">.*?</p>', re.DOTALL)
    theirs = ways_on.sub("", theirs)  # Asha and Ravi open no talks

    line = re.compile(r'<li id="\w+">.*?</(?:details|p)>\s*</li>', re.DOTALL)
    shown = line.findall(client.get("/demo/comparison/").text)
    assert len(shown) == len(deck.behaviours)
    renamed = [words.replace("Asha", "Alice").replace("Ravi", "Bob") for words in shown]
    assert [words.split() for words in renamed] == [words.split() for words in line.findall(theirs)]


def test_the_filters_are_links(client: Client) -> None:
    part = client.get("/demo/comparison/", {"show": "close"}).text

    assert part.count('<h2 id="close">') == 1
    assert '<h2 id="common">' not in part
    assert client.get("/demo/comparison/", {"show": "nothing"}).status_code == 404


def test_the_understandings_show_every_standing_and_a_history(client: Client) -> None:
    agreement = couple.agreement()
    ids = [entry.behaviour for entry in agreement.entries]

    assert {entry.status for entry in agreement.entries} == set(AgreementStatus) - {
        AgreementStatus.LET_GO
    }
    assert ids == sorted(ids)
    assert [entry.behaviour for entry in agreement.waiting] == ["b1"]
    changed = client.get("/demo/understandings/one/").text
    assert "<ins>" in changed
    assert "talk" in changed
