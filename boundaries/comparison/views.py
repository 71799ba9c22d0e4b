"""The comparison of an opened deck, in words and in pictures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reauthentication
from boundaries.comparison import seen
from boundaries.comparison.for_me import own_lines
from boundaries.comparison.pages import comparison_page
from boundaries.comparison.rules import compare, require_open
from boundaries.content.catalogue import Deck
from boundaries.questions.decorators import with_deck
from boundaries.seats import rules as seats
from boundaries.vocabulary import Side
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@seated
@with_deck
def opened(request: SeatedRequest, deck: Deck) -> HttpResponse:
    """The quiet screen before a comparison."""
    require_open(request.seat, deck)
    seen.remember(request, deck)
    return render(request, "boundaries/comparison/opened.html", {"deck": deck})


@require_safe
@seated
@with_deck
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    comparison = compare(request.seat, deck)
    me = comparison.left if request.seat.side == Side.LEFT else comparison.right
    namesake = seats.namesake_of(me)
    return comparison_page(request, comparison, talks=True, namesake=namesake)


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def for_me(request: SeatedRequest, deck: Deck) -> HttpResponse:
    lines = own_lines(request.seat, deck)
    context = {
        "deck": deck,
        "partner": seats.partner_of(request.seat),
        "differing": [line for line in lines if line.differs],
        "guessed": [line for line in lines if line.guessed],
    }
    return render(request, "boundaries/comparison/for_me.html", context)
