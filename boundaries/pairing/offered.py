"""The invitation that this browser looked at: its id is in the session, never its code."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.http import HttpRequest

from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest

if TYPE_CHECKING:
    from boundaries.pairing.rules import Offer


OFFERED = "offered"  # session key of the id of the invitation


def looked_at(request: HttpRequest) -> bool:
    """Whether this browser looked at an invitation, and neither accepted nor declined it."""
    return OFFERED in request.session


def still_offered(request: SeatedRequest) -> Offer | None:
    """The invitation that this browser looked at, if this person can accept it."""
    if not looked_at(request) or seats.partner_of(request.seat):
        return None
    try:
        return pairing.offer_again(offered_id(request), request.seat)
    except pairing.DeadLink:
        return None


def offered_id(request: HttpRequest) -> uuid.UUID:
    """Raises DeadLink where this browser looked at none."""
    try:
        return uuid.UUID(request.session[OFFERED])
    except (KeyError, ValueError):
        raise pairing.DeadLink from None
