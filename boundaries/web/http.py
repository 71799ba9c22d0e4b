"""What a boundaries view may count on: a signed-in person, in their seat."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, cast

from allauth.core import ratelimit
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from accounts import codes, reauthentication
from boundaries.consent import rules as consent
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.talks import reading

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User
    from boundaries.content.catalogue import Behaviour, Deck
    from boundaries.seats.models import Seat
    from boundaries.talks.reading import Talk


class SeatedRequest(HttpRequest):
    """A request whose `seat` is the one key to every act."""

    user: User
    seat: Seat
    htmx: HtmxDetails


# Fields that hold no words: keys, versions and choices.
PLUMBING = re.compile(
    "csrfmiddlewaretoken|join|seen|look|anyway|pad|from|part|then|purpose|side|together|digests?|unlike|own|code"
    "|joining|mine|partners|weight|guess|conditions|private|live|to_keep_the_peace|mode|begins"
    "|minutes|version|advised|alike|feelings|needs|outcome|on|behaviours|days"
    "|(outcome|conditions|on)_(both|left|right)"
)

CODE_IN_QUERY = re.compile(r"(?:^|&)code=|%(?:25)*23", re.IGNORECASE)

type SeatedView[**P] = Callable[Concatenate[SeatedRequest, P], HttpResponse]


def seated[**P](view: SeatedView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Put `request.seat` in place: the signed-in person's own, and no other.

    Whatever fails because the other has parted just now is no page. Words that were sent to where
    there is nothing are given back to their writer, and it is the same for nothing whatever.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        seated_request = cast("SeatedRequest", request)
        seated_request.seat = pairing.seat_of(seated_request.user)
        try:
            return view(seated_request, *args, **kwargs)
        except Http404:
            pass
        except Exception:
            if pairing.is_as_it_was(seated_request.seat):
                raise
        if words := _words_sent(seated_request):
            context, status = {"words": words}, HTTPStatus.NOT_FOUND
            return render(request, "boundaries/leaving/given_back.html", context, status=status)
        raise Http404

    return wrapper


def once_agreed[**P](view: SeatedView[P]) -> SeatedView[P]:
    """Lead whoever has not said yes to what is kept to where they can, and from there back.

    A page that saves in the background is told so in place.
    """

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if consent.agreed(request.seat):
            return view(request, *args, **kwargs)
        if request.htmx:
            template = "boundaries/consenting/first.html"
            return render(request, template, status=HTTPStatus.CONFLICT)
        return redirect_to_login(reauthentication.page_before(request), resolve_url("consenting"))

    return wrapper


def of_deck[**P](
    view: Callable[Concatenate[SeatedRequest, Deck, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the deck of an address, if this person is asked it; else there is no page."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, deck: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            found = questions.deck(request.seat, deck)
        except questions.NotAsked:
            raise Http404 from None
        return view(request, found, *args, **kwargs)

    return wrapper


def of_behaviour[**P](
    view: Callable[Concatenate[SeatedRequest, Deck, Behaviour, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the behaviour of an address and its deck, if this person is asked it."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, behaviour: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            deck, found = questions.placed(request.seat, behaviour)
            return view(request, deck, found, *args, **kwargs)
        except questions.NotAsked:  # at first, or because the couple has parted just now
            raise Http404 from None

    return wrapper


def of_talk[**P](
    view: Callable[Concatenate[SeatedRequest, Talk, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the talk of an address, if it is one of this person's; else there is none."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, talk: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            return view(request, reading.talk(request.seat, talk), *args, **kwargs)
        except (reading.NotThere, pairing.NotPaired):  # at first, or parted just now
            raise Http404 from None

    return wrapper


def _words_sent(request: SeatedRequest) -> list[str]:
    """What somebody wrote into the form that was sent. A page that saves by itself keeps it."""
    if request.method != "POST" or request.htmx:
        return []
    fields = ((name, request.POST[name].strip()) for name in request.POST)
    return [words for name, words in fields if words and not PLUMBING.fullmatch(name)]


def limited(request: HttpRequest, action: str) -> HttpResponse | None:
    """The page for when something was tried too often, or nothing.

    Counted for each person alone, and for who is signed out by their network address.

    The rates stand in ACCOUNT_RATE_LIMITS, next to those for signing in. A look counts as well as
    an act: what is costly here is mostly a look.
    """
    user = request.user if request.user.is_authenticated else None
    refusal = ratelimit.consume_or_429(request, action=action, user=user, limit_get=True)
    return cast("HttpResponse | None", refusal)


def code_in_address(request: HttpRequest, rest: str, shape: codes.Shape) -> str:
    """The code in the rest of an address, for its form; empty where there is none.

    A link carries its code behind the "#", which no server sees. Programs that check links on
    their way write "%23" for it, or move it. A tracking parameter alone is not taken for a code.
    """
    query = str(request.META.get("QUERY_STRING", ""))
    marked = query if CODE_IN_QUERY.search(query) else ""
    found = codes.find(f"{rest} {marked}".strip(), shape)
    return codes.grouped(found[0]) if found else ""


def without_address(page: HttpResponse) -> HttpResponse:
    """A page whose own address may hold a code: no later request repeats the address."""
    page["Referrer-Policy"] = "strict-origin"
    return page
