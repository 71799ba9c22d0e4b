"""Two seals and it is open: the one rule that opens everything sealed here."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries import notifications
from boundaries.content import catalogue
from boundaries.errors import Conflict
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats.models import Couple, Seat

OPTING_IN = "opting-in"  # sealed like a deck, and holding no answers: the seal says it all


class IsOpen(Conflict):
    """What was opened stays open and stays as it was."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What came of setting a seal."""

    envelope: Envelope
    open: bool  # to both, now
    just_opened: bool  # by this very seal


def prepare(couple: Couple) -> None:
    """The envelopes of a couple's first rounds, all at once: that there is one says nothing."""
    decks = [*catalogue.decks(), catalogue.INTIMATE, catalogue.OWN, OPTING_IN]
    Envelope.objects.bulk_create(Envelope.empty(couple, deck) for deck in decks)


def put(couple: Couple, seat: Seat, sheet: Sheet) -> Sealing:
    """Set a person's seal on their sheet. Both get the same letter when this opens it.

    The couple must be held. A sheet that is sealed already stays as it is.
    """
    seal = Seal.objects.filter(sheet=sheet).select_related("envelope").first()
    new = seal is None
    if seal is None:
        # A deck that came later has none before its first seal. One is offered every time: that
        # there is one, from a seal that was taken back, must not save this person a statement.
        Envelope.objects.bulk_create([Envelope.empty(couple, sheet.deck)], ignore_conflicts=True)
        rounds = Envelope.objects.filter(couple=couple, deck=sheet.deck).order_by("-round")
        seal = Seal.objects.create(envelope=rounds[0], seat=seat, sheet=sheet)
    opened = _is_open(seat, seal.envelope)
    if new and opened:
        Envelope.empty(couple, sheet.deck, seal.envelope.round + 1).save(force_insert=True)
        both = Seat.objects.filter(couple=couple).select_related("user").order_by("side")
        notifications.something_waits_for(*(each.user for each in both))
    return Sealing(seal.envelope, open=opened, just_opened=new and opened)


def take_back(seat: Seat, sheet: Sheet) -> None:
    """Take a seal off again, without a trace. The couple must be held. Raises IsOpen."""
    seal = Seal.objects.filter(sheet=sheet).select_related("envelope").first()
    if seal is None:
        return
    if _is_open(seat, seal.envelope):
        raise IsOpen
    seal.delete()


def _is_open(seat: Seat, envelope: Envelope) -> bool:
    return Envelope.objects.open_to(seat).filter(pk=envelope.pk).exists()
