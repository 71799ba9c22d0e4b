"""What people answer. Only answering and comparing may import this."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from django.db import models

from boundaries.models.couples import Seat
from boundaries.models.envelopes import Sealed, Sheet
from boundaries.models.padding import PaddedField
from boundaries.vocabulary import Said, Stance


class Answer(Sealed):
    """One person's answer on one behaviour. A sheet has a row for each from its start."""

    behaviour = models.SlugField(max_length=20)  # an id in boundaries/catalogue
    content = PaddedField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "behaviour"], name="answer_one_a_behaviour"),
        ]

    @property
    def said(self) -> Said:
        content = self.content
        return Said(
            mine=Stance(content["mine"]) if content["mine"] else None,
            partners=Stance(content["partners"]) if content["partners"] else None,
            private=content["private"],
            skipped=content["skipped"],
            note=content["note"],
        )

    @classmethod
    def set_out(cls, sheet: Sheet, behaviours: list[str]) -> None:
        """Every row a sheet will ever need, so that their number tells nothing."""
        blank = asdict(Said())
        rows = [cls(sheet=sheet, behaviour=each, content=blank) for each in behaviours]
        cls.everyones.bulk_create(rows)  # type: ignore[arg-type]

    @classmethod
    def put(cls, sheet: Sheet, behaviour: str, said: Said) -> None:
        """Write one answer, whole. A behaviour that joined the deck later gets its row here."""
        cls.everyones.update_or_create(
            sheet=sheet, behaviour=behaviour, defaults={"content": asdict(said)}
        )

    @classmethod
    def shared_with(cls, seat: Seat, deck: str) -> tuple[dict[str, Said], dict[str, Said]]:
        """What both put in an open envelope: this person's, then the other's, by behaviour.

        What either kept private or left out stays behind, and leaves no trace of which.
        """
        mine: dict[str, Said] = {}
        theirs: dict[str, Said] = {}
        for answer in cls.revealed_to(seat).filter(sheet__deck=deck).select_related("sheet"):
            if answer.said.shared:
                whose = mine if answer.sheet.seat_id == seat.pk else theirs
                whose[answer.behaviour] = answer.said
        return mine, theirs
