"""Changing how what is on people's sheets is encrypted, a few sheets at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from accounts.encryption import DataKey

AT_A_TIME = 50  # sheets, so that memory is bounded: none holds more than some hundred kilobytes
KIB = 1024
BLOCKS = (16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB, 4096 * KIB)  # of a whole sheet
HOLDS_NOTHING = "opting-in"  # a deck without cards

type Keys = dict[uuid.UUID, tuple[uuid.UUID, DataKey]]  # by sheet: whose it is, and their key


def batches_of_sheets(apps: Any) -> Iterator[Keys]:
    """Every sheet that holds cards, with the key of its writer."""
    sheets = apps.get_model("boundaries", "Sheet")._base_manager.exclude(deck=HOLDS_NOTHING)
    last = uuid.UUID(int=0)
    while some := list(
        sheets.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "seat", "seat__kept_key__epoch", "seat__kept_key__wrapped")[:AT_A_TIME]
    ):
        yield {
            sheet: (seat, DataKey(str(seat), epoch, bytes(wrapped)))
            for sheet, seat, epoch, wrapped in some
        }
        last = some[-1][0]


def without_blanks(value: dict[str, Any]) -> dict[str, Any]:
    return {name: it for name, it in value.items() if it}
