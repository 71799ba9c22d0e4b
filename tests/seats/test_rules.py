"""A seat that was read before the other left says so, and breaks nothing."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.web.seated import SeatedRequest, seated
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def test_names_are_empty_alone_and_an_error_where_the_partner_has_just_left(
    alice: Person, bob: Person, charlie: Person
) -> None:
    read_before = Seat.objects.get(pk=alice.seat.pk)
    pairing.part(bob.seat)

    assert seats.names(charlie.seat) == {}
    assert seats.names(Seat.objects.get(pk=alice.seat.pk)) == {}
    with pytest.raises(seats.NotPaired):
        seats.names(read_before)


def test_somebody_alone_has_no_shared_key(charlie: Person) -> None:
    with pytest.raises(seats.NotPaired):
        _ = charlie.seat.shared_key


@pytest.mark.parametrize("token", [None, "of another couple"])
def test_a_couple_that_has_parted_is_not_locked(
    token: str | None, alice: Person, bob: Person
) -> None:
    if token is None:
        pairing.part(bob.seat)

    with pytest.raises(seats.NotPaired), seats.locked(alice.seat, token):
        raise AssertionError("there is no couple to lock")


class _Fault(Exception):
    """A mistake of ours."""


@pytest.mark.parametrize(
    ("error", "parting", "expected"),
    [
        (IntegrityError, True, Http404),
        (ObjectDoesNotExist, True, Http404),
        (seats.NotPaired, False, Http404),
        (IntegrityError, False, IntegrityError),
        (ObjectDoesNotExist, False, ObjectDoesNotExist),
        (_Fault, True, _Fault),
    ],
)
def test_only_what_parting_breaks_becomes_a_404(
    error: type[Exception],
    parting: bool,
    expected: type[Exception],
    alice: Person,
    bob: Person,
) -> None:
    @seated
    def view(request: SeatedRequest) -> HttpResponse:
        if parting:
            pairing.part(bob.seat)
        raise error

    request: HttpRequest = RequestFactory().get("/")
    request.user = alice.user

    with pytest.raises(expected):
        view(request)
