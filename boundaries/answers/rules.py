"""Writing one's own answers in private, and sealing them a deck at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from boundaries.answers.models import Answers, answer_of, said_of
from boundaries.answers.private_notes import Notes, aside_of, before_of, note_of
from boundaries.consent import rules as consent
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.errors import Conflict
from boundaries.questions import rules as questions
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Aside, Stance

UNTOUCHED = ""  # the version of a card that nothing was ever written on

type State = tuple[Answer, Aside]

BLANK: State = (Answer(), Aside())
_SAID, _ASIDE = (attrgetter(*(each.name for each in fields(kind))) for kind in (Answer, Aside))


class IsSealed(Conflict):
    """Answers under one's own seal do not change; take the seal back first."""


class LooksOtherwise(Conflict):
    """What would be sealed now, or whom it would open to, is not what was looked at."""


class StaleCard(Conflict):
    """The card was changed elsewhere since it was looked at. Nothing was overwritten."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row  # as it is now


@dataclass(frozen=True, slots=True)
class Row:
    """One behaviour on a sheet: what this person says on it, and what they add for themselves."""

    behaviour: Behaviour
    said: Answer = field(default_factory=Answer)
    aside: Aside = field(default_factory=Aside)
    version: str = UNTOUCHED  # of what is on disk; a save must name the one it was made from
    undoable: bool = False

    @property
    def dealt_with(self) -> bool:
        return self.said.answered or self.said.skipped


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """One person's sheet for one deck, as they see it."""

    deck: Deck
    rows: tuple[Row, ...]  # by category, and within one in this person's own order
    hidden: tuple[Row, ...]
    sealed: bool  # by this person; the other's seal is not known to anything but the envelope
    open: bool  # this very sheet
    again: bool  # an earlier round is open, and this is a new one

    @property
    def answered(self) -> int:
        return sum(row.said.answered for row in self.rows)

    @property
    def unanswered(self) -> int:
        """How many are neither answered nor skipped."""
        return sum(not row.dealt_with for row in self.rows)

    @property
    def next(self) -> Row | None:
        """The first behaviour that is neither answered nor skipped."""
        return next((row for row in self.rows if not row.dealt_with), None)

    @property
    def begun(self) -> bool:
        return any(row.dealt_with for row in self.rows)

    def row(self, behaviour: Behaviour) -> Row:
        return next(row for row in (*self.rows, *self.hidden) if row.behaviour.id == behaviour.id)

    def place(self, behaviour: Behaviour) -> int | None:
        """Where a behaviour stands on the page, counted from one. A hidden one has no place."""
        ids = [row.behaviour.id for row in self.rows]
        return ids.index(behaviour.id) + 1 if behaviour.id in ids else None

    def before(self, behaviour: Behaviour) -> Row | None:
        """The row above, or none for the first."""
        place = self.place(behaviour) or 1
        return self.rows[place - 2] if place > 1 else None

    def after(self, behaviour: Behaviour) -> Row | None:
        """The row below, or none for the last."""
        place = self.place(behaviour) or len(self.rows)
        return self.rows[place] if place < len(self.rows) else None


@dataclass(frozen=True, slots=True)
class PastRound:
    """What this person once said on a whole deck."""

    opened_at: datetime | None  # none where the couple it was opened in is no more
    rows: tuple[tuple[Behaviour, Answer], ...]  # what they answered, in the order of the deck


def pages(seat: Seat) -> list[OwnSheet]:
    """All of this person's sheets, in the order of the decks. Four queries, whatever they hold."""
    return list(_pages(seat, questions.decks(seat), asides=False))


def page(seat: Seat, deck: Deck) -> OwnSheet:
    """One sheet with everything on it. Three queries, whatever it holds."""
    return next(_pages(seat, [deck], asides=True))


def history(seat: Seat, deck: Deck) -> list[PastRound]:
    """This person's own earlier rounds of a deck, the newest first. Nobody else has this page."""
    past = [sheet for at, sheet in enumerate(_sheets(seat, deck.id)) if at > 0 or sheet.opened]
    opened_at: dict[uuid.UUID, datetime] = {}
    opened = Envelope.objects.open_to(seat).filter(deck=deck.id)
    for seal in Seal.objects.filter(envelope__in=opened, seat=seat).annotate(
        last=Subquery(
            Seal.objects.filter(envelope=OuterRef("envelope"))
            .order_by("-set_at")
            .values("set_at")[:1]
        )
    ):
        opened_at[seal.sheet_id] = seal.last
    answers = Answers.on_all(seat, [sheet.pk for sheet in past])
    return [
        PastRound(
            opened_at.get(sheet.pk),
            tuple(
                (behaviour, said)
                for behaviour in deck.behaviours
                if (said := said_of(answers[sheet.pk].get(behaviour.id, {}))).answered
            ),
        )
        for sheet in past
    ]


def guesses(seat: Seat, sheet_id: uuid.UUID) -> dict[str, Stance]:
    """What this person guessed that the other would say, by behaviour, on one sheet of theirs."""
    notes = Notes.on_all(seat, [sheet_id]).get(sheet_id, {})
    guessed = {behaviour: aside_of(note).guess for behaviour, note in notes.items()}
    return {behaviour: guess for behaviour, guess in guessed.items() if guess}


def answer(
    seat: Seat,
    behaviour: Behaviour,
    *,
    seen: str,
    aside: Aside | None = None,
    **said: Any,
) -> Row:
    """Keep what this person says on one behaviour. Returns what is now on disk.

    `said` are fields of Said; one that is not given stays as it is. A stance given in one
    direction only counts for both: the first tap fills both. `seen` is the version that the
    change was made from. Raises IsSealed under one's own seal, and StaleCard if something newer is
    on disk; what is there already is not written again.
    """

    def changed(now: State) -> State:
        new = replace(now[0], skipped=False, hidden=False, **said)
        new = replace(new, mine=new.mine or new.partners, partners=new.partners or new.mine)
        return new, now[1] if aside is None else aside

    return _change(seat, behaviour, seen, changed)


def skip(seat: Seat, behaviour: Behaviour, *, seen: str) -> Row:
    """Leave a behaviour out. To the other partner it is as if it had not been answered.

    Its stances go; the words stay, for the case of a change of mind. Raises IsSealed and StaleCard.
    """
    return _change(
        seat,
        behaviour,
        seen,
        lambda now: (replace(now[0], mine=None, partners=None, skipped=True), now[1]),
    )


def hide(seat: Seat, behaviour: Behaviour, *, seen: str) -> Row:
    """Take a behaviour away from both, without a reason. From this person's page it goes at once;

    from the comparison when the deck opens, since before that nothing may show.
    Raises IsSealed and StaleCard.
    """
    return _change(seat, behaviour, seen, lambda now: (replace(now[0], hidden=True), now[1]))


def show_again(seat: Seat, behaviour: Behaviour, *, seen: str) -> Row:
    """Bring back what was hidden, with what was said on it. Raises IsSealed and StaleCard."""
    return _change(seat, behaviour, seen, lambda now: (replace(now[0], hidden=False), now[1]))


def undo(seat: Seat, behaviour: Behaviour, *, seen: str) -> Row:
    """Put back what stood on a card before its last change. Undoing twice is doing it again.

    Raises IsSealed and StaleCard.
    """
    return _change(seat, behaviour, seen, None)


@transaction.atomic
def begin_again(seat: Seat, deck: Deck) -> None:
    """Start a new round for oneself, from one's own last answers. The other learns nothing of it.

    What is open stays as it is, and where nothing is open there is nothing to begin again.
    """
    seats.locked_seat(seat)
    last = _sheets(seat, deck.id).first()
    if last is None or not last.opened:
        return
    new = Sheet.owned_by(seat).create(seat=seat, deck=deck.id, number=last.number + 1)
    Answers.copy(seat, last, new)
    Notes.copy(seat, last, new)


def export(seat: Seat) -> list[dict[str, Any]]:
    """Everything this person has ever said and noted here, kept private or not, by sheet.

    Four queries, whatever it is. What they never touched is left out. The order is our own: a
    database may give rows back in the order in which there was room, and what the other writes
    decides on that.
    """
    sheets = list(Sheet.with_seals(seat).order_by("deck", "number"))
    on_them = [sheet.pk for sheet in sheets]
    answers, notes = Answers.on_all(seat, on_them), Notes.on_all(seat, on_them)
    sealed_at = dict(Seal.objects.filter(seat=seat).values_list("sheet", "set_at"))
    told: dict[uuid.UUID, list[dict[str, Any]]] = {sheet: [] for sheet in on_them}
    for sheet in answers:
        for behaviour, stored in sorted(answers[sheet].items()):
            said, note = said_of(stored), notes[sheet].get(behaviour, {})
            if (said, aside_of(note)) != BLANK or before_of(note):
                told[sheet].append({"behaviour": behaviour, **_exported(said, note)})
    return [
        {
            "deck": sheet.deck,
            "round": sheet.number,
            "sealed_at": sealed_at.get(sheet.pk),
            "opened": sheet.opened,
            "answers": told[sheet.pk],
        }
        for sheet in sheets
    ]


def look_of(seat: Seat, page: OwnSheet) -> str:
    """What tells one last look from any other: whom it opens to, and every card on it."""
    told = (seat.couple_id, [row.version for row in (*page.rows, *page.hidden)])
    return blake2b(repr(told).encode(), key=seat.pk.bytes, digest_size=12).hexdigest()


def seal(seat: Seat, deck: Deck, *, seen: str | None = None) -> bool:
    """Say "I am ready to open". Returns whether it is open to both now: the second seal opens it.

    Both then get the same letter. Sealing again changes nothing. `seen` is the last look it was
    said at; None where nobody looked. Raises LooksOtherwise and seats.NotPaired.
    """
    with seats.locked(seat, lock_seat=True) as (couple, seat):
        now = page(seat, deck)
        if not now.sealed and seen not in (None, look_of(seat, now)):
            raise LooksOtherwise
        sheet = _begun(seat, deck)
        if not sheet.sealed:
            Answers.set_out(seat, sheet, [behaviour.id for behaviour in deck.behaviours])
        outcome = sealing.put(couple, seat, sheet)
        if outcome.just_opened:
            Answers.hide_for_both(couple, outcome.envelope)
        return outcome.open


def break_seal(seat: Seat, deck: Deck) -> None:
    """Take one's seal back, without a trace. Raises sealing.IsOpen and seats.NotPaired."""
    with seats.locked(seat) as (_, seat):
        sheet = _sheets(seat, deck.id).first()
        if sheet is not None:
            sealing.take_back(seat, sheet)


def _exported(said: Answer, note: dict[str, Any]) -> dict[str, Any]:
    before = before_of(note)
    return {
        **_state(said, aside_of(note)),
        "before_the_last_change": _state(*before) if before else None,
    }


def _state(said: Answer, aside: Aside) -> dict[str, Any]:
    return {
        "when_i_do_it": said.mine,
        "when_my_partner_does_it": said.partners,
        "weight": said.weight,
        "conditions": list(said.conditions),
        "in_other_words": said.in_other_words,
        "note": said.note,
        "kept_private": said.private,
        "left_out": said.skipped,
        "hidden": said.hidden,
        "for_myself": {
            "note": aside.note,
            "guess": aside.guess,
            "to_keep_the_peace": aside.to_keep_the_peace,
            "live_right_now": aside.live,
        },
    }


def _pages(seat: Seat, decks: list[Deck], *, asides: bool) -> Iterator[OwnSheet]:
    sheets: dict[str, list[Any]] = {deck.id: [] for deck in decks}
    for sheet in Sheet.with_seals(seat).filter(deck__in=sheets):
        sheets[sheet.deck].append(sheet)
    newest = {deck: found[0] for deck, found in sheets.items() if found}
    on_them = [sheet.pk for sheet in newest.values()]
    answers = Answers.on_all(seat, on_them)
    notes = Notes.on_all(seat, on_them) if asides else {}
    for deck in decks:
        now = newest.get(deck.id)
        said, noted = (each.get(now.pk, {}) if now else {} for each in (answers, notes))
        rows = [
            _row(now, behaviour, said.get(behaviour.id, {}), noted.get(behaviour.id, {}))
            for behaviour in _in_own_order(seat, deck)
        ]
        yield OwnSheet(
            deck,
            tuple(row for row in rows if not row.said.hidden),
            tuple(row for row in rows if row.said.hidden),
            sealed=now is not None and now.sealed,
            open=now is not None and now.opened,
            again=any(sheet.opened for sheet in sheets[deck.id][1:]),
        )


def _in_own_order(seat: Seat, deck: Deck) -> list[Behaviour]:
    """By category, and within one in an order of this person's own.

    It is drawn from the seat's id, which is random and stands on no page: the same each time,
    the same when a behaviour is added, and not to be guessed by anyone.
    """
    places = {
        behaviour.id: blake2b(behaviour.id.encode(), key=seat.pk.bytes).digest()
        for behaviour in deck.behaviours
    }
    return [
        behaviour
        for behaviours in deck.by_category().values()
        for behaviour in sorted(behaviours, key=lambda each: places[each.id])
    ]


@transaction.atomic
def _change(
    seat: Seat,
    behaviour: Behaviour,
    seen: str,
    change: Callable[[State], State] | None,
) -> Row:
    """Write one card, if it still is as it was when this person looked at it.

    Without a change, what stood there before is put back. A change that is on disk already is not
    made twice: its answer was lost on the way, and the page sends it again.
    """
    seats.locked_seat(seat)
    sheet = _sheets(seat, behaviour.deck).first()
    if sheet and sheet.sealed:
        raise IsSealed
    answers, notes = (each.on(seat, sheet) if sheet else {} for each in (Answers, Notes))
    row = _row(sheet, behaviour, answers.get(behaviour.id, {}), notes.get(behaviour.id, {}))
    now, before = (row.said, row.aside), before_of(notes.get(behaviour.id, {}))
    new = change(now) if change else (before or now)
    if new == now:
        return row
    if row.version != seen:
        raise StaleCard(row)
    if sheet is None:
        sheet = _begun(seat, questions.deck(seat, behaviour.deck))
        answers = Answers.on(seat, sheet)
    Answers.put(seat, sheet, answers | {behaviour.id: answer_of(new[0])})
    Notes.put(seat, sheet, notes | {behaviour.id: note_of(new[1], now)})
    return Row(behaviour, *new, _version(sheet, behaviour, *new), undoable=True)


def _row(
    sheet: Sheet | None, behaviour: Behaviour, answer: Mapping[str, Any], note: Mapping[str, Any]
) -> Row:
    """One card from what is stored for it."""
    if sheet is None:
        return Row(behaviour)
    said, aside = said_of(answer), aside_of(note)
    undoable = before_of(note) is not None
    return Row(behaviour, said, aside, _version(sheet, behaviour, said, aside), undoable)


def _version(sheet: Sheet, behaviour: Behaviour, said: Answer, aside: Aside) -> str:
    """What tells one state of a card from another. It says nothing to who does not know both."""
    if (said, aside) == BLANK:
        return UNTOUCHED
    told = repr((behaviour.id, _SAID(said), _ASIDE(aside)))
    return blake2b(told.encode(), key=sheet.pk.bytes, digest_size=12).hexdigest()


def _sheets(seat: Seat, deck: str) -> QuerySet[Any]:
    """This person's sheets of one deck, the newest first."""
    sheets: QuerySet[Any] = Sheet.with_seals(seat)
    return sheets.filter(deck=deck)


def _begun(seat: Seat, deck: Deck) -> Any:
    """The sheet being written on, begun if need be. The seat must be held.

    Raises consenting.NotAgreed, for the first of all.
    """
    sheet = _sheets(seat, deck.id).first()
    if sheet is None:
        consent.require(seat)
        new = Sheet.owned_by(seat).create(seat=seat, deck=deck.id)
        Answers.begin(seat, new, {behaviour.id: {} for behaviour in deck.behaviours})
        Notes.begin(seat, new, {})
        sheet = _sheets(seat, deck.id).first()
    return sheet
