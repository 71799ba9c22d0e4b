"""Decorators for views about what this person, or a couple, is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse
from django.shortcuts import redirect

from boundaries.content.catalogue import Behaviour, Deck
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest


def with_deck[**P](
    view: Callable[Concatenate[SeatedRequest, Deck, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Pass the deck named in the URL to the view; 404 if this person is not asked it."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, deck: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        found = questions.deck(request.seat, deck)
        return view(request, found, *args, **kwargs)

    return wrapper


def with_behaviour[**P](
    view: Callable[Concatenate[SeatedRequest, Deck, Behaviour, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Pass the behaviour named in the URL, and its deck; 404 if this person is not asked it."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, behaviour: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        deck, found = questions.placed(request.seat, behaviour)
        return view(request, deck, found, *args, **kwargs)

    return wrapper


def for_couples[**P](
    view: Callable[Concatenate[SeatedRequest, P], HttpResponse],
) -> Callable[Concatenate[SeatedRequest, P], HttpResponse]:
    """Redirect to the pairing page if a rule finds that this person has no partner (any more)."""

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except seats.NotPaired:
            return redirect("pairing")

    return wrapper
