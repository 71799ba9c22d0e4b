"""What one would mean by it and how it would land, beside each other before an outcome."""

from __future__ import annotations

import pytest

from boundaries.content.catalogue import Deck
from boundaries.talks import reading
from boundaries.vocabulary import Mode, Move, Step
from tests.conftest import Person, do, opened_together, talk, talked_up_to
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

PAGE = f"/talks/{TALK}/"
HERS = {"keep": "", "give": "", "intend": "Zq kind.", "land": "Zq far off."}
HIS = {"keep": "Rest.", "give": "", "intend": "Zr fun.", "land": ""}


@pytest.fixture(autouse=True)
def _up_to_it(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.FLEX, alice, bob)


def send(who: Person, **words: str) -> int:
    look = reading.talk(who.seat, TALK).version
    sent = {"look": look, "purpose": "flex-2-1", **words}
    return int(who.client.post(f"{PAGE}turn/flex/", sent).status_code)


def test_both_read_it_side_by_side_before_an_outcome(alice: Person, bob: Person) -> None:
    assert send(alice, intend="Zq kind.", land="Zq far off.") == 302
    assert "Zq " not in bob.client.get(PAGE).text
    assert send(bob, keep="Rest.", intend="Zr fun.") == 302

    for who in (alice, bob):
        assert reading.talk(who.seat, TALK).step == Step.OUTCOME
        page = who.client.get(PAGE).text
        for words in (
            "What I’d mean by it",
            "Zq kind.",
            "How it would land with me",
            "Zq far off.",
            "Zr fun.",
        ):
            assert words in page


def test_it_is_folded_until_there_is_something_in_it(alice: Person) -> None:
    fold = '<details class="fold"{}>\n  <summary>Say how you’d mean it'
    assert fold.format("") in alice.client.get(PAGE).text

    alice.client.post(f"{PAGE}draft/", {"purpose": "flex-2-1", "land": "Zq far off."})

    assert fold.format(" open") in alice.client.get(PAGE).text


def test_nothing_at_all_is_refused_and_kept_open(alice: Person) -> None:
    assert send(alice) == 400


def test_turns_from_before_still_read(alice: Person, bob: Person) -> None:
    do(alice, Move.FLEX, {"keep": "Being told.", "give": ""})
    do(bob, Move.FLEX, {"keep": "", "give": "", "left_out": True})

    page = bob.client.get(PAGE).text
    assert "Being told." in page
    assert "What I’d mean by it" not in page


def test_it_can_be_read_again_later(alice: Person, bob: Person) -> None:
    do(alice, Move.FLEX, HERS)
    do(bob, Move.FLEX, HIS)
    do(alice, Move.STOP)

    page = alice.client.get(PAGE).text
    assert "What I’d mean by it: Zq kind." in page
    assert "How it would land with me: Zq far off." in page


def test_on_one_screen_it_takes_no_screen_more(alice: Person, bob: Person) -> None:
    alice.client.post(f"{PAGE}switch/", {"mode": Mode.TOGETHER})

    page = alice.client.get(f"{PAGE}?with=left").text

    assert 'name="intend"' in page
    assert 'name="keep"' in page
