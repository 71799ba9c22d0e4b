"""Writing one's own answers in private, and sealing them one deck at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from django.db import transaction

from boundaries.answers import sheets
from boundaries.answers.models import Answers, packed_answer, unpacked_answer
from boundaries.answers.private_notes import Notes, after_change, packed_note, unpacked_before
from boundaries.answers.sheets import OwnSheet, Row, State
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.errors import Conflict
from boundaries.questions import rules as questions
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Aside


class AlreadySealed(Conflict):
    """A sealed answer cannot be changed. Its writer must take the seal back first."""


class AnswersChanged(Conflict):
    """The answers, or the partner they would open to, have changed since the page was loaded."""


class StaleCard(Conflict):
    """The card was changed elsewhere since the page was loaded. Nothing was overwritten."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row  # as it is now


def answer(
    seat: Seat,
    behaviour: Behaviour,
    *,
    version: str,
    aside: Aside | None = None,
    **values: Any,
) -> Row:
    """Save this person's answer to one behaviour. Returns what is now stored.

    `values` are fields of Answer; a field that is not given stays as it is. A stance in only one
    direction is kept, but the other is never made up: the card counts as not answered until both
    are given. `version` is the version of the card that the change was made from. Saving again
    what is already stored changes nothing.

    Raises AlreadySealed, StaleCard and consent.NotAgreed.
    """

    def changed(old: State) -> State:
        new = replace(old[0], skipped=False, hidden=False, **values)
        return new, old[1] if aside is None else aside

    return _change(seat, behaviour, version, changed)


def skip(seat: Seat, behaviour: Behaviour, *, version: str) -> Row:
    """Skip a behaviour. To the partner this looks the same as no answer.

    The stances are deleted; notes and conditions are kept in case this person changes their mind.
    Raises AlreadySealed, StaleCard and consent.NotAgreed.
    """

    def skipped(old: State) -> State:
        return replace(old[0], mine=None, partners=None, skipped=True), old[1]

    return _change(seat, behaviour, version, skipped)


def hide(seat: Seat, behaviour: Behaviour, *, version: str) -> Row:
    """Hide a behaviour from both partners, without a reason.

    It disappears from this person's list at once, and from the comparison when the deck opens:
    before that nothing may show. Raises AlreadySealed, StaleCard and consent.NotAgreed.
    """
    return _change(seat, behaviour, version, lambda old: (replace(old[0], hidden=True), old[1]))


def show_again(seat: Seat, behaviour: Behaviour, *, version: str) -> Row:
    """Show a hidden behaviour again, with its answer.

    Raises AlreadySealed, StaleCard and consent.NotAgreed.
    """
    return _change(seat, behaviour, version, lambda old: (replace(old[0], hidden=False), old[1]))


def undo(seat: Seat, behaviour: Behaviour, *, version: str) -> Row:
    """Restore what was on a card before its last change. A second undo redoes the change.

    Only the last two cards that were changed can be restored; any other stays as it is.

    Raises AlreadySealed and StaleCard.
    """
    return _change(seat, behaviour, version, None)


@transaction.atomic
def begin_again(seat: Seat, deck: Deck) -> None:
    """Start a new round from one's own last answers. The partner learns nothing of it.

    What is open stays as it is. Without an open round there is nothing to begin again.
    """
    seats.locked_seat(seat)
    last = sheets.newest(seat, deck.id)
    if last is None or not last.opened:
        return
    new = Sheet.owned_by(seat).create(seat=seat, deck=deck.id, number=last.number + 1)
    Answers.copy(seat, last, new)
    Notes.copy(seat, last, new)


def sheet_version(seat: Seat, sheet: OwnSheet) -> str:
    """Opaque version token of what would be sealed: every card, and the couple it would open in."""
    content = (seat.couple_id, [row.version for row in (*sheet.rows, *sheet.hidden)])
    return blake2b(repr(content).encode(), key=seat.pk.bytes, digest_size=12).hexdigest()


def seal(seat: Seat, deck: Deck, *, version: str | None = None) -> bool:
    """Say "I am ready to open". Returns whether the deck is now open to both.

    The second seal opens the deck, and both partners get the same mail. Sealing twice changes
    nothing. `version` is the `sheet_version` of the page that was sealed from; None without a page.

    Raises AnswersChanged, seats.NotPaired and consent.NotAgreed.
    """
    with seats.locked(seat, lock_seat=True) as (couple, seat):
        own_sheet = sheets.own_sheet(seat, deck)
        if not own_sheet.sealed and version not in (None, sheet_version(seat, own_sheet)):
            raise AnswersChanged
        sheet = _current_sheet(seat, deck)
        if not sheet.sealed:
            Answers.add_missing(seat, sheet, [behaviour.id for behaviour in deck.behaviours])
            _keep_private_what_is_not_asked(seat, sheet, deck)
        outcome = sealing.put(couple, seat, sheet)
        if outcome.just_opened:
            Answers.hide_for_both(couple, outcome.envelope)
        return outcome.open


def break_seal(seat: Seat, deck: Deck) -> None:
    """Take one's own seal back, without a trace. Raises sealing.IsOpen and seats.NotPaired."""
    with seats.locked(seat) as (_, seat):
        sheet = sheets.newest(seat, deck.id)
        if sheet is not None:
            sealing.take_back(seat, sheet)


@transaction.atomic
def _change(
    seat: Seat,
    behaviour: Behaviour,
    version: str,
    change: Callable[[State], State] | None,
) -> Row:
    """Write one card, if it is still the version that this person looked at.

    Without a `change`, the state before the last change is restored. A change that is already
    stored is not made again: the page repeats a request whose response was lost.
    """
    seats.locked_seat(seat)
    sheet = sheets.newest(seat, behaviour.deck)
    if sheet and sheet.sealed:
        raise AlreadySealed
    answers = Answers.on(seat, sheet) if sheet else {}
    notes = Notes.on(seat, sheet) if sheet else {}
    note = notes.get(behaviour.id, {})
    row = sheets.stored_row(sheet, behaviour, answers.get(behaviour.id, {}), note)
    old = (row.answer, row.aside)
    new = change(old) if change else (unpacked_before(note) or old)
    if new == old:
        return row
    if row.version != version:
        raise StaleCard(row)
    if sheet is None:
        sheet = _current_sheet(seat, questions.deck(seat, behaviour.deck))
        answers = Answers.on(seat, sheet)
    Answers.put(seat, sheet, answers | {behaviour.id: packed_answer(new[0])})
    Notes.put(seat, sheet, after_change(notes, behaviour.id, packed_note(new[1], old)))
    return sheets.row_in_state(sheet, behaviour, new, before=old[0])


def _keep_private_what_is_not_asked(seat: Seat, sheet: Sheet, deck: Deck) -> None:
    """Answers to retired behaviours are not on the page that is sealed, so none of them opens.

    Their writer keeps them, and a round that was opened before stays as it is.
    """
    asked = {behaviour.id for behaviour in deck.behaviours}
    stored = Answers.on(seat, sheet)
    private = {
        behaviour.id: packed_answer(replace(unpacked_answer(answer), private=True))
        for behaviour in catalogue.ever_in(deck)
        if behaviour.id not in asked and (answer := stored.get(behaviour.id))
    }
    if private:
        Answers.put(seat, sheet, stored | private)


def _current_sheet(seat: Seat, deck: Deck) -> Any:
    """The newest sheet of a deck, created if there is none. The caller must hold the seat's lock.

    Raises consent.NotAgreed when it would be created without consent.
    """
    sheet = sheets.newest(seat, deck.id)
    if sheet is None:
        consent.require(seat)
        new = Sheet.owned_by(seat).create(seat=seat, deck=deck.id)
        Answers.begin(seat, new, {behaviour.id: {} for behaviour in deck.behaviours})
        Notes.begin(seat, new, {})
        sheet = sheets.newest(seat, deck.id)
    return sheet
