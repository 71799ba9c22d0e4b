"""Decorators for views about a deck or a behaviour that this person is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse

from boundaries.content.catalogue import Behaviour, Deck
from boundaries.questions import rules as questions
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
