"""What two people do at one press on a shared screen, and whose screen it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from boundaries.content.catalogue import Deck
from boundaries.talks import reading, together
from boundaries.talks import rules as talks
from boundaries.talks.models import Conversation, Turn
from boundaries.talks.rules import MovedOn
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import PROPOSED, Person, do, opened_together, talk, talked_up_to
from tests.support.routes import TALK

PAGE = f"/talks/{TALK}/"
LEFT, RIGHT = Side.LEFT, Side.RIGHT  # Alice has invited Bob


@pytest.fixture(autouse=True)
def offered(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)


def seen_by(who: Person) -> reading.Talk:
    return reading.talk(who.seat, TALK)


def press(who: Person, reply: Move | None = None) -> None:
    together.press(who.seat, TALK, reply, version=seen_by(who).version)


def post(who: Person, where: str, **data: Any) -> Any:
    return who.client.post(f"{PAGE}{where}/", {"look": seen_by(who).version, **data})


def test_a_whole_talk_with_one_press_for_what_both_do(alice: Person, bob: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)
    steps = [seen_by(alice).step]

    def after(*presses: Any) -> None:
        for act in presses:
            act()
        steps.append(seen_by(alice).step)

    after(lambda: press(alice))  # now is good, and the ground rules, for both
    after(lambda: press(alice))  # something kind, said aloud
    for side in (LEFT, RIGHT):
        after(lambda side=side: do(alice, Move.SPEAK, {"words": "x", "needs": []}, side=side))
        after(lambda: press(alice, Move.PARTLY))
        after(lambda: press(alice, Move.YES))
        after(lambda: press(alice))
    for side in (LEFT, RIGHT):
        do(alice, Move.FLEX, {"keep": "x", "give": ""}, side=side)
    after(lambda: do(alice, Move.PROPOSE, PROPOSED, side=LEFT))
    after(lambda: press(alice))

    half = [Step.REFLECT, Step.REFLECT, Step.MAKES_SENSE]
    assert steps == [
        Step.SET_UP,
        Step.WARM_START,
        Step.SPEAK,
        *half,
        Step.SPEAK,
        *half,
        Step.FLEX,
        Step.OUTCOME,
        Step.CLOSED,
    ]


def test_one_press_that_is_sent_twice_counts_once(alice: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)
    version = seen_by(alice).version
    for _ in range(2):
        together.press(alice.seat, TALK, version=version)

    assert seen_by(alice).step == Step.WARM_START
    assert len(seen_by(alice).handed) == 4


def test_a_press_on_an_outdated_page_or_on_two_screens_does_nothing(
    alice: Person, bob: Person
) -> None:
    talk(alice, mode=Mode.TOGETHER)
    old = seen_by(alice).version
    talks.switch(alice.seat, TALK, Mode.APART)

    with pytest.raises(MovedOn):
        together.press(alice.seat, TALK, version=old)
    with pytest.raises(MovedOn):
        press(alice)
    assert post(alice, "both").status_code == HTTPStatus.CONFLICT
    assert seen_by(alice).step == Step.SET_UP


@pytest.mark.parametrize("step", [Step.SPEAK, Step.FLEX, Step.OUTCOME])
def test_nobody_skips_what_is_private_or_proposes_by_a_press(
    alice: Person, bob: Person, step: Step
) -> None:
    talk(alice)
    talked_up_to(step, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    before = seen_by(alice).handed

    if step == Step.SPEAK:
        press(alice)  # both leave it out, as the button says
        assert seen_by(alice).step == Step.FLEX
        return
    with pytest.raises(MovedOn):
        press(alice)
    assert seen_by(alice).handed == before


def test_no_press_of_both_says_yes_to_words(alice: Person, bob: Person) -> None:
    assert Move.ASSENT not in {move for moves in together.PRESSED.values() for move in moves}
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    do(bob, Move.PROPOSE, PROPOSED)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    shown = alice.client.get(PAGE).text
    press(alice)

    assert f'action="{PAGE}turn/assent/"' not in shown
    assert not Turn.unscoped.filter(move=Move.ASSENT).exists()


@pytest.mark.parametrize("his_is_done", [False, True])
def test_a_press_reads_the_same_whether_or_not_the_other_has_acted_unseen(
    alice: Person, bob: Person, his_is_done: bool
) -> None:
    talk(alice)
    talked_up_to(Step.RULES, alice, bob)
    if his_is_done:
        do(bob, Move.AGREE)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    answer = post(alice, "both")

    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == PAGE
    assert seen_by(alice).step == Step.WARM_START


def test_words_written_apart_are_kept_when_the_rest_is_said_aloud(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    do(alice, Move.APPRECIATE, {"words": "You cooked."})
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert "You cooked." not in alice.client.get(PAGE).text  # both look at it
    press(alice)

    praise = seen_by(bob).latest(Move.APPRECIATE, LEFT)
    assert praise
    assert praise.content["words"] == "You cooked."


def test_what_can_be_said_aloud_can_be_written(alice: Person, bob: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)
    press(alice)

    card = alice.client.get(f"{PAGE}?part=write").text
    written = post(alice, "turn/appreciate", part="write", side="left", words="You cooked.")
    his = alice.client.get(written["Location"]).text

    assert "Hand the phone to Alice" in card
    assert written["Location"] == f"{PAGE}?with=left&part=write"
    assert "Hand the phone to Bob" in his
    assert "You cooked." not in alice.client.get(f"{PAGE}?with=right&part=write").text


def test_the_other_phone_says_on_whose_screen_they_talk(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    hers, his = alice.client.get(PAGE).text, bob.client.get(PAGE).text

    assert "Tell each other one thing you appreciate" in hers
    assert "You are talking on Alice’s screen now" in his
    assert "Tell each other one thing you appreciate" not in his
    assert f'action="{PAGE}both/"' not in his

    post(bob, "switch", mode="together")  # "Carry on together on this screen"
    assert "Tell each other one thing you appreciate" in bob.client.get(PAGE).text
    assert "You are talking on Bob’s screen now" in alice.client.get(PAGE).text


def test_the_other_phone_keeps_the_words_begun_on_it(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    post(bob, "draft", purpose="reflect-1-1", words="What I had begun.")
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert "What I had begun." in bob.client.get(PAGE).text
    assert "What I had begun." not in bob.client.get(f"{PAGE}?with=left").text
    assert "What I had begun." not in alice.client.get(PAGE).text


def test_a_talk_from_before_says_of_no_phone_that_it_is_the_other(
    alice: Person, bob: Person
) -> None:
    talk(alice, mode=Mode.TOGETHER)
    Conversation.objects.update(screen="")

    for who in (alice, bob):
        assert "screen now" not in who.client.get(PAGE).text


def test_at_the_end_the_other_finds_the_way_to_say_yes(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    do(alice, Move.PROPOSE, PROPOSED, side=LEFT)
    press(alice)

    hers, his = alice.client.get(PAGE).text, bob.client.get(PAGE).text

    assert "Bob, answer on your own phone or laptop" in hers
    assert "localhost/<wbr>understandings/<wbr></span>" in hers
    assert hers.index("Bob, answer on your own phone") < hers.index("These are your words so far")
    assert '<p class="actions">' in hers.partition("These are your words so far")[2]
    assert "foot-bar" not in hers
    assert "<svg" in hers.partition('class="qr"')[2]
    assert "answer on your own phone" not in his


def test_that_something_was_typed_on_the_other_screen_stands_in_the_record_alone(
    alice: Person, bob: Person
) -> None:
    talk(alice, mode=Mode.TOGETHER)
    press(alice)
    press(alice)
    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []}, side=LEFT)
    press(alice, Move.YES)
    press(alice)
    do(alice, Move.SPEAK, {"words": "I feel torn.", "needs": []}, side=RIGHT)

    page = alice.client.get(PAGE).text
    flow, _, record = page.partition('class="fold record"')

    assert "I feel torn." in flow
    assert "written on the other’s screen" not in flow
    assert "written on the other’s screen" in record
