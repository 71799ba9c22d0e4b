"""The decorator of views for a signed-in person, who has a seat."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from boundaries.errors import NotFound
from boundaries.seats import rules as seats
from boundaries.web.forms import fields_of_words

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User
    from boundaries.seats.models import Seat


class SeatedRequest(HttpRequest):
    """A request with the `seat` that every rule takes first."""

    user: User
    seat: Seat
    htmx: HtmxDetails


type SeatedView[**P] = Callable[Concatenate[SeatedRequest, P], HttpResponse]


def seated[**P](view: SeatedView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Set `request.seat`: the signed-in person's own seat, and nobody else's.

    What a rule does not find is a 404. So is a request that fails because the other parted while
    it ran: rows that it had just read are deleted then. A 404 to a form gives the words that were
    sent back to their writer.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        seated_request = cast("SeatedRequest", request)
        seated_request.seat = seats.seat_of(seated_request.user)
        try:
            return view(seated_request, *args, **kwargs)
        except (Http404, NotFound):
            pass
        except (DatabaseError, ObjectDoesNotExist):
            # If the database gave its transaction up, asking raises that again: it is repeated.
            if seats.is_unchanged(seated_request.seat):
                raise
        if words := _words_sent(seated_request):
            context, status = {"words": words}, HTTPStatus.NOT_FOUND
            return render(request, "boundaries/leaving/given_back.html", context, status=status)
        raise Http404

    return wrapper


def _words_sent(request: SeatedRequest) -> list[str]:
    """What somebody wrote into the form that was sent. A page that saves by script keeps it."""
    if request.method != "POST" or request.htmx:
        return []
    names = fields_of_words()
    sent = (request.POST[name].strip() for name in request.POST if name in names)
    return list(filter(None, sent))
