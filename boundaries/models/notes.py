"""What people write for themselves alone. Only answering may import this."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

from django.db import models

from boundaries.models.answers import said_of
from boundaries.models.ciphertexts import CiphertextField, Encrypted
from boundaries.models.couples import Seat
from boundaries.models.envelopes import Kept, Sheet
from boundaries.vocabulary import Aside, Said, Stance

type Before = tuple[Said, Aside]


class Note(Kept, Encrypted):
    """What goes with one answer and is its writer's alone, what stood there before among it.

    In a table of its own, so that no reveal can carry it along.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="+")
    behaviour = models.SlugField(max_length=32)  # as on an answer
    content = CiphertextField()  # readable with its writer's key

    bound_to = ("sheet_id", "behaviour")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "behaviour"], name="note_one_an_answer"),
        ]

    @classmethod
    def put(
        cls, seat: Seat, sheet: Sheet, behaviour: str, aside: Aside, before: Before | None
    ) -> None:
        content = asdict(aside) | {"before": before and [asdict(each) for each in before]}
        cls.everyones.bulk_create(
            [cls._row(seat, sheet, behaviour, content)],
            update_conflicts=True,
            unique_fields=["sheet", "behaviour"],
            update_fields=["content"],
        )

    @classmethod
    def on(cls, seat: Seat, sheet: Sheet, behaviour: str) -> dict[str, Any] | None:
        """What stands there, as it is stored, or nothing."""
        return cls.all_on(seat, [sheet.pk], behaviour=behaviour).get((sheet.pk, behaviour))

    @classmethod
    def all_on(
        cls, seat: Seat, sheets: Iterable[uuid.UUID], **only: str
    ) -> dict[tuple[uuid.UUID, str], dict[str, Any]]:
        """What stands on several sheets of this person's, by sheet and behaviour."""
        key = seat.key
        found = cls.by(seat).filter(sheet__in=list(sheets), **only)
        told = found.values_list("sheet", "behaviour", "content")
        return {
            (sheet, behaviour): key.decrypt(bytes(content), *cls.place("content", sheet, behaviour))
            for sheet, behaviour, content in told
        }

    @classmethod
    def copy(cls, seat: Seat, old: Sheet, new: Sheet) -> None:
        """The same notes on a new sheet, with nothing before them."""
        cls.everyones.bulk_create(
            cls._row(seat, new, behaviour, content | {"before": None})
            for (_, behaviour), content in cls.all_on(seat, [old.pk]).items()
        )

    @classmethod
    def _row(cls, seat: Seat, sheet: Sheet, behaviour: str, content: dict[str, Any]) -> Any:
        row: Any = cls(seat=seat, sheet=sheet, behaviour=behaviour)
        return row.holding(seat.key, content=content)


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
