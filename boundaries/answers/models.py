"""What people answer. Only answering and comparing may import this."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.db.models import Q

from accounts.encryption import DataKey
from boundaries.sealing.by_behaviour import ByBehaviour, Contents, without_blanks
from boundaries.sealing.models import Envelope, Seal, Sealed, Sheet
from boundaries.seats.data_keys import owner_of
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Answer, Condition, Stance, Weight

# The way to the key of whoever wrote an answer. Nothing but the opening goes it.
WRITERS_KEY = ("sheet__seat", "sheet__seat__kept_key__epoch", "sheet__seat__kept_key__wrapped")


@dataclass(frozen=True, slots=True)
class OpenedAnswers:
    """What one sheet showed when it opened. What was kept back is not in here, nor which it was."""

    sheet: uuid.UUID
    first_name: str
    sealed_at: datetime
    asked: set[str] = field(default_factory=set)  # by behaviour; what was there to be answered
    shared: dict[str, Answer] = field(default_factory=dict)


class Answers(Sealed, ByBehaviour):
    """What one person answers on a sheet. It has a value for each behaviour that they are asked."""

    @classmethod
    def set_out(cls, seat: Seat, sheet: Sheet, behaviours: Collection[str]) -> None:
        """A blank answer for each behaviour that is not on the sheet yet: it joined the deck later.

        The seat must be held.
        """
        now = cls.on(seat, sheet)
        new: Contents = {each: {} for each in behaviours if each not in now}
        if new:
            cls.put(seat, sheet, now | new)

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """The same answers on a new sheet."""
        cls.begin(seat, new, cls.on(seat, old))

    @classmethod
    def _empty(cls, seat: Seat, sheet: Sheet) -> Self:
        return cls(sheet=sheet)

    @classmethod
    def hide_for_both(cls, couple: Couple, envelope: Envelope) -> None:
        """At the opening: what either has hidden is hidden from both, and not by whom.

        It stands on the envelope and not on the other's sheet: that one is theirs, and outlives
        the couple.
        """
        sheets = Seal.objects.filter(envelope=envelope).values("sheet")
        answers = cls.unscoped.filter(sheet__in=sheets).order_by("sheet__seat__side")
        hidden = {
            behaviour
            for sheet, content, *kept in answers.values_list("sheet", "content", *WRITERS_KEY)
            for behaviour, said in cls._opened(_writers_key(*kept), sheet, content).items()
            if said.hidden
        }
        envelope.set_encrypted(couple.key, hidden=sorted(hidden)).save(update_fields=["hidden"])

    @classmethod
    def opened_to(
        cls, seat: Seat, decks: Collection[str]
    ) -> dict[str, list[dict[str, OpenedAnswers]]]:
        """What both put in the last two open envelopes of each deck, newest first, each by side.

        What either kept private or left out stays behind, and leaves no trace of which; so do
        conditions where no stance asks for any. Two queries, however many decks there are.
        """
        coming = Envelope.objects.coming(seat, decks)
        lasting = Q(pk__in=[])  # nothing, of no deck
        for deck in decks:  # also without an envelope: the first seal of either makes a new deck's
            least = coming.get(deck, 1) - 2
            lasting |= Q(sheet__deck=deck, sheet__seal__envelope__round__gte=least)
        told: Any = (
            cls.revealed_to(seat)
            .filter(lasting, sheet__seal__envelope__couple=seat.couple_id)
            .order_by("-sheet__seal__envelope__round", "sheet__seat__side")
            .values_list(
                "sheet__deck",
                "sheet__seal__envelope__round",
                "sheet__seat__side",
                "sheet",
                "sheet__seat__user__first_name",
                "sheet__seal__set_at",
                "sheet__seal__envelope",
                "sheet__seal__envelope__hidden",
                "content",
                *WRITERS_KEY,
            )
        )
        rounds: dict[str, dict[int, dict[str, OpenedAnswers]]] = {}
        gone: dict[uuid.UUID, list[str]] = {}
        for deck, number, side, sheet, name, sealed_at, envelope, hidden, content, *kept in told:
            if envelope not in gone:
                place = Envelope.place("hidden", envelope)
                gone[envelope] = seat.shared_key.decrypt(hidden, *place)
            opened = OpenedAnswers(sheet, name, sealed_at)
            for behaviour, said in cls._opened(_writers_key(*kept), sheet, content).items():
                if said.hidden or behaviour in gone[envelope]:
                    continue
                opened.asked.add(behaviour)
                if said.shared:
                    opened.shared[behaviour] = _bare(said)
            rounds.setdefault(deck, {}).setdefault(number, {})[side] = opened
        return {deck: list(each.values()) for deck, each in rounds.items()}

    @classmethod
    def _opened(cls, key: DataKey, sheet: uuid.UUID, content: bytes) -> dict[str, Answer]:
        stored = key.decrypt(content, *cls.place("content", sheet))
        return {behaviour: unpacked_answer(answer) for behaviour, answer in stored.items()}


def _bare(said: Answer) -> Answer:
    """Conditions stay behind where no stance asks for any."""
    return said if said.conditional else replace(said, conditions=(), in_other_words="")


def _writers_key(seat: uuid.UUID, epoch: int, wrapped: bytes) -> DataKey:
    return DataKey(owner_of(seat), epoch, bytes(wrapped))


def packed_answer(said: Answer) -> dict[str, Any]:
    """What is stored for one card."""
    return without_blanks(asdict(said))


def unpacked_answer(content: Mapping[str, Any]) -> Answer:
    """An answer from how it is stored, where a field that says nothing is left out."""
    return Answer(
        mine=_stance(content.get("mine")),
        partners=_stance(content.get("partners")),
        weight=Weight(content["weight"]) if content.get("weight") else None,
        conditions=tuple(map(Condition, content.get("conditions", ()))),
        in_other_words=content.get("in_other_words", ""),
        private=content.get("private", False),
        skipped=content.get("skipped", False),
        hidden=content.get("hidden", False),
        note=content.get("note", ""),
    )


def _stance(value: str | None) -> Stance | None:
    return Stance(value) if value else None
