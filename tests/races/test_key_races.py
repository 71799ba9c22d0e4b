"""Master keys are replaced while two people go on: nothing is lost, unreadable or brought back."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.encryption import current_epoch
from boundaries.agreements import history
from boundaries.comparison.rules import compare
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import data_keys
from boundaries.seats import rules as seats
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Seat
from boundaries.vocabulary import Stance
from tests.conftest import opened_together, row_of, write
from tests.races.conftest import at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def turn(settings: Any) -> Any:
    """Puts the other master key first; both are known, as in the middle of a rotation."""

    def turned() -> None:
        (one, first), (two, second) = settings.MASTER_KEYS.items()
        settings.MASTER_KEYS = {two: second, one: first}

    return turned


def test_people_write_while_keys_are_rewrapped(trials: range, deck: Deck, turn: Any) -> None:
    one, other = couple()
    opened_together(one, other, deck)
    first, second = catalogue.deck("a").behaviours[:2]
    for at in trials:
        turn()

        outcome = at_once(
            data_keys.rewrap,
            partial(write, one, first, list(Stance)[at % 4], note=f"note {at}"),
            partial(write, other, second, list(Stance)[at % 4], self_note=f"own {at}"),
            partial(history.agreement, one.seat),
        )

        assert outcome.refusals == set()
        assert row_of(one, first).answer.note == f"note {at}"
        assert row_of(other, second).aside.note == f"own {at}"
        assert Key.objects.values("epoch").distinct().count() == 1
        assert compare(one.seat, deck) == compare(other.seat, deck)
    assert data_keys.rewrap() == 0


def test_parting_or_leaving_during_a_rotation_is_not_undone(trials: range, turn: Any) -> None:
    for _ in trials:
        one, other = couple()
        gone = {one.seat.pk, one.seat.couple_id}
        turn()

        outcome = at_once(data_keys.rewrap, partial(pairing.part, other.seat))
        outcome_of_leaving = at_once(data_keys.rewrap, one.user.delete)

        assert outcome.refusals | outcome_of_leaving.refusals == set()
        assert not Key.objects.filter(seat__in=gone).exists()
        assert not Key.objects.filter(couple__in=gone).exists()
        assert Key.objects.filter(seat=other.seat).exists()


def test_a_key_that_is_locked_for_a_while_is_rewrapped_too(turn: Any) -> None:
    one, _ = couple()
    turn()
    held, wrapped = threading.Event(), threading.Event()

    @transaction.atomic
    def leave_and_think_better() -> None:
        Key.objects.select_for_update().get(seat=one.seat)
        held.set()
        assert not wrapped.wait(timeout=1)  # it is waited for
        transaction.set_rollback(True)

    def rotate() -> int:
        held.wait(timeout=10)
        done = data_keys.rewrap()
        wrapped.set()
        return done

    outcome = at_once(leave_and_think_better, rotate)

    assert outcome.refusals == set()
    assert 3 in outcome.results
    assert not Key.objects.exclude(epoch=current_epoch()).exists()


def test_a_first_visit_from_two_pages_makes_one_key(trials: range) -> None:
    for _ in trials:
        one, _other = couple()
        Seat.objects.filter(pk=one.seat.pk).update(couple=None, side=None)
        Seat.objects.filter(user=one.user).delete()

        outcome = at_once(*(partial(seats.seat_of, one.user) for _ in range(3)))

        assert outcome.refusals == set()
        assert {seat.pk for seat in outcome.results} == {one.seat.pk}
        assert Key.objects.filter(seat=one.seat.pk).count() == 1


@pytest.mark.read_committed("show what only read committed lets happen")
def test_without_its_lock_a_rotation_writes_a_deleted_key() -> None:
    """The naive twin. The key's tie to its couple is the second hold: it fails, and loudly."""
    one, _ = couple()
    looked, left = threading.Event(), threading.Event()

    @transaction.atomic
    def naive_rewrap() -> None:
        some = list(Key.objects.filter(couple=one.seat.couple_id))
        looked.set()
        left.wait(timeout=10)
        Key.objects.bulk_create(
            some, update_conflicts=True, unique_fields=["id"], update_fields=["epoch"]
        )

    def part() -> None:
        looked.wait(timeout=10)
        pairing.part(one.seat)
        left.set()

    outcome = at_once(naive_rewrap, part)

    assert outcome.refusals == {IntegrityError}
    assert not Key.objects.filter(couple__isnull=False).exists()


def test_words_are_readable_after_both_epochs_were_in_use(deck: Deck, turn: Any) -> None:
    one, _ = couple()
    write(one, deck.behaviours[0], Stance.UNSURE, self_note="first")
    turn()
    _, new = couple()
    write(new, deck.behaviours[0], Stance.UNSURE, self_note="second")

    assert data_keys.rewrap() == 3

    assert row_of(one, deck.behaviours[0]).aside.note == "first"
    assert row_of(new, deck.behaviours[0]).aside.note == "second"
