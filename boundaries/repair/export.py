"""A person's own part in repairs, for their copy; and giving it back when two people part."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from typing import Any

from django.utils import timezone

from accounts.encryption import MAX_LENGTH
from boundaries.repair.models import Repair, RepairDraft, RepairTurn, ReturnedWords, WishToKeep
from boundaries.repair.rules import KEPT_FOR
from boundaries.seats.models import Seat

PORTION = MAX_LENGTH // 4  # bytes, since one repair alone can have twice as much


def export(seat: Seat) -> dict[str, Any]:
    """This person's own words in repairs, and those that came back to them when they parted."""
    return {
        "with_my_partner": own_words(seat),
        "from_before_parting": [
            {"until": row.until, "repairs": row.read(seat.key)}
            for row in ReturnedWords.owned_by(seat).order_by("until", "pk")
        ],
    }


def own_words(seat: Seat) -> list[dict[str, Any]]:
    """What this person sent in repairs, and their drafts: nothing of the other's.

    Four queries, however many repairs there are; none for somebody alone.
    """
    if seat.side is None:
        return []
    sent, drafts = _sent(seat), _drafts(seat)
    wishes = set(WishToKeep.owned_by(seat).values_list("repair", flat=True))
    rows = Repair.objects.visible_to(seat).order_by("opened_at", "pk")
    return [
        {
            "behaviour": row.behaviour or None,
            "i_crossed_it": row.crossed == seat.side,
            "opened_at": row.opened_at.isoformat() if row.opened_at else None,
            "closed": row.removal_at is not None,
            "i_want_to_keep_it": row.pk in wishes,
            "sent": sent[row.pk],
            "not_sent": drafts[row.pk],
        }
        for row in rows
    ]


def return_words(seat: Seat) -> None:
    """Give each of the two their own words back, for their copy alone. The couple must be locked.

    Called when they part, before what they shared is deleted. Each gets a row, whether or not
    there are any words, so nothing shows who wrote what. Very many words take several rows: however
    much one has written, both can leave.
    """
    both = Seat.objects.with_keys().filter(couple=seat.couple_id).order_by("side")
    words = {one: _portions(own_words(one)) for one in both}
    ReturnedWords.give_back(words, timezone.now() + KEPT_FOR)


def _portions(repairs: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The same in parts that can be encrypted; one empty part where there is nothing."""
    portions: list[list[dict[str, Any]]] = [[]]
    room = PORTION
    for repair in repairs:
        length = len(json.dumps(repair, ensure_ascii=False).encode())
        if length > room and portions[-1]:
            portions.append([])
            room = PORTION
        portions[-1].append(repair)
        room -= length
    return portions


def _sent(seat: Seat) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for turn in RepairTurn.owned_by(seat):
        words = turn.read(seat.shared_key)
        found[turn.repair_id].append({"move": turn.move, "at": turn.at.isoformat(), "words": words})
    return found


def _drafts(seat: Seat) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for draft in RepairDraft.owned_by(seat).order_by("repair", "purpose"):
        words = {"purpose": draft.purpose.rstrip("+"), "words": draft.read(seat.key)}
        found[draft.repair_id].append(words)
    return found
