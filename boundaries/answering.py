"""Writing one's own answers in private, and sealing them a deck at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from boundaries import catalogue, notices, pairing
from boundaries.catalogue import Behaviour, Deck
from boundaries.models.answers import Answer
from boundaries.models.couples import Seat
from boundaries.models.envelopes import Envelope, Seal, Sheet
from boundaries.models.notes import Note
from boundaries.vocabulary import Said, Stance


class IsSealed(Exception):
    """Answers under one's own seal do not change; take the seal back first."""


class IsOpen(Exception):
    """What was opened stays open and stays as it was."""


@dataclass(frozen=True, slots=True)
class Row:
    """One behaviour on a sheet, with what this person says on it and notes to themselves."""

    behaviour: Behaviour
    said: Said
    self_note: str

    @property
    def dealt_with(self) -> bool:
        return self.said.answered or self.said.skipped


@dataclass(frozen=True, slots=True)
class Page:
    """One person's sheet for one deck, as they see it."""

    deck: Deck
    rows: tuple[Row, ...]
    sealed: bool  # by this person; the other's seal is not known to anything but the envelope
    open: bool

    @property
    def answered(self) -> int:
        return sum(row.said.answered for row in self.rows)

    @property
    def next(self) -> Row | None:
        """The first behaviour that is neither answered nor skipped."""
        return next((row for row in self.rows if not row.dealt_with), None)

    @property
    def begun(self) -> bool:
        return any(row.dealt_with for row in self.rows)

    def row(self, behaviour: Behaviour) -> Row:
        return next(row for row in self.rows if row.behaviour.id == behaviour.id)

    def place(self, behaviour: Behaviour) -> int:
        """Where a behaviour stands on the page, counted from one."""
        return self.rows.index(self.row(behaviour)) + 1

    def before(self, behaviour: Behaviour) -> Row | None:
        """The row above, or none for the first."""
        at = self.place(behaviour) - 2
        return self.rows[at] if at >= 0 else None

    def after(self, behaviour: Behaviour) -> Row | None:
        """The row below, or none for the last."""
        at = self.place(behaviour)
        return self.rows[at] if at < len(self.rows) else None


def pages(seat: Seat) -> list[Page]:
    """All of this person's sheets, in the order of the decks. Three queries, whatever they hold."""
    return list(_pages(seat, *catalogue.decks().values()))


def page(seat: Seat, deck: Deck) -> Page:
    return next(_pages(seat, deck))


@transaction.atomic
def answer(
    seat: Seat,
    behaviour: Behaviour,
    *,
    mine: Stance | None,
    partners: Stance | None,
    private: bool = False,
    note: str = "",
    self_note: str = "",
) -> Said:
    """Keep what this person says on one behaviour, whole. Returns what is now on disk.

    A stance given in one direction only counts for both: the first tap fills both.
    Raises IsSealed under one's own seal.
    """
    sheet = _own_sheet(seat, behaviour)
    said = Said(mine=mine or partners, partners=partners or mine, private=private, note=note)
    Answer.put(sheet, behaviour.id, said)
    Note.by(seat).update_or_create(seat=seat, behaviour=behaviour.id, defaults={"text": self_note})
    return said


@transaction.atomic
def skip(seat: Seat, behaviour: Behaviour) -> None:
    """Leave a behaviour out. To the other partner it is as if it had not been answered.

    Its stances go; the words stay, for the case of a change of mind. Raises IsSealed.
    """
    sheet = _own_sheet(seat, behaviour)
    said = Answer.by(seat).get(sheet=sheet, behaviour=behaviour.id).said
    Answer.put(sheet, behaviour.id, replace(said, mine=None, partners=None, skipped=True))


@transaction.atomic
def seal(seat: Seat, deck: Deck) -> bool:
    """Say "I am ready to open". Returns whether it is open to both now: the second seal opens it.

    Both then get the same letter. Sealing again changes nothing. Raises pairing.NotPaired.
    """
    couple = pairing.hold_couple(seat)
    envelope = Envelope.objects.get(couple=couple, deck=deck.id)
    sheet = _held_sheet(seat, deck)
    _, new = Seal.objects.get_or_create(envelope=envelope, seat=seat, defaults={"sheet": sheet})
    opened = Envelope.objects.open_to(seat).filter(pk=envelope.pk).exists()
    if opened and new:
        both = Seat.objects.filter(couple=couple).select_related("user").order_by("side")
        notices.something_waits_for(*(each.user for each in both))
    return opened


@transaction.atomic
def break_seal(seat: Seat, deck: Deck) -> None:
    """Take one's seal back, without a trace. Raises IsOpen and pairing.NotPaired."""
    couple = pairing.hold_couple(seat)
    envelope = Envelope.objects.get(couple=couple, deck=deck.id)
    if Envelope.objects.open_to(seat).filter(pk=envelope.pk).exists():
        raise IsOpen
    Seal.objects.filter(envelope=envelope, seat=seat).delete()


def _pages(seat: Seat, *decks: Deck) -> Iterator[Page]:
    ids = [deck.id for deck in decks]
    answers = {
        answer.behaviour: answer.said for answer in Answer.by(seat).filter(sheet__deck__in=ids)
    }
    behaviours = [behaviour.id for deck in decks for behaviour in deck.behaviours]
    notes: dict[str, Any] = dict(
        Note.by(seat).filter(behaviour__in=behaviours).values_list("behaviour", "text")
    )
    states = dict.fromkeys(ids, (False, False))
    for deck, opened in (
        Envelope.objects.filter(deck__in=ids, couple=seat.couple_id)
        .filter(Exists(Seal.objects.filter(envelope=OuterRef("pk"), seat=seat)))
        .annotate(opened=Exists(Envelope.objects.open_to(seat).filter(pk=OuterRef("pk"))))
        .values_list("deck", "opened")
    ):
        states[deck] = (True, opened)
    for each in decks:
        rows = tuple(
            Row(behaviour, answers.get(behaviour.id, Said()), notes.get(behaviour.id, ""))
            for behaviour in each.behaviours
        )
        yield Page(each, rows, *states[each.id])


def _own_sheet(seat: Seat, behaviour: Behaviour) -> Sheet:
    """The sheet a behaviour stands on, held, and free to be written on. Raises IsSealed."""
    sheet = _held_sheet(seat, catalogue.deck(behaviour.deck))
    if Seal.objects.filter(sheet=sheet).exists():
        raise IsSealed
    return sheet


def _held_sheet(seat: Seat, deck: Deck) -> Sheet:
    """This person's sheet, begun if need be, held until the transaction ends.

    The lock is on their own seat alone: what one partner writes never makes the other wait.
    """
    Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    sheet, new = Sheet.by(seat).get_or_create(seat=seat, deck=deck.id)
    if new:
        Answer.set_out(sheet, [behaviour.id for behaviour in deck.behaviours])
    return sheet
