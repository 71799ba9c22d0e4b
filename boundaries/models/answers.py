"""What people answer. Only answering and comparing may import this."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.encryption import DataKey
from boundaries.models.ciphertexts import CiphertextField, Encrypted
from boundaries.models.couples import Couple, Seat
from boundaries.models.envelopes import Envelope, Seal, Sealed, Sheet
from boundaries.models.keys import owner_of
from boundaries.vocabulary import Condition, Said, Stance, Weight

# The way to the key of whoever wrote an answer. Nothing but the opening goes it.
WRITERS_KEY = ("sheet__seat", "sheet__seat__kept_key__epoch", "sheet__seat__kept_key__wrapped")


@dataclass(frozen=True, slots=True)
class Opened:
    """What one sheet showed when it opened. What was kept back is not in here, nor which it was."""

    sheet: uuid.UUID
    first_name: str
    sealed_at: datetime
    asked: set[str] = field(default_factory=set)  # by behaviour; what was there to be answered
    shared: dict[str, Said] = field(default_factory=dict)


class Answer(Sealed, Encrypted):
    """One person's answer on one behaviour. A sheet has a row for each from its start."""

    behaviour = models.SlugField(max_length=32)  # an id in boundaries/catalogue, or of an own one
    content = CiphertextField()  # readable with its writer's key

    bound_to = ("sheet_id", "behaviour")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "behaviour"], name="answer_one_a_behaviour"),
        ]

    @classmethod
    def set_out(cls, seat: Seat, sheet: Sheet, behaviours: Collection[str]) -> None:
        """A row for each, so that their number tells nothing. What is there already stays."""
        cls.everyones.bulk_create(
            [cls._row(seat, sheet, each, Said()) for each in behaviours], ignore_conflicts=True
        )

    @classmethod
    def put(cls, seat: Seat, sheet: Sheet, behaviour: str, said: Said) -> None:
        """Write one answer, whole. A behaviour that joined the deck later gets its row here."""
        cls.everyones.bulk_create(
            [cls._row(seat, sheet, behaviour, said)],
            update_conflicts=True,
            unique_fields=["sheet", "behaviour"],
            update_fields=["content"],
        )

    @classmethod
    def on(cls, seat: Seat, sheet: Sheet, behaviour: str) -> Said:
        """What stands there, or nothing said where there is no row yet."""
        return cls.all_on(seat, [sheet.pk], behaviour=behaviour).get((sheet.pk, behaviour), Said())

    @classmethod
    def all_on(
        cls, seat: Seat, sheets: Iterable[uuid.UUID], **only: str
    ) -> dict[tuple[uuid.UUID, str], Said]:
        """What stands on several sheets of this person's, by sheet and behaviour."""
        key = seat.key
        found = cls.everyones.filter(sheet__in=list(sheets), **only)
        told = found.values_list("sheet", "behaviour", "content")
        return {
            (sheet, behaviour): cls._opened(key, sheet, behaviour, content)
            for sheet, behaviour, content in told
        }

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """The same answers on a new sheet."""
        cls.everyones.bulk_create(
            cls._row(seat, new, behaviour, said)
            for (_, behaviour), said in cls.all_on(seat, [old.pk]).items()
        )

    @classmethod
    def _row(cls, seat: Seat, sheet: Sheet, behaviour: str, said: Said) -> Any:
        return cls(sheet=sheet, behaviour=behaviour).holding(seat.key, content=asdict(said))

    @classmethod
    def _opened(cls, key: DataKey, sheet: uuid.UUID, behaviour: str, content: bytes) -> Said:
        return said_of(key.decrypt(content, *cls.place("content", sheet, behaviour)))

    @classmethod
    def hide_for_both(cls, couple: Couple, envelope: Envelope) -> None:
        """At the opening: what either has hidden is hidden from both, and not by whom.

        It stands on the envelope and not on the other's sheet: that one is theirs, and outlives
        the couple.
        """
        sheets = Seal.objects.filter(envelope=envelope).values("sheet")
        answers = cls.everyones.filter(sheet__in=sheets).order_by("sheet__seat__side", "behaviour")
        told = answers.values_list("sheet", "behaviour", "content", *WRITERS_KEY)
        hidden = {
            behaviour
            for sheet, behaviour, content, *kept in told
            if cls._opened(_writers_key(*kept), sheet, behaviour, content).hidden
        }
        envelope.holding(couple.key, hidden=sorted(hidden)).save(update_fields=["hidden"])

    @classmethod
    def opened_to(cls, seat: Seat, decks: Collection[str]) -> dict[str, list[dict[str, Opened]]]:
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
            .order_by("-sheet__seal__envelope__round", "sheet__seat__side", "behaviour")
            .values_list(
                "sheet__deck",
                "sheet__seal__envelope__round",
                "sheet__seat__side",
                "sheet",
                "sheet__seat__user__first_name",
                "sheet__seal__set_at",
                "sheet__seal__envelope",
                "sheet__seal__envelope__hidden",
                "behaviour",
                "content",
                *WRITERS_KEY,
            )
        )
        rounds: dict[str, dict[int, dict[str, Opened]]] = {}
        keys: dict[uuid.UUID, DataKey] = {}
        gone: dict[uuid.UUID, list[str]] = {}
        for (
            deck,
            number,
            side,
            sheet,
            name,
            sealed_at,
            envelope,
            hidden,
            behaviour,
            content,
            *kept,
        ) in told:
            if sheet not in keys:
                keys[sheet] = _writers_key(*kept)
            if envelope not in gone:
                place = Envelope.place("hidden", envelope)
                gone[envelope] = seat.shared_key.decrypt(hidden, *place)
            both = rounds.setdefault(deck, {}).setdefault(number, {})
            opened = both.get(side) or both.setdefault(side, Opened(sheet, name, sealed_at))
            said = cls._opened(keys[sheet], sheet, behaviour, content)
            if said.hidden or behaviour in gone[envelope]:
                continue
            opened.asked.add(behaviour)
            if said.shared:
                bare = said if said.conditional else replace(said, conditions=(), in_other_words="")
                opened.shared[behaviour] = bare
        return {deck: list(each.values()) for deck, each in rounds.items()}


def _writers_key(seat: uuid.UUID, epoch: int, wrapped: bytes) -> DataKey:
    return DataKey(owner_of(seat), epoch, bytes(wrapped))


def said_of(content: dict[str, Any]) -> Said:
    """An answer from how it is stored, where a field that says nothing is left out."""
    return Said(
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
