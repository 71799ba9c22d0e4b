"""What people answer. Only answering and comparing may import this."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from boundaries.models.couples import Seat
from boundaries.models.envelopes import Envelope, Seal, Sealed, Sheet
from boundaries.models.padding import PaddedField
from boundaries.vocabulary import Condition, Said, Stance, Weight


@dataclass(frozen=True, slots=True)
class Opened:
    """What one sheet showed when it opened. What was kept back is not in here, nor which it was."""

    sheet: uuid.UUID
    first_name: str
    sealed_at: datetime
    asked: set[str] = field(default_factory=set)  # by behaviour; what was there to be answered
    shared: dict[str, Said] = field(default_factory=dict)


class Answer(Sealed):
    """One person's answer on one behaviour. A sheet has a row for each from its start."""

    behaviour = models.SlugField(max_length=32)  # an id in boundaries/catalogue, or of an own one
    content = PaddedField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "behaviour"], name="answer_one_a_behaviour"),
        ]

    @property
    def said(self) -> Said:
        return said_of(self.content)

    @classmethod
    def set_out(cls, sheet: Sheet, behaviours: Collection[str]) -> None:
        """A row for each, so that their number tells nothing. What is there already stays."""
        blank = asdict(Said())
        cls.everyones.bulk_create(
            [cls(sheet=sheet, behaviour=each, content=blank) for each in behaviours],  # type: ignore[misc]
            ignore_conflicts=True,
        )

    @classmethod
    def put(cls, sheet: Sheet, behaviour: str, said: Said) -> None:
        """Write one answer, whole. A behaviour that joined the deck later gets its row here."""
        cls.everyones.bulk_create(
            [cls(sheet=sheet, behaviour=behaviour, content=asdict(said))],  # type: ignore[list-item]
            update_conflicts=True,
            unique_fields=["sheet", "behaviour"],
            update_fields=["content"],
        )

    @classmethod
    def on(cls, sheet: Sheet, behaviour: str) -> Said:
        """What stands there, or nothing said where there is no row yet."""
        found = cls.everyones.filter(sheet=sheet, behaviour=behaviour)
        return next(map(said_of, found.values_list("content", flat=True)), Said())

    @classmethod
    def all_on(cls, sheets: Iterable[Sheet]) -> dict[tuple[uuid.UUID, str], Said]:
        """What stands on several sheets, by sheet and behaviour."""
        found = cls.everyones.filter(sheet__in=[sheet.pk for sheet in sheets])
        told = found.values_list("sheet", "behaviour", "content")
        return {(sheet, behaviour): said_of(content) for sheet, behaviour, content in told}

    @classmethod
    def copy(cls, old: Sheet, new: Sheet) -> None:
        """The same answers on a new sheet."""
        cls.everyones.bulk_create(
            cls(sheet=new, behaviour=answer.behaviour, content=answer.content)  # type: ignore[misc]
            for answer in cls.everyones.filter(sheet=old)
        )

    @classmethod
    def hide_for_both(cls, envelope: Envelope) -> None:
        """At the opening: what either has hidden is hidden from both, and not by whom.

        It stands on the envelope and not on the other's sheet: that one is theirs, and outlives
        the couple.
        """
        sheets = Seal.objects.filter(envelope=envelope).values("sheet")
        answers = cls.everyones.filter(sheet__in=sheets)
        envelope.hidden = sorted({each.behaviour for each in answers if each.said.hidden})
        envelope.save(update_fields=["hidden"])

    @classmethod
    def opened_to(cls, seat: Seat, deck: str) -> list[dict[str, Opened]]:
        """What both put in the last two open envelopes of a deck, newest first, each by side.

        What either kept private or left out stays behind, and leaves no trace of which; so do
        conditions where no stance asks for any.
        """
        coming = Envelope.objects.coming(seat, deck)
        told: Any = (
            cls.revealed_to(seat)
            .filter(sheet__deck=deck, sheet__seal__envelope__couple=seat.couple_id)
            .filter(sheet__seal__envelope__round__gte=coming - 2)
            .order_by("-sheet__seal__envelope__round")
            .values_list(
                "sheet__seal__envelope__round",
                "sheet__seat__side",
                "sheet",
                "sheet__seat__user__first_name",
                "sheet__seal__set_at",
                "sheet__seal__envelope__hidden",
                "behaviour",
                "content",
            )
        )
        rounds: dict[int, dict[str, Opened]] = {}
        for number, side, sheet, first_name, sealed_at, hidden, behaviour, content in told:
            both = rounds.setdefault(number, {})
            opened = both.get(side) or both.setdefault(side, Opened(sheet, first_name, sealed_at))
            said = said_of(content)
            if said.hidden or behaviour in hidden:
                continue
            opened.asked.add(behaviour)
            if said.shared:
                bare = said if said.conditional else replace(said, conditions=(), in_other_words="")
                opened.shared[behaviour] = bare
        return list(rounds.values())


def said_of(content: dict[str, Any]) -> Said:
    """An answer as it is stored. What an older row does not tell was not yet asked."""
    return Said(
        mine=_stance(content["mine"]),
        partners=_stance(content["partners"]),
        weight=Weight(content["weight"]) if content.get("weight") else None,
        conditions=tuple(map(Condition, content.get("conditions", ()))),
        in_other_words=content.get("in_other_words", ""),
        private=content["private"],
        skipped=content["skipped"],
        hidden=content.get("hidden", False),
        note=content["note"],
    )


def _stance(value: str | None) -> Stance | None:
    return Stance(value) if value else None
