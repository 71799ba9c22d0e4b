"""The rules of a talk: turns, unseen words, drafts, pauses, mails and the list."""

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

from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.talks import drafts, overview, reading, subjects
from boundaries.talks import rules as talks
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import NoSuchTalk
from boundaries.talks.rules import MovedOn, Paused, TooSoon
from boundaries.vocabulary import Mode, Move, Need, Side, Stance, Step
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    opened_together,
    propose,
    talk,
    talked_up_to,
    write,
)
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
    """The words handed over by either, as far as this person sees them."""
    return [turn.content["words"] for turn in seen_by(who).handed if "words" in turn.content]


def draft(who: Person, words: str, purpose: str = "speak-1-1", **more: Any) -> drafts.DraftWords:
    side = more.pop("side", Side(str(who.seat.side)))
    version = more.pop("version", None)
    if version is None:
        kept = drafts.written(who.seat, seen_by(who), side).get(purpose)
        version = kept.version if kept else drafts.UNWRITTEN
    content = {"words": words, **more}
    return drafts.save(who.seat, TALK, purpose, content, version=version, side=side)


def drafted(who: Person, side: Side | None = None) -> list[str]:
    written = drafts.written(who.seat, seen_by(who), side or Side(str(who.seat.side)))
    return [kept.content["words"] for kept in written.values()]


# Offers


def test_a_talk_can_be_offered_about_an_opened_behaviour(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    mine, theirs = seen_by(alice), seen_by(bob)

    assert (mine.step, theirs.step) == (Step.SET_UP, Step.SET_UP)
    assert (mine.acting, theirs.acting) == (None, RIGHT)
    assert mine.wording == theirs.wording == catalogue.every()["a1"].text


@pytest.mark.parametrize("behaviour", ["a8", "j9", "nowhere"])
def test_there_is_no_talk_about_a_closed_or_unknown_behaviour(
    alice: Person, bob: Person, deck: Deck, behaviour: str
) -> None:
    opened_together(alice, bob, deck)

    with pytest.raises(NoSuchTalk):
        talks.open(alice.seat, behaviour, mode=Mode.APART, begins=True)


def test_there_is_no_talk_about_what_one_of_the_two_has_not_shared(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    not_answered = deck.behaviours[10].id

    with pytest.raises(NoSuchTalk):
        subjects.subject(alice.seat, not_answered)


def test_before_two_seals_there_is_nothing_to_talk_about(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)

    with pytest.raises(NoSuchTalk):
        subjects.subject(alice.seat, deck.behaviours[0].id)


def test_offering_it_twice_makes_one_talk(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    again = [talks.open(who.seat, "a1", mode=Mode.TOGETHER, begins=True) for who in (alice, bob)]

    assert again == [offered, offered]
    assert Conversation.objects.count() == 1


def test_another_talk_can_follow_one_that_is_over(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    do(bob, Move.STOP)

    another = talks.open(bob.seat, "a1", mode=Mode.APART, begins=True)

    assert another != offered


def test_the_mail_about_an_offer_does_not_mention_the_talk(
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


def test_nobody_outside_the_couple_finds_the_talk(
    erin: Person, charlie: Person, alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)

    for other in (erin, charlie):
        with pytest.raises(NoSuchTalk):
            reading.talk(other.seat, TALK)
    assert reading.talk(bob.seat, TALK)


def test_a_talk_is_deleted_when_the_couple_parts(
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


# Turns


def test_a_whole_talk_on_two_screens(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talked_up_to(Step.CLOSED, alice, bob)

    for who in (alice, bob):
        view = seen_by(who)
        assert view.over
        assert view.needs_in_common == [Need.HONESTY, Need.REST]
        assert view.proposal
        assert view.proposal.content["text"][1] == PROPOSED["text"][1]


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
def test_what_both_are_asked_opens_when_both_have_answered(
    alice: Person, bob: Person, deck: Deck, step: Step, move: Move, content: dict[str, str]
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(step, alice, bob)
    if step == Step.SET_UP:  # Alice is ready because she offered
        do(bob, Move.LATER, {"on": "2099-01-01"})
    before = seen_by(alice)

    do(bob, move, content)

    assert seen_by(alice) == before
    do(alice, move, content)
    assert [turn.side for turn in seen_by(alice).handed[-2:]] == [RIGHT, LEFT]


def test_a_wish_to_leave_a_part_out_stays_unseen_unless_both_have_it(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    before = seen_by(alice)

    do(bob, Move.LEAVE_OUT)

    assert seen_by(alice) == before
    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})
    assert seen_by(alice).step == seen_by(bob).step == Step.REFLECT


def test_a_turn_that_is_sent_twice_is_taken_once(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    version, content = seen_by(alice).version, {"words": "I feel lonely.", "needs": []}

    for _ in range(2):
        talks.take_turn(alice.seat, TALK, Move.SPEAK, content, version=version)

    assert words(alice).count("I feel lonely.") == 1


def test_an_outdated_page_hands_nothing_over(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    version = seen_by(alice).version
    do(alice, Move.SPEAK, {"words": "from the phone", "needs": []})

    with pytest.raises(MovedOn):
        talks.take_turn(alice.seat, TALK, Move.SPEAK, {"words": "from the desk"}, version=version)

    assert "from the desk" not in words(bob)


def test_nobody_takes_the_others_turn(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    for side in (None, LEFT):  # on two screens it makes no difference what a form claims
        with pytest.raises(MovedOn):
            do(bob, Move.SPEAK, {"words": "as if I were Alice"}, side=side)


def test_a_mail_says_whose_turn_it_is_unless_they_were_here_just_now(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    mailoutbox.clear()

    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        do(bob, Move.REFLECT, {"words": "You feel lonely."})

    assert [letter.to for letter in mailoutbox] == [[alice.user.email]]


def test_there_is_no_second_mail_before_the_first_is_acted_on(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    """Bob was mailed when it was offered."""
    mailoutbox.clear()

    for _ in range(3):
        do(alice, Move.LATER, {"on": "2099-01-01"})

    assert mailoutbox == []
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        do(bob, Move.LATER, {"on": "2099-01-02"})
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        do(alice, Move.LATER, {"on": "2099-01-03"})
    assert [letter.to for letter in mailoutbox] == [[alice.user.email], [bob.user.email]]


def test_the_number_of_offers_is_limited(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    responses = [
        alice.client.post("/talks/about/a1/open/", {"mode": "apart", "begins": "me"})
        for _ in range(7)
    ]

    assert [answer.status_code for answer in responses] == [302] * 6 + [429]


def test_acting_for_the_other_on_a_shared_screen_sends_no_mail(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    for _ in range(3):
        talks.switch(alice.seat, TALK, Mode.TOGETHER)
        do(alice, Move.LATER, {"on": "2099-01-01"}, side=RIGHT)
        talks.switch(alice.seat, TALK, Mode.APART)
        do(alice, Move.LATER, {"on": "2099-01-01"})

    assert mailoutbox == []


def test_acting_for_both_on_a_shared_screen_sends_no_mail(
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
def test_repeated_offers_send_one_mail_a_day(
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


@pytest.mark.read_committed("count what one try does")
@pytest.mark.parametrize("step", [Step.RULES, Step.WARM_START, Step.FLEX])
def test_resuming_a_talk_does_not_reveal_whether_the_other_has_acted_unseen(
    offered: uuid.UUID, alice: Person, bob: Person, step: Step, mailoutbox: list[EmailMessage]
) -> None:
    move = {Step.RULES: Move.AGREE, Step.WARM_START: Move.APPRECIATE, Step.FLEX: Move.FLEX}[step]
    talked_up_to(step, alice, bob)
    outcomes = []
    for his_is_done in (False, True):
        with transaction.atomic():
            if his_is_done:
                do(bob, move, {"words": "x", "keep": "x"})
            do(alice, Move.LATER, {"on": "2099-01-01"})
            do(bob, Move.READY)
            mailoutbox.clear()
            with time_machine.travel(timezone.now() + timedelta(hours=1)):
                version = seen_by(alice).version
                with CaptureQueriesContext(connection) as queries:
                    talks.take_turn(alice.seat, TALK, Move.READY, version=version)
            outcomes.append((len(queries), [letter.to for letter in mailoutbox]))
            transaction.set_rollback(True)

    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1]  # he is mailed, whatever he has done


def test_somebody_who_acted_unseen_is_mailed_when_it_is_their_turn(
    offered: uuid.UUID, alice: Person, bob: Person, mailoutbox: list[EmailMessage]
) -> None:
    do(bob, Move.READY)
    do(bob, Move.AGREE)
    mailoutbox.clear()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        do(alice, Move.AGREE)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]


def test_switching_to_two_screens_mails_the_other(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    mailoutbox.clear()

    talks.switch(alice.seat, TALK, Mode.APART)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]


def test_the_number_of_turns_is_limited(
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
def test_a_shared_screen_does_not_reveal_whether_the_other_has_acted_unseen(
    offered: uuid.UUID, alice: Person, bob: Person, his_is_done: bool
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    if his_is_done:
        do(bob, Move.FLEX, {"keep": "x", "give": ""})
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    with pytest.raises(MovedOn):
        do(alice, Move.FLEX, {"keep": "a guess"}, side=RIGHT)


def test_a_shared_screen_does_not_reveal_what_the_other_has_written(
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


def test_a_talk_can_be_closed_during_a_pause(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    talks.pause(alice.seat, TALK, timedelta(days=1))

    do(bob, Move.STOP)

    assert seen_by(alice).step == Step.CLOSE
    assert seen_by(alice).pause is None


def test_putting_a_talk_off_does_not_say_who_did_it(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    do(bob, Move.LATER, {"on": "2099-01-31"})

    assert seen_by(alice).until == seen_by(bob).until == date(2099, 1, 31)
    assert seen_by(alice).acting == LEFT  # she is asked again, as he is


@pytest.mark.read_committed("count what one try does")
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


# Drafts


def test_only_its_writer_sees_a_draft(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    before = seen_by(bob)

    draft(alice, "hers alone")

    assert drafted(alice) == ["hers alone"]
    assert drafted(bob) == drafted(bob, LEFT) == []
    assert seen_by(bob) == before


def test_handing_words_over_deletes_their_draft(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    draft(alice, "I feel lonely.")

    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})

    assert drafted(alice) == []
    late = draft(alice, "I feel lonely.", version="from before")
    assert (late.version, drafted(alice)) == (drafts.UNWRITTEN, [])


def test_a_draft_stays_after_its_step_until_it_is_thrown_away(
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


def test_no_page_overwrites_a_draft_it_has_not_seen(offered: uuid.UUID, alice: Person) -> None:
    first = draft(alice, "from the phone")

    with pytest.raises(StaleDraft) as stale:
        draft(alice, "from the desk", version=drafts.UNWRITTEN)

    assert drafted(alice) == ["from the phone"]
    assert stale.value.version == first.version
    draft(alice, "from the desk", version=first.version)
    assert drafted(alice) == ["from the desk"]


def test_saving_a_draft_leaves_other_fields_as_they_are(offered: uuid.UUID, alice: Person) -> None:
    draft(alice, "a sentence", like="us to talk")

    draft(alice, "another sentence")

    kept = drafts.written(alice.seat, seen_by(alice), LEFT)["speak-1-1"]
    assert kept.content == {"words": "another sentence", "like": "us to talk"}


# Pauses


def test_nothing_is_handed_over_during_a_pause(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.pause(alice.seat, TALK, timedelta(minutes=20))

    for who in (alice, bob):
        with pytest.raises(Paused):
            do(who, Move.READY)


@pytest.mark.parametrize("minutes", [19, 24 * 60 + 1])
def test_a_pause_lasts_from_twenty_minutes_to_a_day(
    offered: uuid.UUID, alice: Person, minutes: int
) -> None:
    with pytest.raises(ValueError, match="twenty minutes"):
        talks.pause(alice.seat, TALK, timedelta(minutes=minutes))


def test_nothing_stored_says_who_paused(offered: uuid.UUID, alice: Person, bob: Person) -> None:
    def rows() -> list[Any]:
        return [
            list(model._base_manager.order_by("pk").values_list())
            for model in (Conversation, Turn, Draft)
        ]

    stored = []
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        for who in (alice, bob):
            talks.pause(who.seat, TALK, timedelta(hours=1))
            stored.append(rows())
            Conversation.objects.update(paused_at=None, back_at=None)

    assert stored[0] == stored[1]


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


def test_a_pause_ends_early_after_twenty_minutes_and_only_for_both(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(hours=3))
        with pytest.raises(TooSoon):
            talks.come_back(alice.seat, TALK)
        clock.shift(timedelta(minutes=20))
        before = seen_by(bob)
        talks.come_back(alice.seat, TALK)

        assert seen_by(bob) == before  # only she knows that she is back
        talks.come_back(bob.seat, TALK)
        assert seen_by(bob).pause is None


def test_one_is_enough_to_end_a_pause_after_the_named_time(
    offered: uuid.UUID, alice: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(hours=3))
        clock.shift(timedelta(hours=3))
        talks.come_back(alice.seat, TALK)

        assert seen_by(alice).pause is None


def test_an_unseen_turn_leaves_the_note_after_a_pause(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    Conversation.objects.update(resumed=True)
    before = seen_by(alice)

    do(bob, Move.FLEX, {"keep": "x", "give": ""})

    assert seen_by(alice) == before


def test_the_version_changes_when_a_pause_may_end_and_when_it_is_over(
    offered: uuid.UUID, alice: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        talks.pause(alice.seat, TALK, timedelta(minutes=60))
        versions = []
        for _ in range(3):
            versions.append(reading.version(alice.seat, TALK))
            clock.shift(timedelta(minutes=30))

    assert len(set(versions)) == 3


def test_a_second_pause_does_not_change_the_first(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.pause(alice.seat, TALK, timedelta(hours=1))
    named = seen_by(bob).pause

    talks.pause(bob.seat, TALK, timedelta(hours=20))

    assert seen_by(bob).pause == named


# Shared screens


def test_a_turn_says_whether_it_was_typed_in_the_others_account(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.switch(bob.seat, TALK, Mode.TOGETHER)

    do(alice, Move.READY, side=RIGHT)

    assert seen_by(bob).step == Step.RULES
    assert [turn.elsewhere for turn in seen_by(bob).handed] == [False, True]


def test_a_shared_screen_asks_its_owner_first(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    """Otherwise the order would reveal whether the other has acted on their own screen."""
    talked_up_to(Step.FLEX, alice, bob)
    do(bob, Move.FLEX, {"keep": "x", "give": ""})

    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert seen_by(alice).acting == LEFT


def test_a_draft_is_not_shown_in_the_others_account(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    draft(bob, "his alone")
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    assert drafted(alice, RIGHT) == []
    draft(alice, "typed by Bob on her screen", side=RIGHT)
    assert drafted(bob) == ["his alone"]


def test_on_two_screens_nobody_acts_for_the_other(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    talks.switch(bob.seat, TALK, Mode.APART)

    with pytest.raises(MovedOn):
        do(alice, Move.READY, side=RIGHT)
    assert seen_by(bob).step == Step.SET_UP


# The list


def test_the_list_shows_what_waits_and_what_is_over(
    offered: uuid.UUID, alice: Person, bob: Person
) -> None:
    waiting = overview.agenda(bob.seat)
    assert [summary.waits_for_me for summary in waiting.going] == [True]
    assert [summary.waits_for_me for summary in overview.agenda(alice.seat).going] == [False]
    assert "a1" not in {line.behaviour.id for line in waiting.suggested}
    assert "a2" in {line.behaviour.id for line in waiting.suggested}
    agreements.assent(bob.seat, [propose(alice, "a2")])
    assert "a2" not in {line.behaviour.id for line in overview.agenda(bob.seat).suggested}

    do(bob, Move.STOP)

    assert [summary.id for summary in overview.agenda(bob.seat).over] == [offered]
    assert not any(talk.waits_for_me for talk in overview.summaries(bob.seat))


def test_the_list_of_somebody_who_is_not_paired_is_empty(charlie: Person) -> None:
    assert overview.agenda(charlie.seat) == overview.Agenda((), (), (), overview.Progress())


def test_on_a_shared_screen_both_have_their_own_drafts(
    alice: Person, bob: Person, offered: uuid.UUID
) -> None:
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    for side, words in ((Side.LEFT, "hers"), (Side.RIGHT, "his")):
        kept = {"words": words}
        drafts.save(alice.seat, TALK, f"close-1-{len(words) - 2}", kept, version="", side=side)

    now = reading.talk(alice.seat, TALK)
    found = {side: drafts.written(alice.seat, now, side) for side in Side}

    assert {side: [words.content for words in kept.values()] for side, kept in found.items()} == {
        Side.LEFT: [{"words": "hers"}],
        Side.RIGHT: [{"words": "his"}],
    }


def test_saving_a_guess_does_not_reveal_what_the_other_has_written_unseen(
    alice: Person, bob: Person, offered: uuid.UUID
) -> None:
    talked_up_to(Step.FLEX, alice, bob)
    content = {"keep": "Old friends.", "give": "The hour."}
    do(bob, Move.FLEX, content)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    purpose = drafts.purpose_of(reading.talk(alice.seat, TALK).place, Move.FLEX)

    kept = drafts.save(alice.seat, TALK, purpose, content, version="", side=Side.RIGHT)

    assert kept.version != drafts.UNWRITTEN  # it is saved, as any other words would be
