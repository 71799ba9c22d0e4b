"""Never both, never stuck, never lost, never twice: on PostgreSQL, where it can go wrong.

SQLite lets one writer in at a time and hides every one of these, so they prove nothing there.
"""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from functools import partial
from string import ascii_lowercase

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.models import User
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers, packed_answer
from boundaries.comparison.rules import compare
from boundaries.content.catalogue import Deck
from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Answer, Aside, Stance
from tests.conftest import Person, pair, person, row_of, write
from tests.pairing.test_rules import code_of, invite, join, joiner_of
from tests.races.conftest import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def people(*names: str) -> list[Person]:
    """Somebody new for each trial, so that none depends on the one before."""
    return [person(name + get_random_string(8, ascii_lowercase)) for name in names]


def couple() -> tuple[Person, Person]:
    one, other = people("One", "Other")
    pair(one, other)
    return one, other


def test_two_people_accept_one_link(trials: range) -> None:
    for _ in trials:
        inviter, first, second = people("Inviter", "First", "Second")
        offer = pairing.offer(invite(inviter))

        outcome = at_once(
            lambda: pairing.join(first.seat, offer.id),
            lambda: pairing.join(second.seat, offer.id),
        )

        assert outcome.succeeded == 1
        assert outcome.refusals == {pairing.DeadLink}


def test_without_compare_and_set_both_accept_it() -> None:
    inviter, first, second = people("Inviter", "First", "Second")
    offer = pairing.offer(invite(inviter))
    both_have_looked = threading.Barrier(2)

    def naive(who: Person) -> None:
        invitation = Invitation.objects.get(pk=offer.id)
        both_have_looked.wait(timeout=10)
        if invitation.joiner is None:
            invitation.joiner, invitation.joining = who.seat, uuid.uuid4()
            invitation.save()

    assert at_once(lambda: naive(first), lambda: naive(second)).succeeded == 2


def test_two_people_sign_up_by_one_link(trials: range) -> None:
    for number in trials:
        inviter, *_ = people("Inviter")
        offer = pairing.offer(invite(inviter))
        code = admission.invite(timedelta(days=1))
        for looked_at in (
            {"partners": offer.id, "sites": None},
            {"partners": None, "sites": admission.found(code)},
        ):
            outcome = at_once(
                lambda: admission.use_up(**looked_at),
                lambda: admission.use_up(**looked_at),
            )
            assert sorted(outcome.results) == [False, True], number


def test_both_seal_at_once_and_it_opens_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        mail.outbox.clear()

        outcome = at_once(
            lambda: answers.seal(one.seat, deck),
            lambda: answers.seal(other.seat, deck),
        )

        assert sorted(outcome.results) == [False, True]
        assert compare(one.seat, deck) == compare(other.seat, deck)
        assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
            [one.user.email, other.user.email]
        )


@pytest.mark.read_committed("show what only read committed lets happen")
def test_without_a_lock_both_seal_and_neither_sees_it_open(deck: Deck) -> None:
    one, other = couple()
    both_have_sealed, both_have_looked = threading.Barrier(2), threading.Barrier(2)

    @transaction.atomic
    def naive(who: Person) -> bool:
        sheet = Sheet.owned_by(who.seat).create(seat=who.seat, deck=deck.id)
        envelope = Envelope.objects.get(couple=who.seat.couple_id, deck=deck.id)
        Seal.objects.create(envelope=envelope, seat=who.seat, sheet=sheet)
        both_have_sealed.wait(timeout=10)
        open = Envelope.objects.open_to(who.seat).filter(pk=envelope.pk).exists()
        both_have_looked.wait(timeout=10)  # before either commits
        return open

    assert at_once(lambda: naive(one), lambda: naive(other)).results == (False, False)


def test_a_seal_against_an_edit(trials: range, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    for _ in trials:
        one, other = couple()
        before, after = Stance.ACCEPTABLE, Stance.UNACCEPTABLE
        answers.answer(one.seat, behaviour, version="", mine=before, partners=before)
        answers.seal(other.seat, deck)
        seen = row_of(one, behaviour).version

        outcome = at_once(
            lambda: answers.seal(one.seat, deck),
            partial(answers.answer, one.seat, behaviour, version=seen, mine=after, partners=after),
        )

        assert outcome.results[0] is True
        assert outcome.refusals <= {answers.AlreadySealed}
        kept = after if outcome.succeeded == 2 else before
        assert sheets.own_sheet(one.seat, deck).row(behaviour).answer.mine == kept


@pytest.mark.read_committed("show what only read committed lets happen")
def test_without_the_seats_lock_an_edit_lands_under_a_seal(deck: Deck) -> None:
    one, _ = couple()
    behaviour = deck.behaviours[0]
    answers.answer(one.seat, behaviour, version="", mine=Stance.ACCEPTABLE, partners=None)
    looked, sealed = threading.Event(), threading.Event()

    @transaction.atomic
    def naive_edit() -> None:
        sheet = Sheet.owned_by(one.seat).get(deck=deck.id)
        assert not Seal.objects.filter(sheet=sheet).exists()
        looked.set()
        sealed.wait(timeout=10)
        answered = Answer(mine=Stance.UNSURE, partners=Stance.UNSURE)
        Answers.put(one.seat, sheet, {behaviour.id: packed_answer(answered)})

    def seal() -> None:
        looked.wait(timeout=10)
        answers.seal(one.seat, deck)
        sealed.set()

    assert at_once(naive_edit, seal).succeeded == 2
    page = sheets.own_sheet(one.seat, deck)
    assert page.sealed
    assert page.row(behaviour).answer.mine == Stance.UNSURE


def test_parting_against_a_seal(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        answers.seal(one.seat, deck)

        outcome = at_once(
            lambda: pairing.part(one.seat),
            lambda: answers.seal(other.seat, deck),
        )

        assert outcome.results[0] is None
        assert outcome.refusals <= {seats.NotPaired}
        assert {one.seat.couple_id, other.seat.couple_id} == {None}
    assert not Seal.objects.exists()
    assert not Couple.objects.exists()


def test_both_part_at_once(trials: range) -> None:
    for _ in trials:
        one, other = couple()

        outcome = at_once(lambda: pairing.part(one.seat), lambda: pairing.part(other.seat))

        assert outcome.succeeded == 1
        assert outcome.refusals == {seats.NotPaired}
        assert sorted([one.seat.parted, other.seat.parted]) == [False, True]


def test_two_who_invited_each_other_confirm_at_once(trials: range) -> None:
    for _ in trials:
        one, other = people("One", "Other")
        first, second = invite(one), invite(other)
        join(other, first)
        join(one, second)
        one_sees, other_sees = joiner_of(one).joining, joiner_of(other).joining

        outcome = at_once(
            lambda: pairing.confirm(one.seat, one_sees),
            lambda: pairing.confirm(other.seat, other_sees),
        )

        assert outcome.succeeded == 1
        assert outcome.refusals <= {pairing.NobodyJoined, pairing.AlreadyPaired}
        assert one.seat.couple_id == other.seat.couple_id is not None


def test_confirming_against_withdrawing(trials: range) -> None:
    for _ in trials:
        one, other = people("One", "Other")
        join(other, invite(one))
        joining = joiner_of(one).joining

        outcome = at_once(
            lambda: pairing.confirm(one.seat, joining),
            lambda: pairing.withdraw(other.seat),
        )

        assert outcome.refusals <= {pairing.NobodyJoined}
        paired = outcome.succeeded == 2
        assert (one.seat.couple_id is not None) == paired
        assert one.seat.couple_id == other.seat.couple_id


def test_the_first_answer_twice_at_once_begins_one_sheet(trials: range, deck: Deck) -> None:
    for _ in trials:
        (one,) = people("One")
        first, second = deck.behaviours[:2]
        one.seat  # noqa: B018 the first visit

        outcome = at_once(
            lambda: answers.answer(one.seat, first, version="", mine=Stance.UNSURE),
            lambda: answers.answer(one.seat, second, version="", mine=Stance.UNSURE),
        )

        assert outcome.succeeded == 2
        assert Answers.owned_by(one.seat).count() == 1
        rows = sheets.own_sheet(one.seat, deck).rows
        assert [row.answer.mine for row in rows].count(Stance.UNSURE) == 2


def test_cards_that_are_saved_at_once_are_all_kept(trials: range, deck: Deck) -> None:
    """They are written into one row: each save has to begin from what the last one wrote."""
    cards = deck.behaviours[:4]
    for _ in trials:
        (one,) = people("One")
        write(one, deck.behaviours[5], Stance.ACCEPTABLE, note="before")

        outcome = at_once(
            *(
                partial(
                    answers.answer,
                    *(one.seat, card),
                    version="",
                    mine=Stance.UNSURE,
                    note=card.id,
                    aside=Aside(note=card.id),
                )
                for card in cards
            )
        )

        assert outcome.succeeded == len(cards)
        rows = [row_of(one, card) for card in cards]
        assert [(row.answer.note, row.aside.note) for row in rows] == [(c.id, c.id) for c in cards]
        assert sum(row.undoable for row in rows) == 2  # the last two, whichever they were
        assert row_of(one, deck.behaviours[5]).answer.note == "before"


@pytest.mark.read_committed("show what only read committed lets happen")
def test_without_the_seats_lock_one_of_two_cards_is_lost(deck: Deck) -> None:
    (one,) = people("One")
    first, second, third = deck.behaviours[:3]
    write(one, third, Stance.ACCEPTABLE)
    sheet = Sheet.owned_by(one.seat).get(deck=deck.id)
    both_have_read = threading.Barrier(2)
    answered = packed_answer(Answer(mine=Stance.UNSURE, partners=Stance.UNSURE))

    @transaction.atomic
    def naive(behaviour: str) -> None:
        content = Answers.on(one.seat, sheet)
        both_have_read.wait(timeout=10)
        Answers.put(one.seat, sheet, content | {behaviour: answered})

    assert at_once(partial(naive, first.id), partial(naive, second.id)).succeeded == 2
    assert sheets.own_sheet(one.seat, deck).answered == 2  # the third, and one of the two


def test_the_first_visit_twice_at_once_creates_one_seat(trials: range) -> None:
    for _ in trials:
        (one,) = people("One")

        outcome = at_once(
            lambda: seats.seat_of(one.user),
            lambda: seats.seat_of(one.user),
        )

        assert outcome.results[0] == outcome.results[1]
        assert Seat.objects.filter(user=one.user).count() == 1


@pytest.mark.parametrize(
    "act", ["invite", "join", "confirm", "answer", "skip", "seal", "unseal", "part", "revoke"]
)
def test_a_double_click_is_one_click(trials: range, deck: Deck, act: str) -> None:
    for _ in trials:
        one, other = people("One", "Other")
        url, data, who = _prepared(act, one, other, deck)
        clients = [Client(), Client()]
        for client in clients:
            client.force_login(User.objects.get(pk=who.user.pk))
            if act == "join":
                cache.clear()  # a limit on trying codes is not what is raced here
                client.post("/join/code/", {"code": code_of(one)})

        outcome = at_once(*(lambda c=client: c.post(url, data).status_code for client in clients))

        assert set(outcome.results) <= {200, 302, 404, 409}, outcome
        assert 302 in outcome.results
        _is_done_once(act, one, other, deck)


def _prepared(
    act: str, one: Person, other: Person, deck: Deck
) -> tuple[str, dict[str, str], Person]:
    """Everything up to the click: where it goes, what it sends, and whose it is."""
    behaviour = deck.behaviours[0].id
    if act == "invite":
        return "/partner/invite/", {"questions": "read"}, one
    if act == "answer":
        return f"/answers/{behaviour}/save/", {"mine": "unsure", "note": "n"}, one
    if act == "skip":
        return f"/answers/{behaviour}/skip/", {}, one
    code = invite(one)
    if act == "revoke":
        return "/partner/revoke/", {}, one
    if act == "join":
        shown = str(pairing.offer(code, other.seat).id)
        return "/join/accept/", {"join": shown, "questions": "read"}, other
    join(other, code)
    if act == "confirm":
        return "/partner/confirm/", {"joining": str(joiner_of(one).joining)}, one
    pairing.confirm(one.seat, joiner_of(one).joining)
    if act == "unseal":
        answers.seal(one.seat, deck)
    if act == "seal":
        look = answers.sheet_version(one.seat, sheets.own_sheet(one.seat, deck))
        return "/decks/essentials/seal/", {"seen": look}, one
    url = {"unseal": "/decks/essentials/unseal/"}
    return url.get(act, "/partner/part/"), {}, one


def _is_done_once(act: str, one: Person, other: Person, deck: Deck) -> None:
    match act:
        case "invite":
            assert pairing.offer(code_of(one)).first_name == one.user.first_name
        case "join":
            assert pairing.waiting_for(other.seat) == seats.Partner(one.user.first_name)
        case "confirm":
            assert one.seat.couple_id is not None
            assert one.seat.couple_id == other.seat.couple_id
        case "answer":
            assert row_of(one, deck.behaviours[0]).answer.note == "n"
        case "skip":
            assert row_of(one, deck.behaviours[0]).answer.skipped
        case "seal":
            assert Seal.objects.filter(seat=one.seat).count() == 1
        case "unseal":
            assert not Seal.objects.filter(seat=one.seat).exists()
        case "part":
            assert one.seat.couple_id is None
        case "revoke":
            assert pairing.standing(one.seat) is None
