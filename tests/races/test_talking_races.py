"""Two partners in one talk at the same moment: no turn twice, none lost, both at the same place."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats.rules import NotPaired
from boundaries.talks import drafts, flow, reading
from boundaries.talks import rules as talks
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import NoSuchTalk
from boundaries.talks.rules import MovedOn, Paused
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import Person, opened_together, talk, talked_up_to
from tests.races.conftest import at_once
from tests.races.test_races import couple
from tests.support.routes import TALK

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SAID = {"words": "I feel lonely.", "feelings": [], "needs": []}


def talking(deck: Deck, step: Step = Step.SET_UP) -> tuple[Person, Person]:
    """A new couple in a talk, at the beginning of a step. The talk before it is gone."""
    Conversation.objects.all().delete()
    one, other = couple()
    opened_together(one, other, deck)
    talk(one)
    talked_up_to(step, one, other)
    return one, other


def act(who: Person, move: Move, content: dict[str, Any] | None = None) -> Any:
    """A press on the page as it is now, for later."""
    seat, seen = who.seat, reading.talk(who.seat, TALK).version
    return lambda: talks.take_turn(seat, TALK, move, content, version=seen)


def both_are_at(step: Step, *both: Person) -> None:
    views = [reading.talk(who.seat, TALK) for who in both]
    assert [view.step for view in views] == [step, step]
    numbers = list(Turn.unscoped.values_list("number", flat=True).order_by("number"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_both_offer_the_same_talk_at_once_and_it_is_one(trials: range, deck: Deck) -> None:
    for _ in trials:
        Conversation.objects.all().delete()
        one, other = couple()
        opened_together(one, other, deck)
        seats = one.seat, other.seat

        outcome = at_once(
            *(partial(talks.open, seat, "a1", mode=Mode.APART, begins=True) for seat in seats)
        )

        assert len(set(outcome.results)) == 1
        assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "move", "then"),
    [
        (Step.RULES, Move.AGREE, Step.WARM_START),
        (Step.FLEX, Move.FLEX, Step.OUTCOME),
        (Step.CLOSE, Move.CLOSE, Step.CLOSED),
    ],
)
def test_both_do_their_part_at_once_and_it_goes_on_once(
    trials: range, deck: Deck, step: Step, move: Move, then: Step
) -> None:
    for _ in trials:
        one, other = talking(deck, step)

        outcome = at_once(*(act(who, move, {"keep": "this"}) for who in (one, other)))

        assert outcome.succeeded == 2
        both_are_at(then, one, other)


def test_the_same_words_from_two_devices_are_handed_over_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = talking(deck, Step.SPEAK)

        outcome = at_once(act(one, Move.SPEAK, SAID), act(one, Move.SPEAK, SAID))

        assert outcome.succeeded == 2
        both_are_at(Step.REFLECT, one, other)
        assert Turn.unscoped.filter(move=Move.SPEAK).count() == 1


def test_other_words_from_two_devices_and_one_is_refused(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = talking(deck, Step.SPEAK)

        outcome = at_once(
            act(one, Move.SPEAK, SAID), act(one, Move.SPEAK, SAID | {"words": "Not so."})
        )

        assert outcome.succeeded == 1
        assert outcome.refusals == {MovedOn}
        both_are_at(Step.REFLECT, one, other)


def test_handing_over_against_stopping(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = talking(deck, Step.SPEAK)

        outcome = at_once(act(one, Move.SPEAK, SAID), act(other, Move.STOP))

        assert outcome.refusals <= {MovedOn}
        assert outcome.succeeded == 1  # whoever comes second answers an old page
        both_are_at(reading.talk(one.seat, TALK).step, one, other)


def test_handing_over_against_a_pause(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = talking(deck, Step.SPEAK)
        seat = other.seat

        outcome = at_once(
            act(one, Move.SPEAK, SAID),
            partial(talks.pause, seat, TALK, timedelta(minutes=20)),
        )

        assert outcome.refusals <= {MovedOn, Paused}
        assert reading.talk(one.seat, TALK).pause


def test_a_draft_from_two_devices(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, _other = talking(deck, Step.SPEAK)
        seat = one.seat

        outcome = at_once(
            *(
                partial(
                    drafts.save,
                    seat,
                    TALK,
                    "speak-1-1",
                    {"words": words},
                    version="",
                    side=Side.LEFT,
                )
                for words in ("from the phone", "from the desk")
            )
        )

        assert outcome.succeeded == 1
        assert outcome.refusals == {StaleDraft}
        assert Draft.unscoped.count() == 1


@pytest.mark.parametrize("away", ["handed over", "thrown away"])
def test_what_is_written_while_a_draft_goes_is_not_lost(
    deck: Deck, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _other = talking(deck, Step.SPEAK)
    seat, seen = one.seat, reading.talk(one.seat, TALK).version
    keep = partial(drafts.save, seat, TALK, "speak-1-1", side=Side.LEFT)
    version = keep({"words": SAID["words"]}, version="").version
    found, written, delete = threading.Event(), threading.Event(), Draft.delete

    def delete_slowly(draft: Draft) -> Any:
        found.set()
        written.wait(timeout=1)  # in vain, where the lock holds
        return delete(draft)

    def send_away() -> None:
        if away == "handed over":
            talks.take_turn(seat, TALK, Move.SPEAK, SAID, version=seen, draft_version=version)
        else:
            drafts.throw_away(seat, TALK, "speak-1-1", Side.LEFT, version=version)

    def write_on() -> Any:
        found.wait(timeout=10)
        more = keep({"words": "I feel lonely. And more."}, version=version)
        written.set()
        return more

    monkeypatch.setattr(Draft, "delete", delete_slowly)
    outcome = at_once(send_away, write_on)

    assert outcome.refusals == {StaleDraft}  # they are given back on the page
    assert found.is_set()


def test_a_turn_against_parting(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = talking(deck, Step.SPEAK)
        seat = other.seat

        outcome = at_once(act(one, Move.SPEAK, SAID), partial(pairing.part, seat))

        assert outcome.refusals <= {NotPaired, NoSuchTalk}
        assert not Conversation.objects.exists()


def test_without_the_lock_both_do_their_part_and_one_breaks(deck: Deck) -> None:
    """What the couple's lock is for: two turns that both believe they are the next one."""
    one, other = talking(deck, Step.RULES)
    looked = threading.Barrier(2)

    @transaction.atomic
    def naive(who: Person, side: Side) -> None:
        conversation = Conversation.objects.get()
        place = reading.place_of(conversation)
        at = Turn.all_of(conversation).count()
        looked.wait(timeout=10)
        turn = Turn(
            conversation=conversation,
            number=at + 1,
            side=side,
            typed_by=side,
            move=Move.AGREE,
            turn=flow.turn(place, Move.AGREE),
        )
        turn.set_encrypted(who.seat.shared_key, content={}).save(force_insert=True)

    outcome = at_once(lambda: naive(one, Side.LEFT), lambda: naive(other, Side.RIGHT))

    assert outcome.succeeded == 1
