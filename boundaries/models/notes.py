"""What people write for themselves alone. Only answering may import this."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

from django.db import models

from boundaries.models.answers import said_of
from boundaries.models.envelopes import Kept, Sheet
from boundaries.models.padding import PaddedField
from boundaries.vocabulary import Aside, Said, Stance

type Before = tuple[Said, Aside]


class Note(Kept):
    """What goes with one answer and is its writer's alone, what stood there before among it.

    In a table of its own, so that no reveal can carry it along.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="+")
    behaviour = models.SlugField(max_length=32)  # as on an answer
    content = PaddedField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "behaviour"], name="note_one_an_answer"),
        ]

    @classmethod
    def put(cls, sheet: Sheet, behaviour: str, aside: Aside, before: Before | None) -> None:
        content = asdict(aside) | {"before": before and [asdict(each) for each in before]}
        row = cls(seat_id=sheet.seat_id, sheet=sheet, behaviour=behaviour, content=content)
        cls.everyones.bulk_create(
            [row],  # type: ignore[list-item]
            update_conflicts=True,
            unique_fields=["sheet", "behaviour"],
            update_fields=["content"],
        )

    @classmethod
    def on(cls, sheet: Sheet, behaviour: str) -> dict[str, Any] | None:
        """What stands there, as it is stored, or nothing."""
        found = cls.everyones.filter(sheet=sheet, behaviour=behaviour)
        return found.values_list("content", flat=True).first()

    @classmethod
    def all_on(cls, sheets: Iterable[Sheet]) -> dict[tuple[uuid.UUID, str], dict[str, Any]]:
        """What stands on several sheets, by sheet and behaviour."""
        found = cls.everyones.filter(sheet__in=[sheet.pk for sheet in sheets])
        told = found.values_list("sheet", "behaviour", "content")
        return {(sheet, behaviour): content for sheet, behaviour, content in told}

    @classmethod
    def copy(cls, old: Sheet, new: Sheet) -> None:
        """The same notes on a new sheet, with nothing before them."""
        cls.everyones.bulk_create(
            cls(  # type: ignore[misc]
                seat_id=new.seat_id,
                sheet=new,
                behaviour=note.behaviour,
                content=note.content | {"before": None},
            )
            for note in cls.everyones.filter(sheet=old)
        )


def aside_of(content: dict[str, Any] | None) -> Aside:
    if content is None:
        return Aside()
    return Aside(
        note=content["note"],
        guess=Stance(content["guess"]) if content["guess"] else None,
        to_keep_the_peace=content["to_keep_the_peace"],
        live=content["live"],
    )


def before_of(content: dict[str, Any] | None) -> Before | None:
    if content is None or content["before"] is None:
        return None
    said, aside = content["before"]
    return said_of(said), aside_of(aside)
