"""Rounds, hiding, opting in and own behaviours: the same promises as in test_races."""

from __future__ import annotations

from functools import partial

import pytest
from django.core import mail
from django.test import Client

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.comparison.rules import compare
from boundaries.content.catalogue import Deck
from boundaries.questions import rules as questions
from boundaries.questions.models import Own
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats import rules as seats
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in, row_of
from tests.questions.test_rules import put_forward
from tests.races.conftest import at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def opened(deck: Deck) -> tuple[Person, Person]:
    one, other = couple()
    for who in (one, other):
        fill_in(who, deck, Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    return one, other


def test_both_opt_in_at_once_and_it_opens_once(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        mail.outbox.clear()

        outcome = at_once(lambda: questions.opt_in(one.seat), lambda: questions.opt_in(other.seat))

        assert outcome.succeeded == 2
        assert questions.opting(one.seat).both
        assert questions.opting(other.seat).both
        assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
            [one.user.email, other.user.email]
        )


def test_opting_in_against_taking_ones_yes_back(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        questions.opt_in(one.seat)
        mail.outbox.clear()

        outcome = at_once(lambda: questions.opt_in(other.seat), lambda: questions.opt_out(one.seat))

        assert outcome.refusals <= {sealing.IsOpen}
        both = outcome.refusals == {sealing.IsOpen}
        assert len(mail.outbox) == (2 if both else 0)
        assert questions.opting(one.seat).both == both == questions.opting(other.seat).both
        assert questions.opting(one.seat).said_yes == both
        assert questions.opting(other.seat).said_yes


def test_hiding_against_the_seal_that_opens(trials: range, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    for _ in trials:
        one, other = couple()
        for who in (one, other):
            fill_in(who, deck, Stance.ACCEPTABLE)
        answers.seal(other.seat, deck)
        seen = row_of(one, behaviour).version

        outcome = at_once(
            lambda: answers.seal(one.seat, deck),
            partial(answers.hide, one.seat, behaviour, version=seen),
        )

        assert outcome.results[0] is True
        assert outcome.refusals <= {answers.AlreadySealed}
        hidden = outcome.succeeded == 2
        for who in (one, other):  # for both, or for neither
            compared = {row.behaviour for row in compare(who.seat, deck).compared}
            assert (behaviour not in compared) == hidden


def test_both_begin_a_new_round_and_seal_it_at_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)

        def again(who: Person) -> bool:
            answers.begin_again(who.seat, deck)
            return answers.seal(who.seat, deck)

        outcome = at_once(partial(again, one), partial(again, other))

        assert sorted(outcome.results) == [False, True]
        rounds = Envelope.objects.filter(couple=one.seat.couple_id, deck=deck.id)
        assert sorted(rounds.values_list("round", flat=True)) == [1, 2, 3]
        assert rounds.open_to(one.seat).count() == 2


@pytest.mark.parametrize("against", ["take_back", "set_aside"])
def test_accepting_against_the_offer_going(trials: range, against: str) -> None:
    for _ in trials:
        one, other = couple()
        own = put_forward(one, other, "Long calls", accepted=False)
        who = one if against == "take_back" else other

        outcome = at_once(
            partial(questions.accept, other.seat, own),
            partial(getattr(questions, against), who.seat, own),
        )

        assert outcome.refusals <= {questions.NoSuchOwnBehaviour}
        asked = bool(questions.ours(one.seat).accepted)
        assert asked == bool(questions.ours(other.seat).accepted)
        if against == "take_back":
            assert outcome.succeeded == 1
            assert asked == (outcome.results[0] is None)
        else:  # a yes holds, whichever came first
            assert asked


CLICKS = "hide show undo again yes yes-back put-forward take-back accept set-aside"


@pytest.mark.parametrize("act", CLICKS.split())
def test_a_double_click_is_one_click(trials: range, deck: Deck, act: str) -> None:
    for _ in trials:
        one, other = opened(deck) if act == "again" else couple()
        url, data, who = _prepared(act, one, other, deck)
        clients = [Client(), Client()]
        for client in clients:
            client.force_login(who.user)

        outcome = at_once(*(lambda c=client: c.post(url, data).status_code for client in clients))

        assert set(outcome.results) <= {302, 404, 409}, outcome
        assert 302 in outcome.results
        _is_done_once(act, one, other, deck)


def _prepared(
    act: str, one: Person, other: Person, deck: Deck
) -> tuple[str, dict[str, str], Person]:
    behaviour = deck.behaviours[0]
    match act:
        case "hide" | "show" | "undo":
            answers.answer(one.seat, behaviour, version="", mine=Stance.UNSURE)
            if act == "show":
                answers.hide(one.seat, behaviour, version=row_of(one, behaviour).version)
            seen = sheets.own_sheet(one.seat, deck).row(behaviour).version
            return f"/answers/{behaviour.id}/{act}/", {"seen": seen}, one
        case "again":
            return f"/decks/{deck.id}/again/", {}, one
        case "yes":
            return "/intimate/yes/", {"together": seats.couple_token(one.seat)}, one
        case "yes-back":
            questions.opt_in(one.seat)
            return "/intimate/take-back/", {}, one
        case "put-forward":
            data = {"text": "Long calls", "together": seats.couple_token(one.seat)}
            return "/own/put-forward/", data, one
    own = put_forward(one, other, "Long calls", accepted=False)
    return f"/own/{act}/", {"own": str(own)}, one if act == "take-back" else other


def _is_done_once(act: str, one: Person, other: Person, deck: Deck) -> None:
    behaviour, page = deck.behaviours[0], sheets.own_sheet(one.seat, deck)
    offers = Own.objects.of(one.seat)
    match act:
        case "hide":
            assert [row.behaviour for row in page.hidden] == [behaviour]
            assert page.hidden[0].answer.mine == Stance.UNSURE
        case "show":
            assert not page.hidden
            assert page.row(behaviour).answer.mine == Stance.UNSURE
        case "undo":  # the second undo would do it again, and is refused as out of date
            assert page.row(behaviour).answer.mine is None
        case "again":
            assert Sheet.owned_by(one.seat).filter(deck=deck.id).count() == 2
            assert Answers.owned_by(one.seat).count() == 2
        case "yes":
            assert Seal.objects.filter(seat=one.seat).count() == 1
        case "yes-back":
            assert not Seal.objects.filter(seat=one.seat).exists()
        case "put-forward":
            assert offers.count() == 1
        case "take-back":
            assert not offers.exists()
        case "accept":
            assert len(questions.ours(other.seat).accepted) == 1
        case "set-aside":
            assert len(questions.ours(other.seat).set_aside) == 1
