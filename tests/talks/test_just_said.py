"""What the partner has just said to somebody is the first thing that their next page shows."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from boundaries.content.catalogue import Deck
from boundaries.talks import drafts, reading, together
from boundaries.talks import rules as talks
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import Person, do, opened_together, talk, talked_up_to
from tests.support.routes import TALK

PAGE = f"/talks/{TALK}/"
LEFT, RIGHT = Side.LEFT, Side.RIGHT  # Alice has invited Bob
SECTION = re.compile(r'<section class="just-said".*?</section>', re.DOTALL)


@pytest.fixture(autouse=True)
def offered(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)


def post(who: Person, where: str, **data: Any) -> Any:
    look = reading.talk(who.seat, TALK).version
    return who.client.post(f"{PAGE}{where}/", {"look": look, **data})


def shown_words(who: Person, more: str = "") -> list[str]:
    """Every line of what was just said, where the page has it: above its heading."""
    page = who.client.get(f"{PAGE}{more}").text
    found = SECTION.search(page)
    if found is None:
        return []
    if not reading.talk(who.seat, TALK).over:
        assert found.start() < page.index("<h1")
    assert "<details" not in found[0]
    lines = re.sub(r"<[^>]*>", "\n", found[0]).splitlines()
    return [unescape(line.strip()) for line in lines if line.strip()]


def is_kind(alice: Person, bob: Person) -> None:
    do(alice, Move.APPRECIATE, {"words": "You cooked."})
    do(bob, Move.APPRECIATE, {"words": "You called my mother."})


def test_kind_words_come_first_for_both_once_both_are_in(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    do(alice, Move.APPRECIATE, {"words": "You cooked."})
    before = shown_words(alice), shown_words(bob)
    do(bob, Move.APPRECIATE, {"words": "You called my mother."})

    assert before == ([], [])
    assert shown_words(alice) == ["Bob wrote:", "You called my mother."]
    assert shown_words(bob) == ["Alice wrote:", "You cooked."]
    assert shown_words(alice, "?part=matters") == []  # once is enough


def test_kind_words_wait_for_somebody_who_comes_only_when_it_is_their_turn(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    is_kind(alice, bob)
    do(alice, Move.SPEAK, {"words": "I feel lonely.", "feelings": [], "needs": []})

    assert shown_words(bob) == ["Alice wrote:", "You cooked."]
    assert shown_words(alice) == []  # she has answered
    do(bob, Move.REFLECT, {"words": "You feel lonely."})
    assert shown_words(bob) == []


def test_what_makes_sense_comes_first_for_the_one_it_is_said_to(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.MAKES_SENSE, alice, bob)
    do(bob, Move.MAKES_SENSE, {"because": "I was away a lot", "imagine": "forgotten"})

    assert shown_words(alice) == [
        "Bob wrote:",
        "It makes sense because I was away a lot.",
        "I imagine you might feel forgotten.",
    ]
    assert shown_words(bob) == []
    do(bob, Move.LATER, {"on": "2099-01-01"})
    assert shown_words(alice)[0] == "Bob wrote:"  # put off, it still comes first


def test_in_the_second_half_it_comes_before_what_both_need(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.FLEX, alice, bob)

    assert shown_words(bob) == ["Alice wrote:", "It makes sense because: It is far."]
    assert shown_words(alice) == []


def test_whoever_listens_reads_what_is_missing_at_the_crossroads(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    for _ in range(3):
        do(bob, Move.REFLECT, {"words": "I hear you."})
        do(alice, Move.NOT_YET, {"words": "The evenings."})

    assert shown_words(bob) == ["Alice says something is still missing:", "The evenings."]


def test_whoever_listened_reads_first_that_they_were_understood(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.CONFIRM, alice, bob)
    before = shown_words(bob)
    do(alice, Move.YES)

    assert before == []
    assert shown_words(bob) == ["Alice says:", "Yes, that’s it."]
    assert shown_words(alice) == []
    do(bob, Move.LATER, {"on": "2099-01-01"})
    for who in (bob, alice):
        do(who, Move.READY)
    assert shown_words(bob) == ["Alice says:", "Yes, that’s it."]
    do(bob, Move.MAKES_SENSE, {"because": "", "imagine": "tired"})
    assert shown_words(bob) == []


def test_on_one_phone_a_yes_that_both_heard_is_not_read_once_more(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.CONFIRM, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    post(alice, "both", reply="yes")

    assert reading.talk(alice.seat, TALK).step == Step.MAKES_SENSE
    assert shown_words(alice) == []


@pytest.mark.parametrize("move", ["partly", "not-yet"])
@pytest.mark.parametrize("shared", [False, True], ids=["apart", "on one phone"])
def test_what_is_missing_is_asked_for_unless_it_can_be_said_aloud(
    alice: Person, bob: Person, move: str, shared: bool
) -> None:
    talk(alice)
    talked_up_to(Step.CONFIRM, alice, bob)
    if shared:
        talks.switch(alice.seat, TALK, Mode.TOGETHER)

    answer = post(alice, f"turn/{move}", purpose="partly-1-1", words=" ", side="left", part="write")

    if shared:
        assert answer.status_code == 302
        return
    asked = answer.text.partition('id="words-words-hint"')[2].partition("</p>")[0]
    assert answer.status_code == 400
    assert "Please say in a line what is still missing." in asked
    assert reading.talk(bob.seat, TALK).step == Step.CONFIRM
    assert post(alice, f"turn/{move}", purpose="partly-1-1", words="The rest.").status_code == 302


def test_whoever_says_it_back_once_more_begins_with_their_first_words(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    blank = bob.client.get(PAGE).text
    do(bob, Move.REFLECT, {"words": "You feel alone."})
    do(alice, Move.PARTLY, {"words": "The evenings."})

    def box(page: str) -> str:
        return page.partition('id="words-words"')[2].partition(">")[2].partition("</")[0].strip()

    assert box(blank) == ""
    assert box(bob.client.get(PAGE).text) == "You feel alone."
    assert drafts.written(bob.seat, reading.talk(bob.seat, TALK), RIGHT) == {}
    post(bob, "draft", purpose="reflect-1-2", words="You feel alone in the evenings.")
    assert box(bob.client.get(PAGE).text) == "You feel alone in the evenings."


@pytest.mark.parametrize("missing", ["The evenings.", ""])
def test_what_is_missing_stands_above_the_statement(
    alice: Person, bob: Person, missing: str
) -> None:
    talk(alice)
    talked_up_to(Step.CONFIRM, alice, bob)
    do(alice, Move.PARTLY, {"words": missing})

    page = bob.client.get(PAGE).text.partition("<h1>")[2]

    told = missing or "Ask Alice what it is, and add it to your words."
    assert page.index(told) < page.index("I feel lonely.")
    assert "Nothing more was written" not in page


def test_a_proposal_stands_above_what_both_need(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    post(alice, "turn/propose", purpose="propose-2-1", alike="yes", outcome_both="differ")

    page = bob.client.get(PAGE).text

    assert page.index("We see it differently") < page.index("Being told.")


def test_closing_words_are_on_top_of_the_end_and_the_record_is_folded(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.CLOSE, alice, bob)
    do(alice, Move.CLOSE, {"well": "You stayed.", "next": "tea"})
    before = shown_words(bob)
    do(bob, Move.CLOSE, {"well": "You said it kindly.", "next": ""})

    assert before == []
    assert shown_words(bob) == ["Alice wrote:", "You stayed.", "Something nice to do now: tea."]
    assert shown_words(alice) == ["Bob wrote:", "You said it kindly."]
    page = alice.client.get(PAGE).text
    assert page.index("You said it kindly.") < page.index("Everything said so far")
    assert '<details class="fold record">' in page


def test_on_one_phone_both_hear_what_was_written_before_one_goes_on_alone(
    alice: Person, bob: Person
) -> None:
    talk(alice, mode=Mode.TOGETHER)
    talks.switch(alice.seat, TALK, Mode.APART)
    talked_up_to(Step.WARM_START, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    for side, words in ((LEFT, "You cooked."), (RIGHT, "You called my mother.")):
        sent = {"part": "write", "purpose": "appreciate-1-1", "side": side, "words": words}
        answer = post(alice, "turn/appreciate", **sent)
        if side == LEFT:
            assert shown_words(alice) == []

    assert answer["Location"] == PAGE
    assert shown_words(alice) == [
        "Alice wrote:",
        "You cooked.",
        "Bob wrote:",
        "You called my mother.",
        "Read it out loud, to each other.",
    ]
    assert "Hand the phone to" in alice.client.get(PAGE).text
    assert shown_words(alice, "?with=left") == []
    assert shown_words(bob) == []  # they talk on her screen


def test_on_one_phone_both_hear_what_makes_sense(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.MAKES_SENSE, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    sent = {"part": "write", "purpose": "makes-sense-1-1", "side": RIGHT, "because": "it was late"}
    answer = post(alice, "turn/makes-sense", **sent)

    assert answer["Location"] == PAGE
    assert shown_words(alice)[:2] == ["Bob wrote:", "It makes sense because it was late."]
    do(alice, Move.SPEAK, {"words": "I feel torn.", "needs": []}, side=RIGHT)
    assert shown_words(alice) == []  # it was heard


def test_words_said_aloud_are_not_shown_as_written(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    post(alice, "both")

    assert reading.talk(alice.seat, TALK).step == Step.SPEAK
    assert shown_words(alice) == []


def test_an_unseen_choice_on_a_shared_screen_changes_nothing(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    is_kind(alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    before = shown_words(alice)
    talks.switch(alice.seat, TALK, Mode.APART)
    do(alice, Move.LEAVE_OUT)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert len(before) == 5
    assert shown_words(alice) == before


@pytest.mark.parametrize(
    ("step", "move", "purpose", "field"),
    [
        (Step.WARM_START, "appreciate", "appreciate-1-1", "words"),
        (Step.MAKES_SENSE, "makes-sense", "makes-sense-1-1", "because"),
    ],
)
def test_an_empty_box_is_asked_about_and_can_be_left_out(
    alice: Person, bob: Person, step: Step, move: str, purpose: str, field: str
) -> None:
    talk(alice)
    talked_up_to(step, alice, bob)
    empty = post(bob, f"turn/{move}", purpose=purpose, **{field: " "})
    asked = empty.text.partition(f'id="words-{field}-hint"')[2].partition("</p>")[0]

    assert empty.status_code == 400
    assert "or leave this out." in asked
    assert 'name="leave_out"' in empty.text

    typed = {"purpose": purpose, field: "words I keep", "leave_out": "yes"}
    assert post(bob, f"turn/{move}", **typed).status_code == 302
    page = bob.client.get(PAGE).text
    assert "Waiting for Alice" in page or "What happens, how you feel" in page
    assert "words I keep" in page.partition('class="fold kept-back"')[2]
    if step == Step.WARM_START:
        do(alice, Move.APPRECIATE, {"words": "You cooked."})
    assert "words I keep" not in alice.client.get(PAGE).text
    is_told = step == Step.MAKES_SENSE  # a gift that somebody has not made is not told
    told = f"Bob went on without words at “{step.label}”."
    assert shown_words(alice) == ([told] if is_told else [])
    assert shown_words(bob) == ([] if is_told else ["Alice wrote:", "You cooked."])
    assert record(alice).count(told) == record(bob).count(told) == is_told
    assert "left this one out" not in alice.client.get(PAGE).text


def test_nobody_is_told_what_was_left_out_before_both_are_done(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    before = alice.client.get(PAGE).text

    post(bob, "turn/appreciate", purpose="appreciate-1-1", leave_out="yes")

    assert "without words" not in before + alice.client.get(PAGE).text


def test_on_one_phone_what_was_left_out_is_nothing_to_read_out(alice: Person, bob: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)
    talked_up_to(Step.WARM_START, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    for side in (LEFT, RIGHT):
        sent = {"purpose": "appreciate-1-1", "leave_out": "yes", "part": "write"}
        post(alice, "turn/appreciate", side=side.value, **sent)

    assert reading.talk(alice.seat, TALK).step == Step.SPEAK
    assert shown_words(alice) == []


def test_both_read_that_they_left_out_what_was_to_be_said(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    told = "You both chose to leave the last part out."
    do(alice, Move.LEAVE_OUT)
    assert told not in alice.client.get(PAGE).text + bob.client.get(PAGE).text

    do(bob, Move.LEAVE_OUT)

    for who in (alice, bob):
        assert told in who.client.get(PAGE).text


def record(who: Person) -> str:
    return unescape(who.client.get(PAGE).text.partition('class="fold record"')[2])


def test_the_record_lists_what_was_written_and_says_once_that_the_rest_was_said_aloud(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    assert "aloud" not in record(alice)
    do(alice, Move.SPEAK, {"words": "", "feelings": [], "needs": []}, side=LEFT)
    do(alice, Move.REFLECT, {"words": ""}, side=RIGHT)
    do(alice, Move.YES, side=LEFT)
    do(alice, Move.MAKES_SENSE, {"because": "It is far.", "imagine": ""}, side=RIGHT)

    for who in (alice, bob):
        shown = record(who)
        assert "It makes sense because: It is far." in shown
        assert "has heard" not in shown
        assert shown.count("You said the rest aloud.") == 1
        assert "Said aloud." not in shown


def test_the_record_of_a_talk_that_was_only_spoken_is_one_line(alice: Person, bob: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)
    for _ in range(2):
        version = reading.talk(alice.seat, TALK).version
        together.press(alice.seat, TALK, version=version)
    do(alice, Move.SPEAK, {"words": "", "feelings": [], "needs": []}, side=LEFT)

    for who in (alice, bob):
        assert "So far you said everything aloud." in record(who)
        assert "<ol>" not in record(who)


@pytest.mark.parametrize("shared", [False, True], ids=["apart", "on one phone"])
def test_what_one_needs_is_asked_for_or_left_out_and_then_says_so(
    alice: Person, bob: Person, shared: bool
) -> None:
    talk(alice)
    talked_up_to(Step.FLEX, alice, bob)
    if shared:
        talks.switch(alice.seat, TALK, Mode.TOGETHER)
    phone = alice if shared else bob

    def hand(who: Person, side: Side, **more: str) -> Any:
        sent = {"purpose": "flex-2-1", "keep": " ", "give": "", **more}
        return post(alice if shared else who, "turn/flex", side=side.value, **sent)

    empty = hand(alice, LEFT)
    asked = empty.text.partition('id="words-keep-hint"')[2].partition("</p>")[0]
    assert empty.status_code == 400
    assert "Please write one of these, or leave this out." in asked
    assert 'name="leave_out"' in empty.text

    assert hand(alice, LEFT, leave_out="yes").status_code == 302
    assert hand(bob, RIGHT, keep="Being told.").status_code == 302
    page = phone.client.get(PAGE).text
    beside = page.partition('<div class="beside">')[2].partition("<form")[0]
    assert reading.talk(phone.seat, TALK).step == Step.OUTCOME
    assert re.findall(r'<h2 class="name">(.*?)</h2>', beside) == ["Alice", "Bob"]
    assert beside.count("Nothing written here") == 1
    assert beside.index("Nothing written here") < beside.index("Bob")
    assert "Being told." in beside
    assert "Where I’m flexible" not in beside
    assert beside.count('<p class="words"') == 1


def test_leaving_out_keeps_the_words_that_were_saved_before(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.WARM_START, alice, bob)
    post(bob, "draft", purpose="appreciate-1-1", words="words I keep")
    seen = re.search(r'id="seen-appreciate-1-1"\s+value="(\w+)"', bob.client.get(PAGE).text)
    assert seen
    typed = {"purpose": "appreciate-1-1", "seen": seen[1], "words": "words I keep"}

    post(bob, "turn/appreciate", **typed, leave_out="yes")

    now = reading.talk(bob.seat, TALK)
    assert [*drafts.written(bob.seat, now, RIGHT)] == ["appreciate-1-1"]
    assert "words I keep" in bob.client.get(PAGE).text
    assert now.latest(Move.APPRECIATE, RIGHT)


def soon() -> str:
    return (timezone.localdate() + timedelta(days=30)).isoformat()


def test_words_that_came_too_late_are_shown_once_and_without_machine_values(
    alice: Person, bob: Person
) -> None:
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    propose = {"purpose": "propose-2-1", "alike": "yes"}
    post(alice, "turn/propose", **propose, outcome_both="fine")
    look = reading.talk(alice.seat, TALK).version
    hers = {**propose, "words_both": "the chats end by nine", "on_both": soon()}
    saved = post(alice, "draft", **hers)
    do(bob, Move.LET_STAND)

    late = {**hers, "look": look, "side": "left"}
    for more in ({}, {"outcome_both": "revisit", "well": "x" * 301}):
        answer = alice.client.post(f"{PAGE}turn/propose/", {**late, **more})
        kept = answer.text.partition('class="fold kept-back"')[2].partition("</details>")[0]
        shown = re.findall(r'<p class="words"[^>]*>(.*?)</p>', kept)

        assert saved.status_code == 302
        assert answer.status_code in (400, 409)
        own = ["the chats end by nine", "x" * 301] if more else ["the chats end by nine"]
        assert sorted(shown) == own


def test_late_words_of_an_unfinished_form_are_saved(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    propose = {"purpose": "propose-2-1", "alike": "yes"}
    post(alice, "turn/propose", **propose, outcome_both="fine")
    late = {**propose, "look": reading.talk(alice.seat, TALK).version, "words_both": "by nine"}
    do(bob, Move.LET_STAND)

    answer = alice.client.post(f"{PAGE}turn/propose/", late)  # no outcome is chosen

    assert answer.status_code == 409
    assert "Throw these away" in answer.text
    assert "by nine" in alice.client.get(PAGE).text


def test_what_another_page_saved_is_told_without_machine_values(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    propose = {"purpose": "propose-2-1", "alike": "yes", "outcome_both": "revisit"}
    post(alice, "draft", **propose, on_both=soon(), words_both="by nine")

    answer = post(alice, "draft", **propose, words_both="by ten", seen="")

    assert answer.status_code == 409
    assert re.findall(r"There it says: (.*?)</span>", answer.text) == ["by nine"]


def test_who_asks_is_said_to_the_one_who_is_asked(alice: Person, bob: Person) -> None:
    talk(alice)
    asks = "Alice would like to talk with you"

    for path in (PAGE, "/home/", "/talks/"):
        assert asks in bob.client.get(path).text, path
        assert "would like to talk with you" not in alice.client.get(path).text, path
    waiting = alice.client.get(PAGE).text
    assert "You’ve asked Bob for this talk." in waiting
    assert "You said now is good" not in waiting
    assert asks not in bob.client.get(PAGE).text.partition("</title>")[0]

    do(bob, Move.LATER, {"on": "2099-01-01"})
    assert asks in bob.client.get(PAGE).text
    assert "would like to talk with you" not in alice.client.get(PAGE).text
    do(bob, Move.READY)
    assert "You said now is good" in bob.client.get(PAGE).text
    do(alice, Move.READY)
    for path in (PAGE, "/home/", "/talks/"):
        assert asks not in bob.client.get(path).text, path


def test_nobody_is_named_as_asking_on_a_shared_screen(alice: Person, bob: Person) -> None:
    talk(alice, mode=Mode.TOGETHER)

    for who in (alice, bob):
        assert "would like to talk" not in who.client.get(PAGE).text


def test_the_list_says_by_name_whose_turn_it_is(alice: Person, bob: Person) -> None:
    talk(alice)

    assert "It’s Bob’s turn" in alice.client.get("/talks/").text
    assert "your partner’s turn" not in alice.client.get("/talks/").text
    talks.pause(alice.seat, TALK, reading.MIN_PAUSE)
    assert "It’s Bob’s turn" not in alice.client.get("/talks/").text
    assert "A pause" in alice.client.get("/talks/").text


def test_what_was_heard_has_its_beginning(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    do(bob, Move.REFLECT, {"words": "that you feel lonely"})
    page = alice.client.get(PAGE).text.partition("<h1")[2]

    assert re.search(r"What I hear is …</p>\s*<p[^>]*>that you feel lonely</p>", page)


def test_the_beginning_is_not_said_twice(alice: Person, bob: Person) -> None:
    talk(alice)
    talked_up_to(Step.CONFIRM, alice, bob)
    page = alice.client.get(PAGE).text

    assert "What I hear is that it is lonely." in page
    assert "What I hear is …" not in page
