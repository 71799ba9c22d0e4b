"""Saying yes, in plain words, to what is kept and to who sees it: before anything is, or is shared.

What people write here is about their love life, which the law asks a clear yes for (Article 9 of
the GDPR; section 6 of India's DPDP Act). The yes is to one version of a text, and has its time.
"""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from boundaries.errors import Conflict, Refused
from boundaries.seats.models import Seat

# Of templates/boundaries/consent/text.html. Whoever changes what the text says gives it the next
# number; people are then asked again.
VERSION = 2


class NotAgreed(Refused):
    """They have not said yes to anything being kept or shown."""


class ConsentTextChanged(Conflict):
    """The text is not the one that was read any more."""


def agreed(seat: Seat) -> bool:
    """Whether this person has said yes, be it to an earlier text: what they write may be kept."""
    return seat.agreed_to is not None


def up_to_date(seat: Seat) -> bool:
    """Whether it was to the text as it is now."""
    return seat.agreed_to == VERSION


def asked_again(seat: Seat) -> bool:
    """Whether the text has changed since they said yes to it."""
    return agreed(seat) and not up_to_date(seat)


def agree(seat: Seat, version: int) -> None:
    """Say yes to the text as it was read. The time of the first yes to it stays.

    Raises ConsentTextChanged.
    """
    if version != VERSION:
        raise ConsentTextChanged
    new = Seat.objects.filter(pk=seat.pk).filter(Q(agreed_to=None) | ~Q(agreed_to=version))
    new.update(agreed_to=version, agreed_at=Now())


def require(seat: Seat) -> None:
    """Raises NotAgreed."""
    if not agreed(seat):
        raise NotAgreed
