"""The talk: in turns, with nobody's words seen before their time, and none of them lost."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.talks import drafts, overview, reading
from boundaries.talks import rules as talks
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import NoSuchTalk
from boundaries.talks.rules import MovedOn, Paused, TooSoon
from boundaries.vocabulary import Mode, Move, Need, Side, Stance, Step
from tests.conftest import PROPOSED, Person, do, opened_together, talk, talked_up_to, write
from tests.conftest import pair as paired
from tests.support.routes import TALK

LEFT, RIGHT = Side.LEFT, Side.RIGHT  # Alice has invited Bob


@pytest.fixture
def offered(alice: Person, bob: Person, deck: Deck) -> uuid.UUID:
    """Alice has offered Bob a talk, apart, in which she speaks first."""
    opened_together(alice, bob, deck)
    return talk(alice)


def seen_by(who: Person) -> reading.Talk:
    return reading.talk(who.seat, TALK)


def words(who: Person) -> list[str]:
    """All words that this person is shown of those that were handed over."""
    return [each.content["words"] for each in seen_by(who).handed if "words" in each.content]


def draft(who: Person, words: str, purpose: str = "speak-1-1", **more: Any) -> drafts.DraftWords:
    side = more.pop("side", Side(str(who.seat.side)))
    seen = more.pop("seen", None)
    if seen is None:
        kept = drafts.written(who.seat, seen_by(who), side).get(purpose)
        seen = kept.version if kept else drafts.UNWRITTEN
    content = {"words": words, **more}
    return drafts.save(who.seat, TALK, purpose, content, version=seen, side=side)


def drafted(who: Person, side: Side | None = None) -> list[str]:
    written = drafts.written(who.seat, seen_by(who), side or Side(str(who.seat.side)))
    return [each.content["words"] for each in written.values()]


# Offering one


def test_a_talk_is_offered_on_an_opened_line(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    mine, theirs = seen_by(alice), seen_by(bob)

    assert (mine.step, theirs.step) == (Step.SET_UP, Step.SET_UP)
    assert (mine.acting, theirs.acting) == (None, RIGHT)
    assert mine.wording == theirs.wording == catalogue.every()["a1"].text


@pytest.mark.parametrize("behaviour", ["a4", "j9", "nowhere"])
def test_there_is_none_on_what_is_not_open_or_not_there(
    alice: Person, bob: Person, deck: Deck, behaviour: str
) -> None:
    opened_together(alice, bob, deck)

    with pytest.raises(NoSuchTalk):
        talks.open(alice.seat, behaviour, mode=Mode.APART, begins=True)


def test_there_is_none_on_what_one_of_the_two_has_not_shared(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    not_answered = deck.behaviours[10].id

    with pytest.raises(NoSuchTalk):
        reading.subject(alice.seat, not_answered)


def test_before_two_seals_there_is_nothing_to_talk_about(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)

    with pytest.raises(NoSuchTalk):
        reading.subject(alice.seat, deck.behaviours[0].id)


def test_offering_it_twice_or_by_both_is_one_talk(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    again = [talks.open(who.seat, "a1", mode=Mode.TOGETHER, begins=True) for who in (alice, bob)]

    assert again == [offered, offered]
    assert Conversation.objects.count() == 1


def test_a_talk_that_is_over_makes_room_for_another(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    do(bob, Move.STOP)

    another = talks.open(bob.seat, "a1", mode=Mode.APART, begins=True)

    assert another != offered


def test_the_other_gets_a_mail_that_says_nothing_of_it(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    mailoutbox.clear()

    talk(alice)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]
    assert "talk" not in str(mailoutbox[0].body).lower()
    assert "Alice" not in str(mailoutbox[0].body)


def test_on_one_screen_nobody_is_mailed(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    mailoutbox.clear()

    talk(alice, mode=Mode.TOGETHER)

    assert mailoutbox == []


def test_nobody_else_has_such_a_talk(
    erin: Person, charlie: Person, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)

    for other in (erin, charlie):
        with pytest.raises(NoSuchTalk):
            reading.talk(other.seat, TALK)
    assert reading.talk(bob.seat, TALK)


def test_a_talk_goes_with_the_couple(
    offered: uuid.UUID, alice: Person, bob: Person, charlie: Person
) -> None:
    draft(bob, "his alone")
    pairing.part(alice.seat)
    paired(bob, charlie)

    assert not Conversation.objects.exists()
    assert not Turn.unscoped.exists()
    assert not Draft.unscoped.exists()
    for who in (alice, bob, charlie):
        with pytest.raises(NoSuchTalk):
            reading.talk(who.seat, offered)


# Taking turns


def test_the_whole_way_apart(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talked_up_to(Step.CLOSED, alice, bob)

    for who in (alice, bob):
        told = seen_by(who)
        assert told.over
        assert told.needs_in_common == [Need.HONESTY, Need.REST]
        assert told.proposal
        assert told.proposal.content["text"][1] == PROPOSED["text"][1]


def test_what_was_handed_over_reads_the_same_for_both(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.CLOSED, alice, bob)

    assert seen_by(alice).handed == seen_by(bob).handed


@pytest.mark.parametrize(
    ("step", "move", "content"),
    [
        (Step.SET_UP, Move.READY, {}),
        (Step.RULES, Move.AGREE, {}),
        (Step.WARM_START, Move.APPRECIATE, {"words": "your patience"}),
        (Step.FLEX, Move.FLEX, {"keep": "my friends", "give": "the hour"}),
        (Step.CLOSE, Move.CLOSE, {"well": "you stayed", "next": "a walk"}),
    ],
)
def test_what_both_are_asked_opens_to_each_when_both_have_done_it(
    alice: Person, bob: Person, deck: Deck, step: Step, move: Move, content: dict[str, str]
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(step, alice, bob)
    if step == Step.SET_UP:  # Alice is ready by offering
        do(bob, Move.LATER, {"on": "2099-01-01"})
    before = seen_by(alice)

    do(bob, move, content)

    assert seen_by(alice) == before
    do(alice, move, content)
    assert [each.side for each in seen_by(alice).handed[-2:]] == [RIGHT, LEFT]


def test_going_without_a_part_is_seen_by_nobody_unless_both_want_it(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    before = seen_by(alice)

    do(bob, Move.LEAVE_OUT)

    assert seen_by(alice) == before
    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})
    assert seen_by(alice).step == seen_by(bob).step == Step.REFLECT


def test_what_is_sent_twice_is_done_once(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    look, said = seen_by(alice).version, {"words": "I feel lonely.", "needs": []}

    for _ in range(2):
        talks.take_turn(alice.seat, TALK, Move.SPEAK, said, version=look)

    assert words(alice).count("I feel lonely.") == 1


def test_from_a_page_that_is_no_longer_true_nothing_is_handed_over(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    look = seen_by(alice).version
    do(alice, Move.SPEAK, {"words": "from the phone", "needs": []})

    with pytest.raises(MovedOn):
        talks.take_turn(alice.seat, TALK, Move.SPEAK, {"words": "from the desk"}, version=look)

    assert "from the desk" not in words(bob)


def test_nobody_takes_the_others_turn(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    for side in (None, LEFT):  # whatever a form claims: apart, everybody is themselves
        with pytest.raises(MovedOn):
            do(bob, Move.SPEAK, {"words": "as if I were Alice"}, side=side)


def test_a_mail_says_that_it_is_ones_turn_unless_one_was_here_just_now(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    mailoutbox.clear()

    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        do(bob, Move.REFLECT, {"words": "You feel lonely."})

    assert [letter.to for letter in mailoutbox] == [[alice.user.email]]


def test_nobody_is_nagged(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    """Bob has been mailed when it was offered. Until he does something there is no other mail."""
    mailoutbox.clear()

    for _ in range(3):
        do(alice, Move.LATER, {"on": "2099-01-01"})

    assert mailoutbox == []
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        do(bob, Move.LATER, {"on": "2099-01-02"})
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        do(alice, Move.LATER, {"on": "2099-01-03"})
    assert [letter.to for letter in mailoutbox] == [[alice.user.email], [bob.user.email]]


def test_offering_talks_has_a_limit(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    responses = [
        alice.client.post("/talks/about/a1/open/", {"mode": "apart", "begins": "me"})
        for _ in range(7)
    ]

    assert [answer.status_code for answer in responses] == [302] * 6 + [429]


def test_no_mail_is_made_by_pressing_for_the_other_on_a_shared_screen(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    for _ in range(3):
        talks.switch(alice.seat, TALK, Mode.TOGETHER)
        do(alice, Move.LATER, {"on": "2099-01-01"}, side=RIGHT)
        talks.switch(alice.seat, TALK, Mode.APART)
        do(alice, Move.LATER, {"on": "2099-01-01"})

    assert mailoutbox == []


def test_no_mail_is_made_by_doing_both_parts_on_a_shared_screen(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    for _ in range(3):
        talks.switch(alice.seat, TALK, Mode.TOGETHER)
        do(alice, Move.LATER, {"on": "2099-01-01"})
        do(alice, Move.READY)
        do(alice, Move.READY, side=RIGHT)
        do(alice, Move.LATER, {"on": "2099-01-01"})
        talks.switch(alice.seat, TALK, Mode.APART)

    assert mailoutbox == []


@pytest.mark.parametrize("mode", [Mode.APART, Mode.TOGETHER])
def test_talks_offered_and_let_be_again_and_again_are_one_mail_a_day(
    alice: Person, bob: Person, deck: Deck, mode: Mode, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    mailoutbox.clear()

    def offer(behaviour: str) -> uuid.UUID:
        found = talk(alice, behaviour, mode=mode, id=uuid.uuid4())
        talks.switch(alice.seat, found, Mode.APART)
        return found

    for behaviour in ("a1", "a2", "a1"):
        do(alice, Move.STOP, talk=offer(behaviour))
    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]

    answered = offer("a1")
    do(bob, Move.LATER, {"on": "2099-01-01"}, talk=answered)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        do(alice, Move.LATER, {"on": "2099-01-02"}, talk=answered)  # he has been in this one
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        offer("a2")
    assert [letter.to for letter in mailoutbox].count([bob.user.email]) == 3


@pytest.mark.parametrize("step", [Step.RULES, Step.WARM_START, Step.FLEX])
def test_taking_up_a_talk_does_not_tell_whether_the_other_has_done_theirs_before(
    offered: uuid.UUID, alice: Person, bob: Person, step: Step, mailoutbox: list[EmailMessage]
) -> None:
    move = {Step.RULES: Move.AGREE, Step.WARM_START: Move.APPRECIATE, Step.FLEX: Move.FLEX}[step]
    talked_up_to(step, alice, bob)
    told = []
    for his_is_done in (False, True):
        with transaction.atomic():
            if his_is_done:
                do(bob, move, {"words": "x", "keep": "x"})
            do(alice, Move.LATER, {"on": "2099-01-01"})
            do(bob, Move.READY)
            mailoutbox.clear()
            with time_machine.travel(timezone.now() + timedelta(hours=1)):
                seen = seen_by(alice).version
                with CaptureQueriesContext(connection) as queries:
                    talks.take_turn(alice.seat, TALK, Move.READY, version=seen)
            told.append((len(queries), [letter.to for letter in mailoutbox]))
            transaction.set_rollback(True)

    assert told[0] == told[1]
    assert told[0][1]  # he is called, whatever he has done


def test_who_did_their_part_unseen_is_mailed_when_it_is_their_turn(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    do(bob, Move.READY)
    do(bob, Move.AGREE)
    mailoutbox.clear()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        do(alice, Move.AGREE)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]


def test_a_talk_opened_on_one_screen_and_gone_apart_calls_the_other(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    mailoutbox.clear()

    talks.switch(alice.seat, TALK, Mode.APART)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]


def test_a_talk_has_an_end_however_often_it_is_put_off(
    offered: uuid.UUID, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "MAX_TURNS", 3)
    for _ in range(2):
        do(alice, Move.LATER, {"on": "2099-01-01"})

    with pytest.raises(MovedOn):
        do(alice, Move.LATER, {"on": "2099-01-01"})
    do(alice, Move.STOP)
    assert seen_by(alice).over


@pytest.mark.parametrize("his_is_done", [False, True])
def test_on_one_screen_nobody_finds_out_whether_the_other_has_done_theirs(
    offered: uuid.UUID, alice: Person, bob: Person, his_is_done: bool
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    if his_is_done:
        do(bob, Move.FLEX, {"keep": "x", "give": ""})
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    with pytest.raises(MovedOn):
        do(alice, Move.FLEX, {"keep": "a guess"}, side=RIGHT)


def test_on_one_screen_nobody_finds_out_what_the_other_has_written(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    do(bob, Move.FLEX, {"keep": "x"})
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    for guess in ("x", "y"):
        kept = drafts.save(
            alice.seat, TALK, f"flex-2-{len(guess)}", {"keep": guess}, version="", side=RIGHT
        )
        assert kept.version != drafts.UNWRITTEN
        drafts.throw_away(alice.seat, TALK, "flex-2-1", RIGHT, version=kept.version)


def test_in_a_pause_a_talk_can_be_closed_for_today(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    talks.pause(alice.seat, TALK, timedelta(days=1))

    do(bob, Move.STOP)

    assert seen_by(alice).step == Step.CLOSE
    assert seen_by(alice).pause is None


def test_another_day_is_a_plan_and_names_nobody(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    do(bob, Move.LATER, {"on": "2099-01-31"})

    assert seen_by(alice).until == seen_by(bob).until == date(2099, 1, 31)
    assert seen_by(alice).acting == LEFT  # and asked again, as he is


def test_a_talk_takes_three_queries_however_long_it_is(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    def counted() -> int:
        seat = alice.seat
        with CaptureQueriesContext(connection) as queries:
            reading.talk(seat, TALK)
        return len(queries)

    short = counted()
    talked_up_to(Step.CLOSED, alice, bob)

    assert short == counted() == 3


# Words that are not handed over


def test_a_draft_is_its_writers_alone(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    before = seen_by(bob)

    draft(alice, "hers alone")

    assert drafted(alice) == ["hers alone"]
    assert drafted(bob) == drafted(bob, LEFT) == []
    assert seen_by(bob) == before


def test_what_is_handed_over_is_a_draft_no_more(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    draft(alice, "I feel lonely.")

    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})

    assert drafted(alice) == []
    late = draft(alice, "I feel lonely.", seen="from before")
    assert (late.version, drafted(alice)) == (drafts.UNWRITTEN, [])


def test_a_draft_outlives_the_step_it_was_for(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    draft(alice, "what I did not say")

    do(bob, Move.STOP)

    assert drafted(alice) == ["what I did not say"]
    kept = drafts.written(alice.seat, seen_by(alice), LEFT)["speak-1-1"]
    drafts.throw_away(alice.seat, TALK, "speak-1-1", LEFT, version="from before")
    assert drafted(alice) == ["what I did not say"]
    drafts.throw_away(alice.seat, TALK, "speak-1-1", LEFT, version=kept.version)
    assert drafted(alice) == []


def test_of_two_pages_neither_overwrites_the_other_unseen(
    offered: uuid.UUID, alice: Person
) -> None:
    first = draft(alice, "from the phone")

    with pytest.raises(StaleDraft) as stale:
        draft(alice, "from the desk", seen=drafts.UNWRITTEN)

    assert drafted(alice) == ["from the phone"]
    assert stale.value.version == first.version
    draft(alice, "from the desk", seen=first.version)
    assert drafted(alice) == ["from the desk"]


def test_a_part_that_is_not_sent_stays_as_it_is(offered: uuid.UUID, alice: Person) -> None:
    draft(alice, "a sentence", like="us to talk")

    draft(alice, "another sentence")

    kept = drafts.written(alice.seat, seen_by(alice), LEFT)["speak-1-1"]
    assert kept.content == {"words": "another sentence", "like": "us to talk"}


# Pausing


def test_in_a_pause_nothing_is_handed_over(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talks.pause(alice.seat, TALK, timedelta(minutes=20))

    for who in (alice, bob):
        with pytest.raises(Paused):
            do(who, Move.READY)


@pytest.mark.parametrize("minutes", [19, 24 * 60 + 1])
def test_a_pause_is_of_twenty_minutes_to_a_day(
    offered: uuid.UUID, alice: Person, minutes: int
) -> None:
    with pytest.raises(ValueError, match="twenty minutes"):
        talks.pause(alice.seat, TALK, timedelta(minutes=minutes))


def test_who_paused_is_written_nowhere(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    def rows() -> list[Any]:
        return [
            list(model._base_manager.order_by("pk").values_list())
            for model in (Conversation, Turn, Draft)
        ]

    told = []
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        for who in (alice, bob):
            talks.pause(who.seat, TALK, timedelta(hours=1))
            told.append(rows())
            Conversation.objects.update(paused_at=None, back_at=None)

    assert told[0] == told[1]


def test_a_pause_that_is_over_leaves_no_trace(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    def row() -> dict[str, Any]:
        (row,) = Conversation.objects.values()
        return {name: value for name, value in row.items() if name != "told"}  # of mails

    before = row()

    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(minutes=20))
        clock.shift(timedelta(minutes=20))
        talks.come_back(bob.seat, TALK)

    assert seen_by(alice).resumed
    do(bob, Move.READY)
    assert row() == before


def test_before_twenty_minutes_nobody_comes_back_and_before_the_time_it_takes_both(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(hours=3))
        with pytest.raises(TooSoon):
            talks.come_back(alice.seat, TALK)
        clock.shift(timedelta(minutes=20))
        before = seen_by(bob)
        talks.come_back(alice.seat, TALK)

        assert seen_by(bob) == before  # that she is back is hers to know
        talks.come_back(bob.seat, TALK)
        assert seen_by(bob).pause is None


def test_from_the_named_time_one_is_enough(offered: uuid.UUID, alice: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(hours=3))
        clock.shift(timedelta(hours=3))
        talks.come_back(alice.seat, TALK)

        assert seen_by(alice).pause is None


def test_what_is_done_unseen_leaves_the_word_after_a_pause(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    Conversation.objects.update(resumed=True)
    before = seen_by(alice)

    do(bob, Move.FLEX, {"keep": "x", "give": ""})

    assert seen_by(alice) == before


def test_a_page_in_a_pause_is_told_when_its_time_has_come(
    offered: uuid.UUID, alice: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(minutes=60))
        looks = []
        for _ in range(3):
            looks.append(reading.version(alice.seat, TALK))
            clock.shift(timedelta(minutes=30))

    assert len(set(looks)) == 3


def test_a_second_pause_does_not_move_the_time_of_the_first(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.pause(alice.seat, TALK, timedelta(hours=1))
    named = seen_by(bob).pause

    talks.pause(bob.seat, TALK, timedelta(hours=20))

    assert seen_by(bob).pause == named


# On one screen


def test_on_one_screen_each_does_their_part_and_it_says_where_it_was_typed(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.switch(bob.seat, TALK, Mode.TOGETHER)

    do(alice, Move.READY, side=RIGHT)

    assert seen_by(bob).step == Step.RULES
    assert [each.elsewhere for each in seen_by(bob).handed] == [False, True]


def test_on_one_screen_the_account_it_is_in_is_asked_first(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    """Else who is asked would tell whether the other has done their part on their own screen."""
    talked_up_to(Step.FLEX, alice, bob)
    do(bob, Move.FLEX, {"keep": "x", "give": ""})

    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert seen_by(alice).acting == LEFT


def test_what_was_written_alone_is_not_shown_on_the_others_screen(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    draft(bob, "his alone")
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert drafted(alice, RIGHT) == []
    draft(alice, "typed by Bob on her screen", side=RIGHT)
    assert drafted(bob) == ["his alone"]


def test_back_apart_everybody_is_themselves(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    talks.switch(bob.seat, TALK, Mode.APART)

    with pytest.raises(MovedOn):
        do(alice, Move.READY, side=RIGHT)
    assert seen_by(bob).step == Step.SET_UP


# The list


def test_the_list_says_what_waits_and_what_is_over(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    waiting = overview.agenda(bob.seat)
    assert [each.waits_for_me for each in waiting.going] == [True]
    assert [each.waits_for_me for each in overview.agenda(alice.seat).going] == [False]
    assert "a1" not in {each.behaviour.id for each in waiting.suggested}

    do(bob, Move.STOP)

    assert [each.id for each in overview.agenda(bob.seat).over] == [offered]
    assert overview.waiting(bob.seat) is None


def test_alone_there_is_nothing_on_it(charlie: Person) -> None:
    assert overview.agenda(charlie.seat) == overview.Agenda((), (), ())


def test_on_a_shared_screen_each_has_drafts_of_their_own(
    alice: Person, bob: Person, offered: uuid.UUID
) -> None:
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    for side, words in ((Side.LEFT, "hers"), (Side.RIGHT, "his")):
        kept = {"words": words}
        drafts.save(alice.seat, TALK, f"close-1-{len(words) - 2}", kept, version="", side=side)

    now = reading.talk(alice.seat, TALK)
    found = {side: drafts.written(alice.seat, now, side) for side in Side}

    assert {side: [each.texts for each in kept.values()] for side, kept in found.items()} == {
        Side.LEFT: [["hers"]],
        Side.RIGHT: [["his"]],
    }


def test_guessing_what_the_other_has_written_unseen_finds_nothing_out(
    alice: Person, bob: Person, offered: uuid.UUID
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    said = {"keep": "Old friends.", "give": "The hour."}
    do(bob, Move.FLEX, said)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    purpose = drafts.purpose_of(reading.talk(alice.seat, TALK).place, Move.FLEX)

    kept = drafts.save(alice.seat, TALK, purpose, said, version="", side=Side.RIGHT)

    assert kept.version != drafts.UNWRITTEN  # it is kept, as any other words would be
