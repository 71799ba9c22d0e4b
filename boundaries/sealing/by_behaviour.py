"""What one person has on a sheet, as one encrypted value for the whole sheet.

A row per card would show anyone with a copy of the database which cards somebody touched: by the
row itself, its length, its place on the disk, or what changed between two copies. See
docs/adr/0020-a-sheet-is-encrypted-as-one-value.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django.db.models import QuerySet

from accounts.kept_queries import KeptQuery, kept_query
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Sheet
from boundaries.seats.models import Seat

KIB = 1024

type Contents = dict[str, dict[str, Any]]  # by behaviour


class ByBehaviour(Encrypted):
    """One row per sheet, created with the sheet, with a value for each behaviour.

    Lock the seat before writing: the whole sheet is written, even for one card.
    """

    content = CiphertextField()  # readable with its writer's key

    unscoped: ClassVar[Any]
    stored: ClassVar[KeptQuery[Any, Any]]  # the rows of these sheets
    bound_to = ("sheet_id",)
    owner = "sheet__seat"
    # Most sheets fit the first block: 24 answers take 300 bytes, and 600 words another 1,600. The
    # steps are coarse, so that the length shows little more than whether somebody writes a lot.
    # PostgreSQL keeps a value of the first size inside its row; the second fills one page. ADR 29.
    blocks = (1_900, 7_900, 32 * KIB, 128 * KIB, 512 * KIB, 2048 * KIB)
    compress = True

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)

        @kept_query([uuid.UUID])
        def stored(sheets: list[uuid.UUID]) -> QuerySet[Any]:
            rows: QuerySet[Any] = cls.unscoped.filter(sheet__in=sheets)
            return rows.values_list("sheet", "content")

        cls.stored = stored

    @classmethod
    def begin(cls, seat: Seat, sheet: Sheet, contents: Contents) -> None:
        """Create the row of a new sheet."""
        row = cls.new_row(seat, sheet).set_encrypted(seat.key, content=contents)
        row.save(force_insert=True)

    @classmethod
    def on(cls, seat: Seat, sheet: Sheet) -> Contents:
        """What is stored for one sheet of this person's."""
        return cls.on_all(seat, [sheet.pk]).get(sheet.pk, {})

    @classmethod
    def on_all(cls, seat: Seat, sheets: Iterable[uuid.UUID]) -> dict[uuid.UUID, Contents]:
        """What is stored for several sheets of this person's. One query.

        Raises encryption.Unreadable for somebody else's.
        """
        key = seat.key
        return {
            sheet: key.decrypt(content, *cls.place("content", sheet))
            for sheet, content in cls.stored(list(sheets))
        }

    @classmethod
    def put(cls, seat: Seat, sheet: Sheet, contents: Contents) -> None:
        """Write a whole sheet. Raises DoesNotExist where the sheet was deleted."""
        row = cls.new_row(seat, sheet).set_encrypted(seat.key, content=contents)
        if not cls.unscoped.filter(sheet=sheet).update(content=row.content):
            raise cls.DoesNotExist

    @classmethod
    def new_row(cls, seat: Seat, sheet: Sheet) -> Self:
        """The row of a new sheet, still without content."""
        return cls(sheet=sheet)


def without_blanks(value: Mapping[str, Any]) -> dict[str, Any]:
    """A value without its empty fields, so that a whole sheet stays small."""
    return {name: content for name, content in value.items() if content}
