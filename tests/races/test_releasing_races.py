"""Two partners and one sheet for a therapist: out by two releases of it, and no others."""

from __future__ import annotations

from functools import partial

import pytest

from boundaries.content.catalogue import Deck
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.contents import NoSuchSheet
from boundaries.therapist_sheet.models import Release
from boundaries.therapist_sheet.rules import SheetChanged
from tests.conftest import Person, opened_together
from tests.races.conftest import at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def opened(deck: Deck) -> tuple[Person, Person]:
    one, other = couple()
    opened_together(one, other, deck)
    return one, other


def put_together(who: Person) -> str:
    therapist_sheet.make(who.seat, ["a1"], 7)
    issue = therapist_sheet.issue(who.seat)
    assert issue
    return issue.digest


def test_both_release_at_once_and_it_is_out_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        both = opened(deck)
        digest = put_together(both[0])
        seats = [who.seat for who in (*both, both[0])]  # one of them twice

        outcome = at_once(*(partial(therapist_sheet.release, seat, digest) for seat in seats))

        assert outcome.succeeded == 3
        first, second = (therapist_sheet.issue(who.seat) for who in both)
        assert first
        assert second
        assert first.code == second.code != ""
        assert Release.objects.filter(issue__couple=both[0].seat.couple_id).count() == 2


def test_a_release_against_another_sheet_in_its_place(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        digest = put_together(one)
        therapist_sheet.release(one.seat, digest)
        seats = one.seat, other.seat

        def another(seat: object = seats[0]) -> None:
            therapist_sheet.end(seat)  # type: ignore[arg-type]
            therapist_sheet.release(seat, put_together(one))  # type: ignore[arg-type]

        outcome = at_once(partial(therapist_sheet.release, seats[1], digest), another)

        issue = therapist_sheet.issue(other.seat)
        assert outcome.refusals <= {SheetChanged, NoSuchSheet}
        assert issue
        assert not issue.is_released
