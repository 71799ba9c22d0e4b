"""A tap on a group of feelings chooses it, and a finer word refines it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from boundaries.content.catalogue import Deck
from boundaries.talks import reading
from boundaries.vocabulary import FEELINGS, Feeling, Step
from tests.conftest import Person, opened_together, talk, talked_up_to
from tests.support.routes import TALK

PAGE = f"/talks/{TALK}/"


@pytest.fixture(autouse=True)
def speaking(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)


def pick(who: Person, *feelings: str) -> Any:
    look = reading.talk(who.seat, TALK).version
    sent: Any = {"purpose": "speak-1-1", "part": "when", "feelings": feelings, "look": look}
    return who.client.post(f"{PAGE}draft/", sent)


def sentence_of(who: Person) -> str:
    page = who.client.get(f"{PAGE}?part=sentence").text
    found = re.search(r'<textarea[^>]* name="words"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def boxes(page: str) -> dict[str, bool]:
    """Every feeling that can be chosen, and whether it is ticked."""
    found = re.findall(r'name="feelings"\s+value="([\w-]+)"\s+(checked)?', page)
    assert len(found) == len(dict(found))
    return {value: bool(ticked) for value, ticked in found}


def ticked(who: Person) -> list[str]:
    page = who.client.get(f"{PAGE}?part=when").text
    return [value for value, is_ticked in boxes(page).items() if is_ticked]


def test_every_feeling_can_be_chosen_once(alice: Person) -> None:
    assert [*boxes(alice.client.get(PAGE).text)] == Feeling.values


@pytest.mark.parametrize("general", FEELINGS)
def test_a_group_counts_as_its_general_feeling(alice: Person, general: Feeling) -> None:
    pick(alice, general)

    assert ticked(alice) == [general]
    assert sentence_of(alice) == f"I feel {general.label}."


def test_good_feelings_are_in_sight_beside_the_hard_ones(alice: Person) -> None:
    page = re.sub(
        r'<div class="finer".*?</div>\s*</div>', "", alice.client.get(PAGE).text, flags=re.S
    )

    assert [*boxes(page)][-3:] == ["safe", "close", "good"]
    pick(alice, "safe", "close", "proud")
    assert ticked(alice) == [
        "safe",
        "close",
        "good",
        "proud",
    ]  # the first two stand beside each other
    assert sentence_of(alice) == "I feel at ease, connected and proud."


def test_a_finer_word_takes_the_place_of_its_group(alice: Person) -> None:
    pick(alice, "hurt", "lonely", "angry")

    assert ticked(alice) == ["hurt", "lonely", "angry"]  # the group of a chosen word stays open
    assert sentence_of(alice) == "I feel lonely and angry."


def test_a_group_beside_three_of_its_words_is_not_one_too_many(alice: Person) -> None:
    three = pick(alice, "hurt", "sad", "let-down", "lonely")
    assert sentence_of(alice) == "I feel sad, let down and lonely."
    four = pick(alice, "sad", "let-down", "lonely", "angry")

    assert three.status_code == 302
    assert four.status_code == 400
    assert "Please choose three at the most." in four.text
    assert [value for value, on in boxes(four.text).items() if on] == [
        "hurt",
        "sad",
        "let-down",
        "lonely",
        "angry",
    ]
