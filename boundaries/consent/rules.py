"""Explicit consent to what is stored and who sees it, before anything is stored or shared.

What people write here is about their love life, for which the law requires explicit consent
(Article 9 of the GDPR; section 6 of India's DPDP Act). It is given to one version of the text.
"""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from boundaries.errors import Conflict, Refused
from boundaries.seats.models import Seat

# Of templates/boundaries/consent/text.html. Raise it when the text says something else; people are
# then asked again.
VERSION = 3


class NotAgreed(Refused):
    """This person has not agreed to anything being stored."""


class ConsentTextChanged(Conflict):
    """The text has changed since it was read."""


def agreed(seat: Seat) -> bool:
    """Whether this person has agreed, if only to an earlier text.

    Then what they have on their screen may still be stored; the next page asks them again.
    """
    return seat.agreed_to is not None


def up_to_date(seat: Seat) -> bool:
    """Whether they agreed to the text as it is now."""
    return seat.agreed_to == VERSION


def asked_again(seat: Seat) -> bool:
    """Whether the text has changed since they agreed to it."""
    return agreed(seat) and not up_to_date(seat)


def agree(seat: Seat, version: int) -> None:
    """Agree to the text as it was read. The time of the first yes to this version stays.

    Raises ConsentTextChanged.
    """
    if version != VERSION:
        raise ConsentTextChanged
    new = Seat.objects.filter(pk=seat.pk).filter(Q(agreed_to=None) | ~Q(agreed_to=version))
    new.update(agreed_to=version, agreed_at=Now())


def require(seat: Seat) -> None:
    """Raises NotAgreed where this person has not agreed to any version."""
    if not agreed(seat):
        raise NotAgreed
