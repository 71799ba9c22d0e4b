"""Setting a seal and taking it back. Two seals open an envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Subquery, Value

from boundaries import notifications
from boundaries.content import catalogue
from boundaries.errors import Conflict
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats.models import Couple, Seat

# What is sealed like a deck, but isn't one that the catalogue knows.
OPTING_IN = "opting-in"  # to the intimate deck; without answers: the seal itself is the answer
CHECK_IN = "check-in"
CLOSENESS = "closeness"  # wanting the picture of it; without answers, too
NO_DECKS = (OPTING_IN, CHECK_IN, CLOSENESS)


class IsOpen(Conflict):
    """Both have sealed: what is open stays open, and stays as it was."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """The result of setting a seal."""

    envelope: Envelope
    open: bool  # both have sealed it
    just_opened: bool  # by this seal


def prepare(couple: Couple) -> None:
    """Create the envelopes of a couple's first rounds: that they exist then says nothing."""
    decks = [*catalogue.decks(), catalogue.INTIMATE, catalogue.OWN, *NO_DECKS]
    Envelope.objects.bulk_create(Envelope(couple=couple, deck=deck) for deck in decks)


def put(couple: Couple, seat: Seat, sheet: Sheet) -> Sealing:
    """Set a person's seal on their sheet. Both are mailed the same when this opens it.

    The couple must be locked. A sheet that is sealed already stays as it is.
    """
    seal = Seal.objects.filter(sheet=sheet).select_related("envelope").first()
    new = seal is None
    if seal is None:
        # A deck that was added later has no envelope before its first seal. Insert one every time:
        # if a statement could be saved, it would show that the other once sealed and took it back.
        Envelope.objects.bulk_create(
            [Envelope(couple=couple, deck=sheet.deck)], ignore_conflicts=True
        )
        rounds = Envelope.objects.filter(couple=couple, deck=sheet.deck).order_by("-round")
        seal = Seal.objects.create(envelope=rounds[0], seat=seat, sheet=sheet)
    opened = _is_open(seat, seal.envelope)
    if new and opened:
        Envelope.objects.create(couple=couple, deck=sheet.deck, round=seal.envelope.round + 1)
        both = Seat.objects.filter(couple=couple).select_related("user").order_by("side")
        notifications.something_waits_for(*(partner.user for partner in both))
    return Sealing(seal.envelope, open=opened, just_opened=new and opened)


def take_back(seat: Seat, sheet: Sheet) -> None:
    """Take a seal back, without a trace. The couple must be locked. Raises IsOpen."""
    seal = Seal.objects.filter(sheet=sheet).select_related("envelope").first()
    if seal is None:
        return
    if _is_open(seat, seal.envelope):
        raise IsOpen
    seal.delete()


def lapse(couple: Couple, deck: str, until: datetime | None = None) -> None:
    """Take back the seals of both that were set up to this moment, on what is not open yet.

    All of them without a moment. The couple must be locked. One statement, whatever there is.
    """
    coming = Envelope.objects.coming(couple.pk, Value(deck))
    seals = Seal.objects.filter(envelope__couple=couple, envelope__deck=deck)
    seals = seals.filter(envelope__round=Subquery(coming))
    (seals if until is None else seals.filter(set_at__lte=until)).delete()


def _is_open(seat: Seat, envelope: Envelope) -> bool:
    return Envelope.objects.open_to(seat).filter(pk=envelope.pk).exists()
