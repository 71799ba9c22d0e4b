"""The invitations that this browser looked at: their ids are in the session, never their codes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.http import HttpRequest

from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest

if TYPE_CHECKING:
    from boundaries.pairing.rules import Offer


OFFERED = "offered"  # session key of the id of the invitation
FROM_THE_SITE = "from_the_site"  # the same for an invitation by whoever runs the site


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


def inviter(request: HttpRequest) -> str:
    """The first name on the invitation that this browser looked at, or nothing."""
    if not looked_at(request):
        return ""
    try:
        return pairing.offer_again(offered_id(request), None).first_name
    except pairing.DeadLink:
        return ""


def offered_id(request: HttpRequest) -> uuid.UUID:
    """Raises DeadLink where this browser looked at none."""
    try:
        return uuid.UUID(request.session[OFFERED])
    except (KeyError, ValueError):
        raise pairing.DeadLink from None


def admits(request: HttpRequest) -> bool:
    """Whether this browser looked at an invitation by which an account can be made."""
    return admission.admits(**_looked_at(request))


def use_up(request: HttpRequest) -> bool:
    """Use such an invitation up. A partner's stays in the session, to be joined by."""
    used = admission.use_up(**_looked_at(request))
    request.session.pop(FROM_THE_SITE, None)
    return used


def _looked_at(request: HttpRequest) -> dict[str, uuid.UUID | None]:
    return {"partners": _id(request, OFFERED), "sites": _id(request, FROM_THE_SITE)}


def _id(request: HttpRequest, key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.session[key])
    except (KeyError, ValueError):
        return None
