"""Changing how what is on people's sheets is encrypted, a few sheets at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from accounts.encryption import DataKey

AT_A_TIME = 20  # sheets, so that memory is bounded: the fullest take some megabytes each
KIB = 1024
BLOCKS = (8 * KIB, 32 * KIB, 128 * KIB, 512 * KIB, 2048 * KIB)  # of a whole sheet
HOLDS_NOTHING = "opting-in"  # a deck without cards
# Every field of an answer, as it was kept when each was a row.
BLANK_SAID: dict[str, Any] = {
    "mine": None,
    "partners": None,
    "weight": None,
    "conditions": [],
    "in_other_words": "",
    "private": False,
    "skipped": False,
    "hidden": False,
    "note": "",
}

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
