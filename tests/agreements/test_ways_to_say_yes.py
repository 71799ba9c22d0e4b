"""Every way to say yes asks for a tick if the words are not the same for both."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.models import Assent, Version
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.talks import reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Mode, Move, Side, Stance, Step
from tests.conftest import Person, do, propose, talk, talked_up_to, write
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

UNEQUAL = {"alike": "no", "outcome_left": "not-for-us", "outcome_right": "fine"}
WORDS = "/understandings/on/a1/"

type Way = Callable[[Person, str, list[str]], Any]


def yes_on_the_page(bob: Person, digest: str, tick: list[str]) -> Any:
    return _post(bob, "/understandings/yes/", digests=digest, acknowledged=tick)


def keeping_common_ground(bob: Person, digest: str, tick: list[str]) -> Any:
    path = "/understandings/common-ground/essentials/keep/"
    return _post(bob, path, digests=digest, acknowledged=tick)


def proposing_the_same_words(bob: Person, digest: str, tick: list[str]) -> Any:
    return _post(bob, f"{WORDS}propose/", seen="1", **UNEQUAL, acknowledged=tick)


def yes_in_a_talk(bob: Person, digest: str, tick: list[str]) -> Any:
    return _turn(bob, "assent", digest=digest, acknowledged=tick)


def proposing_the_same_words_in_a_talk(bob: Person, digest: str, tick: list[str]) -> Any:
    return _turn(bob, "propose", purpose="propose-2-1", **UNEQUAL, acknowledged=tick)


def proposing_the_same_words_on_a_shared_screen(bob: Person, digest: str, tick: list[str]) -> Any:
    talks.switch(bob.seat, TALK, Mode.TOGETHER)
    side = Side.RIGHT.value
    return _turn(bob, "propose", purpose="propose-2-1", side=side, **UNEQUAL, acknowledged=tick)


ON_THE_PAGE = (yes_on_the_page, keeping_common_ground, proposing_the_same_words)
IN_A_TALK = (
    yes_in_a_talk,
    proposing_the_same_words_in_a_talk,
    proposing_the_same_words_on_a_shared_screen,
)


def _post(who: Person, path: str, **data: Any) -> Any:
    return who.client.post(path, {"together": seats.couple_token(who.seat), **data})


def _turn(who: Person, move: str, **data: Any) -> Any:
    look = reading.talk(who.seat, TALK).version
    return who.client.post(f"/talks/{TALK}/turn/{move}/", {"look": look, **data})


@pytest.fixture
def digest(alice: Person, bob: Person, deck: Deck) -> str:
    """Common ground that is not the same for both, proposed by Alice. Returns its digest."""
    write(alice, deck.behaviours[0], Stance.ACCEPTABLE, mine=Stance.UNACCEPTABLE)
    write(bob, deck.behaviours[0], Stance.UNACCEPTABLE, mine=Stance.ACCEPTABLE)
    for behaviour in deck.behaviours[1:]:
        for who in (alice, bob):
            write(who, behaviour, Stance.ACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    ground = common_ground(alice.seat, deck)
    words = next(item.words for item in ground if item.behaviour == "a1")
    return propose(alice, "a1", words)


@pytest.mark.parametrize("way", [*ON_THE_PAGE, *IN_A_TALK], ids=lambda way: way.__name__)
def test_every_way_to_say_yes_needs_the_tick(
    alice: Person, bob: Person, digest: str, way: Way
) -> None:
    if way in IN_A_TALK:
        talk(alice)
        talked_up_to(Step.OUTCOME, alice, bob)
    if way is yes_in_a_talk:
        words = history.entry(alice.seat, "a1").newest.words
        Version.objects.all().delete()
        do(alice, Move.PROPOSE, dict(words.stored))
    for tick in ([], [str(uuid.uuid4())]):
        answer = way(bob, digest, tick)
        assert 400 <= answer.status_code < 500, answer.status_code
        assert history.entry(bob.seat, "a1").current is None
        assert Version.objects.count() == Assent.objects.count() == 1
    assert digest in answer.text  # next to the tick

    assert way(bob, digest, [digest]).status_code == 302
    assert history.entry(bob.seat, "a1").newest.stands
    assert Version.objects.count() == 1


def test_words_that_differ_for_the_two_are_not_ticked_in_advance(
    alice: Person, bob: Person, digest: str, deck: Deck
) -> None:
    agreements.withdraw(alice.seat, "a1", digest)
    Version.objects.all().delete()
    path = "/understandings/common-ground/essentials/"

    page = bob.client.get(path).text
    boxes = page.split('name="digests"')[1:]
    ticked = {box.split('value="')[1][:48]: "checked" in box.split("aria-")[0] for box in boxes}
    answer = _post(bob, f"{path}keep/", digests=digest)

    assert ticked.pop(digest) is False
    assert all(ticked.values())
    assert answer.status_code == 400
    assert not Version.objects.exists()


def test_only_words_on_the_deck_can_be_kept_with_it(bob: Person, digest: str, deck: Deck) -> None:
    without = replace(deck, behaviours=deck.behaviours[1:])

    with pytest.raises(agreements.WordsChanged):
        agreements.propose_common_ground(bob.seat, without, [digest], acknowledged=[digest])

    assert Assent.objects.count() == 1


def test_a_yes_by_keeping_common_ground_sends_no_mail(
    alice: Person, bob: Person, digest: str, mailoutbox: list[Any]
) -> None:
    mailoutbox.clear()

    assert keeping_common_ground(bob, digest, [digest]).status_code == 302

    assert mailoutbox == []
