"""Which decks somebody has been shown as open since they signed in. Kept in their session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from boundaries.content.catalogue import Deck

SEEN = "compared"


def remember(request: HttpRequest, deck: Deck) -> None:
    seen = request.session.get(SEEN, [])
    if deck.id not in seen:
        request.session[SEEN] = [*seen, deck.id]


def has_seen(request: HttpRequest, deck: Deck) -> bool:
    return deck.id in request.session.get(SEEN, [])
