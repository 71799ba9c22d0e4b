"""Two partners and one sheet for a therapist: out by two releases of it, and no others."""

from __future__ import annotations

from functools import partial

import pytest

from boundaries import releasing
from boundaries.catalogue import Deck
from boundaries.models.releases import Release
from boundaries.releasing import Changed, NotThere
from tests.conftest import Person, opened_together
from tests.races.conftest import at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def opened(deck: Deck) -> tuple[Person, Person]:
    one, other = couple()
    opened_together(one, other, deck)
    return one, other


def put_together(who: Person) -> str:
    releasing.make(who.seat, ["a1"], 7)
    issue = releasing.issue(who.seat)
    assert issue
    return issue.digest


def test_both_release_at_once_and_it_is_out_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        both = opened(deck)
        digest = put_together(both[0])
        seats = [who.seat for who in (*both, both[0])]  # one of them twice

        outcome = at_once(*(partial(releasing.release, seat, digest) for seat in seats))

        assert outcome.succeeded == 3
        first, second = (releasing.issue(who.seat) for who in both)
        assert first
        assert second
        assert first.code == second.code != ""
        assert Release.objects.filter(issue__couple=both[0].seat.couple_id).count() == 2


def test_a_release_against_another_sheet_in_its_place(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        digest = put_together(one)
        releasing.release(one.seat, digest)
        seats = one.seat, other.seat

        def another(seat: object = seats[0]) -> None:
            releasing.end(seat)  # type: ignore[arg-type]
            releasing.release(seat, put_together(one))  # type: ignore[arg-type]

        outcome = at_once(partial(releasing.release, seats[1], digest), another)

        issue = releasing.issue(other.seat)
        assert outcome.refusals <= {Changed, NotThere}
        assert issue
        assert not issue.out
