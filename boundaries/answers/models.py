"""What people answer. Only answers and comparison may import this."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.encryption import DataKey
from accounts.kept_queries import kept_query
from accounts.models import User
from boundaries.sealing.by_behaviour import ByBehaviour, Contents, without_blanks
from boundaries.sealing.models import Envelope, Seal, Sealed, Sheet
from boundaries.sealing.opening import with_writers_key, writers_key
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Answer, Condition, Side, Stance, Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAnswers:
    """What one sheet showed when it opened, without what was kept private and without which."""

    sheet: uuid.UUID
    first_name: str
    sealed_at: datetime
    asked: set[str] = field(default_factory=set)  # behaviours on this sheet, without hidden ones
    shared: dict[str, Answer] = field(default_factory=dict)  # by behaviour


BLANK = Answer()


class Answers(Sealed, ByBehaviour):
    """One person's answers on a sheet: a value for every behaviour that they are asked."""

    @classmethod
    def add_missing(cls, seat: Seat, sheet: Sheet, behaviours: Collection[str]) -> None:
        """Add a blank answer for every behaviour that joined the deck after the sheet was begun.

        The caller must hold the seat's lock.
        """
        stored = cls.on(seat, sheet)
        new: Contents = {behaviour: {} for behaviour in behaviours if behaviour not in stored}
        if new:
            cls.put(seat, sheet, stored | new)

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """Copy the answers of one sheet to a new sheet."""
        cls.begin(seat, new, cls.on(seat, old))

    @classmethod
    def hide_for_both(cls, couple: Couple, envelope: Envelope) -> None:
        """When a deck opens, hide from both what either has hidden, without saying who did.

        It is stored on the envelope and not on the partner's sheet, which is their own and
        outlives the couple.
        """
        sheets = Seal.objects.filter(envelope=envelope).values("sheet")
        answers = cls.unscoped.filter(sheet__in=sheets).order_by("sheet__seat__side")
        hidden = {
            behaviour
            for sheet, content, *key in with_writers_key(answers, "sheet", "content")
            for behaviour, answer in cls._opened(writers_key(*key), sheet, content).items()
            if answer.hidden
        }
        envelope.set_encrypted(couple.key, hidden=sorted(hidden)).save(update_fields=["hidden"])

    @classmethod
    def opened_to(
        cls, seat: Seat, decks: Collection[str]
    ) -> dict[str, list[dict[str, OpenedAnswers]]]:
        """What both answered in the last two open rounds of these decks, by deck.

        The rounds are newest first, each a dict by side. What either kept private or skipped is
        left out, with no trace of which of the two it was; so are conditions without a stance
        that asks for any. Always one query, for any number of decks.
        """
        rows = _opened(seat.pk, Side(seat.side), seat.couple_id, [*decks]) if seat.side else []
        rounds: dict[str, dict[int, dict[str, OpenedAnswers]]] = {}
        hidden_in: dict[uuid.UUID, list[str]] = {}
        for deck, number, side, sheet, sealed_at, envelope, hidden, content, name, *key in rows:
            if envelope not in hidden_in:
                place = Envelope.place("hidden", envelope)
                hidden_in[envelope] = seat.shared_key.decrypt(hidden, *place)
            opened = OpenedAnswers(sheet=sheet, first_name=name, sealed_at=sealed_at)
            for behaviour, answer in cls._opened(writers_key(*key), sheet, content).items():
                if answer.hidden or behaviour in hidden_in[envelope]:
                    continue
                opened.asked.add(behaviour)
                if answer.shared:
                    opened.shared[behaviour] = _without_idle_conditions(answer)
            rounds.setdefault(deck, {}).setdefault(number, {})[side] = opened
        return {deck: list(by_number.values()) for deck, by_number in rounds.items()}

    @classmethod
    def _opened(cls, key: DataKey, sheet: uuid.UUID, content: bytes) -> dict[str, Answer]:
        stored = key.decrypt(content, *cls.place("content", sheet))
        return {behaviour: unpacked_answer(answer) for behaviour, answer in stored.items()}


@kept_query(uuid.UUID, Side, uuid.UUID, [str])
def _opened(
    seat: uuid.UUID, side: Side, couple: uuid.UUID | None, decks: list[str]
) -> QuerySet[Answers, Any]:
    coming = Envelope.objects.coming(couple, OuterRef("sheet__deck"))
    opened = (
        Answers.revealed_to(Seat(id=seat, side=side))
        .filter(sheet__deck__in=decks, sheet__seal__envelope__couple=couple)
        .filter(sheet__seal__envelope__round__gte=Subquery(coming) - 2)
        .order_by("-sheet__seal__envelope__round", "sheet__seat__side")
    )
    writer = User.objects.filter(pk=OuterRef("sheet__seat__user"))
    return with_writers_key(
        opened,
        "sheet__deck",
        "sheet__seal__envelope__round",
        "sheet__seat__side",
        "sheet",
        "sheet__seal__set_at",
        "sheet__seal__envelope",
        "sheet__seal__envelope__hidden",
        "content",
        Subquery(writer.values("first_name")),
    )


def packed_answer(answer: Answer) -> dict[str, Any]:
    """An answer as it is stored, without its blank fields."""
    return without_blanks(asdict(answer))


def unpacked_answer(stored: Mapping[str, Any]) -> Answer:
    """The opposite of `packed_answer`."""
    if not stored:
        return BLANK
    return Answer(
        mine=_stance(stored.get("mine")),
        partners=_stance(stored.get("partners")),
        weight=Weight(stored["weight"]) if stored.get("weight") else None,
        conditions=tuple(map(Condition, stored.get("conditions", ()))),
        in_other_words=stored.get("in_other_words", ""),
        private=stored.get("private", False),
        skipped=stored.get("skipped", False),
        hidden=stored.get("hidden", False),
        note=stored.get("note", ""),
    )


def _without_idle_conditions(answer: Answer) -> Answer:
    """Conditions are left out unless a stance asks for them."""
    return answer if answer.conditional else replace(answer, conditions=(), in_other_words="")


def _stance(value: str | None) -> Stance | None:
    return Stance(value) if value else None
