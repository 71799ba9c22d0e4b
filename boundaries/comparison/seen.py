"""Which decks somebody has been shown as open since they signed in. Kept in their session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.content.catalogue import Deck
    from boundaries.web.seated import SeatedRequest

SEEN = "opened"


def remember(request: SeatedRequest, deck: Deck) -> None:
    seen = request.session.get(SEEN, [])
    if _name(request, deck) not in seen:
        request.session[SEEN] = [*seen, _name(request, deck)]


def has_seen(request: SeatedRequest, deck: Deck) -> bool:
    return _name(request, deck) in request.session.get(SEEN, [])


def _name(request: SeatedRequest, deck: Deck) -> str:
    """With another partner, the same deck is another one to open."""
    return f"{request.seat.couple_id} {deck.id}"
