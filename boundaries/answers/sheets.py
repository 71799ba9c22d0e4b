"""Reading one's own sheets: what one person answered and noted, and nothing of their partner's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.kept_queries import kept_query
from boundaries.answers.models import Answers, unpacked_answer
from boundaries.answers.private_notes import Notes, unpacked_aside, unpacked_before
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope, Seal, Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Aside, Stance

UNTOUCHED = ""  # the version of a card on which nothing was ever written

type State = tuple[Answer, Aside]

BLANK: State = (Answer(), Aside())

_answer_values = attrgetter(*(column.name for column in fields(Answer)))
_aside_values = attrgetter(*(column.name for column in fields(Aside)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One behaviour on a sheet: this person's answer, and what they add for themselves."""

    behaviour: Behaviour
    answer: Answer = field(default_factory=Answer)
    aside: Aside = field(default_factory=Aside)
    version: str = UNTOUCHED  # of what is stored; a save names the version it was made from
    before: Answer | None = None  # what was answered before the last change, which can be undone

    @property
    def undoable(self) -> bool:
        return self.before is not None

    @property
    def dealt_with(self) -> bool:
        return self.answer.answered or self.answer.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSheet:
    """One person's sheet for one deck, as they see it."""

    deck: Deck
    rows: tuple[Row, ...]  # by category; within a category in this person's own order
    hidden: tuple[Row, ...]
    sealed: bool  # by this person; only the envelope knows of the partner's seal
    open: bool  # this round is open to both
    again: bool  # an earlier round is open, and this is a new one

    @property
    def answered(self) -> int:
        return sum(row.answer.answered for row in self.rows)

    @property
    def unanswered(self) -> int:
        """The number of behaviours that are neither answered nor skipped."""
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
        """The position of a behaviour on the page, counted from one; None for a hidden one."""
        ids = [row.behaviour.id for row in self.rows]
        return ids.index(behaviour.id) + 1 if behaviour.id in ids else None

    def before(self, behaviour: Behaviour) -> Row | None:
        """The row above; None for the first."""
        place = self.place(behaviour) or 1
        return self.rows[place - 2] if place > 1 else None

    def after(self, behaviour: Behaviour) -> Row | None:
        """The row below; None for the last."""
        place = self.place(behaviour) or len(self.rows)
        return self.rows[place] if place < len(self.rows) else None


@dataclass(frozen=True, slots=True)
class PastRound:
    """What this person answered in an earlier round of a deck."""

    opened_at: datetime | None  # None if the couple it was opened in no longer exists
    rows: tuple[tuple[Behaviour, Answer], ...]  # what they answered, in the order of the deck


def own_sheets(seat: Seat, decks: Iterable[Deck]) -> list[OwnSheet]:
    """This person's sheets of these decks, in their order. Always two queries.

    They tell how far this person is, without versions and notes.
    """
    return list(_read(seat, list(decks), with_asides=False))


def own_sheet(seat: Seat, deck: Deck) -> OwnSheet:
    """This person's sheet of one deck, with everything on it. Always three queries."""
    return next(_read(seat, [deck], with_asides=True))


def is_open(seat: Seat, deck: Deck) -> bool:
    """Whether this person's newest round of a deck is open to both. One query."""
    sheet = newest(seat, deck.id)
    return sheet is not None and sheet.opened


def next_deck(seat: Seat, deck: Deck) -> Deck | None:
    """The first deck other than this one that is not under this person's seal. One query."""
    sealed: dict[str, bool] = {}
    for sheet in Sheet.with_seals(seat):
        sealed.setdefault(sheet.deck, sheet.sealed)  # the newest round comes first
    others = (other for other in catalogue.decks().values() if other.id != deck.id)
    return next((other for other in others if not sealed.get(other.id)), None)


def past_rounds(seat: Seat, deck: Deck) -> list[PastRound]:
    """This person's own earlier rounds of a deck, the newest first. Only they can see this."""
    past = [sheet for at, sheet in enumerate(of_deck(seat, deck.id)) if at > 0 or sheet.opened]
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
    stored = Answers.on_all(seat, [sheet.pk for sheet in past])
    return [
        PastRound(
            opened_at.get(sheet.pk),
            tuple(
                (behaviour, answer)
                for behaviour in catalogue.ever_in(deck)
                if (answer := unpacked_answer(stored[sheet.pk].get(behaviour.id, {}))).answered
            ),
        )
        for sheet in past
    ]


def guesses(seat: Seat, sheet_id: uuid.UUID) -> dict[str, Stance]:
    """What this person guessed their partner would answer, by behaviour, on one of their sheets."""
    notes = Notes.on_all(seat, [sheet_id]).get(sheet_id, {})
    guessed = {behaviour: unpacked_aside(note).guess for behaviour, note in notes.items()}
    return {behaviour: guess for behaviour, guess in guessed.items() if guess}


def live(seat: Seat, decks: Iterable[Deck]) -> set[str]:
    """The behaviours that this person marked as going on right now. Two queries.

    Their newest sheets count, which may not be open yet.
    """
    found: dict[str, uuid.UUID] = {}
    for sheet in of_decks(seat.pk, [deck.id for deck in decks]):
        found.setdefault(sheet.deck, sheet.pk)
    noted = Notes.on_all(seat, found.values()).values()
    return {
        behaviour
        for notes in noted
        for behaviour, note in notes.items()
        if unpacked_aside(note).live
    }


def export(seat: Seat) -> list[dict[str, Any]]:
    """Everything this person answered and noted, kept private or not, by sheet.

    Always four queries. Cards they never touched are left out. The order is explicit: a database
    may return rows in the order of free space on disk, which depends on what the partner writes.
    """
    sheets = Sheet.with_seals(seat).exclude(deck__in=(sealing.CHECK_IN, sealing.CLOSENESS))
    exported = list(sheets.order_by("deck", "number"))
    ids = [sheet.pk for sheet in exported]
    answers, notes = Answers.on_all(seat, ids), Notes.on_all(seat, ids)
    sealed_at = dict(Seal.objects.filter(seat=seat).values_list("sheet", "set_at"))
    cards: dict[uuid.UUID, list[dict[str, Any]]] = {id: [] for id in ids}
    for id in answers:
        for behaviour, stored in sorted(answers[id].items()):
            answer, note = unpacked_answer(stored), notes[id].get(behaviour, {})
            if (answer, unpacked_aside(note)) != BLANK or unpacked_before(note):
                cards[id].append({"behaviour": behaviour, **_exported(answer, note)})
    return [
        {
            "deck": sheet.deck,
            "round": sheet.number,
            "sealed_at": sealed_at.get(sheet.pk),
            "opened": sheet.opened,
            "answers": cards[sheet.pk],
        }
        for sheet in exported
    ]


def newest(seat: Seat, deck_id: str) -> Any | None:
    """The row of this person's newest sheet of one deck, on which they write; None at first."""
    return of_decks.first(seat.pk, [deck_id])


def of_deck(seat: Seat, deck_id: str) -> list[Any]:
    """The rows of this person's sheets of one deck, the newest first."""
    return of_decks(seat.pk, [deck_id])


@kept_query(uuid.UUID, [str])
def of_decks(seat: uuid.UUID, decks: list[str]) -> QuerySet[Any]:
    """The rows of this person's sheets of these decks, the newest first."""
    found: QuerySet[Any] = Sheet.with_seals(Seat(id=seat))
    return found.filter(deck__in=decks)


def stored_row(
    sheet: Sheet | None, behaviour: Behaviour, answer: Mapping[str, Any], note: Mapping[str, Any]
) -> Row:
    """One card, from what is stored for it."""
    if sheet is None:
        return Row(behaviour=behaviour)
    state = (unpacked_answer(answer), unpacked_aside(note))
    before = unpacked_before(note)
    return row_in_state(sheet, behaviour, state, before=before[0] if before else None)


def row_in_state(sheet: Sheet, behaviour: Behaviour, state: State, *, before: Answer | None) -> Row:
    """One card with this content, and the version of it."""
    answer, aside = state
    version = _version(sheet, behaviour, state)
    return Row(behaviour=behaviour, answer=answer, aside=aside, version=version, before=before)


def _read(seat: Seat, decks: list[Deck], *, with_asides: bool) -> Iterator[OwnSheet]:
    found: dict[str, list[Any]] = {deck.id: [] for deck in decks}
    for sheet in of_decks(seat.pk, list(found)):
        found[sheet.deck].append(sheet)
    last = {deck: rounds[0] for deck, rounds in found.items() if rounds}
    ids = [sheet.pk for sheet in last.values()]
    answers = Answers.on_all(seat, ids)
    notes = Notes.on_all(seat, ids) if with_asides else {}
    for deck in decks:
        now = last.get(deck.id)
        answered, noted = (stored.get(now.pk, {}) if now else {} for stored in (answers, notes))
        rows = [
            stored_row(now, behaviour, answered.get(behaviour.id, {}), noted.get(behaviour.id, {}))
            if with_asides
            else Row(behaviour=behaviour, answer=unpacked_answer(answered.get(behaviour.id, {})))
            for behaviour in _in_own_order(seat, deck)
        ]
        yield OwnSheet(
            deck=deck,
            rows=tuple(row for row in rows if not row.answer.hidden),
            hidden=tuple(row for row in rows if row.answer.hidden),
            sealed=now is not None and now.sealed,
            open=now is not None and now.opened,
            again=any(sheet.opened for sheet in found[deck.id][1:]),
        )


def _in_own_order(seat: Seat, deck: Deck) -> list[Behaviour]:
    """The behaviours by category, and within a category in an order of this person's own.

    The order is derived from the id of the seat, which is random and never shown. It is stable,
    also when a behaviour is added, and nobody can guess it.
    """
    places = {
        behaviour.id: blake2b(behaviour.id.encode(), key=seat.pk.bytes).digest()
        for behaviour in deck.behaviours
    }
    return [
        behaviour
        for behaviours in deck.by_category().values()
        for behaviour in sorted(behaviours, key=lambda behaviour: places[behaviour.id])
    ]


def _version(sheet: Sheet, behaviour: Behaviour, state: State) -> str:
    """Opaque version token of one card; reveals nothing about the content."""
    if state == BLANK:
        return UNTOUCHED
    answer, aside = state
    content = repr((behaviour.id, _answer_values(answer), _aside_values(aside)))
    return blake2b(content.encode(), key=sheet.pk.bytes, digest_size=12).hexdigest()


def _exported(answer: Answer, note: dict[str, Any]) -> dict[str, Any]:
    before = unpacked_before(note)
    return {
        **_exported_state((answer, unpacked_aside(note))),
        "before_the_last_change": _exported_state(before) if before else None,
    }


def _exported_state(state: State) -> dict[str, Any]:
    answer, aside = state
    return {
        "when_i_do_it": answer.mine,
        "when_my_partner_does_it": answer.partners,
        "weight": answer.weight,
        "conditions": list(answer.conditions),
        "in_other_words": answer.in_other_words,
        "note": answer.note,
        "kept_private": answer.private,
        "left_out": answer.skipped,
        "hidden": answer.hidden,
        "for_myself": {
            "note": aside.note,
            "guess": aside.guess,
            "to_keep_the_peace": aside.to_keep_the_peace,
            "live_right_now": aside.live,
        },
    }
