"""The invitation that was looked at in this browser: its id is in the session, never its code."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.http import HttpRequest

from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest

if TYPE_CHECKING:
    from boundaries.pairing.rules import Offer


OFFERED = "offered"  # in the session: which invitation was looked at, never its code


def looked_at(request: HttpRequest) -> bool:
    """Whether an invitation was looked at in this browser, and neither taken nor refused."""
    return OFFERED in request.session


def still_offered(request: SeatedRequest) -> Offer | None:
    """The invitation that was looked at in this browser, if this person can accept it."""
    if not looked_at(request) or seats.partner_of(request.seat):
        return None
    try:
        return pairing.offer_again(offered_id(request), request.seat)
    except pairing.DeadLink:
        return None


def offered_id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.session[OFFERED])
    except (KeyError, ValueError):
        raise pairing.DeadLink from None
