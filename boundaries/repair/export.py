"""A person's own part in repairs, for their copy; and giving it back when two people part."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.encryption import MAX_LENGTH
from boundaries.repair.models import (
    Repair,
    RepairDraft,
    RepairTurn,
    ReturnedDraft,
    ReturnedWords,
    WishToKeep,
)
from boundaries.repair.rules import KEPT_FOR
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey

PORTION = MAX_LENGTH // 4  # bytes, since one repair alone can have twice as much

type Sent = dict[uuid.UUID, list[dict[str, Any]]]


def export(seat: Seat) -> dict[str, Any]:
    """This person's own words in repairs, and those that came back to them when they parted."""
    return {"with_my_partner": own_words(seat), "from_before_parting": _returned(seat)}


def own_words(seat: Seat) -> list[dict[str, Any]]:
    """What this person sent in repairs, and their drafts: nothing of the other's.

    Four queries, however many repairs there are; none for somebody alone.
    """
    if seat.side is None:
        return []
    sent, drafts = _sent(RepairTurn.owned_by(seat), seat.shared_key), _drafts(seat)
    wishes = set(WishToKeep.owned_by(seat).values_list("repair", flat=True))
    rows = Repair.objects.visible_to(seat).order_by("opened_at", "pk")
    return [
        _own_part(row, Side(seat.side), sent)
        | {"i_want_to_keep_it": row.pk in wishes, "not_sent": drafts[row.pk]}
        for row in rows
    ]


def return_words(seat: Seat, parted_at: datetime | None = None) -> None:
    """Give each of the two their own words back, for their copy alone. The couple must be locked.

    Called when they part, before what they shared is deleted; `parted_at` is when they did, if not
    now. What was sent, both can read already, and each gets a row of it whether or not there are
    any words, so nothing shows who wrote what. Very many words take several rows: however much one
    has written, both can leave. Drafts move as they are, and nobody reads them.
    """
    until, kept = (parted_at or timezone.now()) + KEPT_FOR, WishToKeep.of_both(seat)
    if until <= timezone.now():
        return  # a restore brought the two back, and the days of their words are over
    repairs = list(Repair.objects.sent(seat).order_by("opened_at", "pk"))
    turns = RepairTurn.of_each(seat)
    words = {}
    both = Seat.objects.with_keys().filter(couple=seat.couple_id).order_by("pk")
    for one in both.select_for_update(no_key=True, of=("self",)):  # either may be saving a draft
        side = Side(str(one.side))
        sent = _sent(turns[side], seat.shared_key)
        parts: dict[datetime, list[dict[str, Any]]] = {until: []}
        for row in repairs:
            goes = row.removal_at if row.removal_at and row.pk not in kept else until
            parts.setdefault(min(goes, until), []).append(_own_part(row, side, sent))
        words[one] = [
            (last, portion) for last, those in parts.items() for portion in _portions(those)
        ]
    ReturnedWords.give_back(words)
    ReturnedDraft.move_all(seat, until, kept)


def _own_part(row: Repair, side: Side, sent: Sent) -> dict[str, Any]:
    return {
        "behaviour": row.behaviour or None,
        "i_crossed_it": row.crossed == side,
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "closed": row.removal_at is not None,
        "sent": sent[row.pk],
    }


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


def _sent(turns: Iterable[RepairTurn], key: DataKey) -> Sent:
    found: Sent = defaultdict(list)
    for turn in turns:
        words = turn.read(key)
        found[turn.repair_id].append({"move": turn.move, "at": turn.at.isoformat(), "words": words})
    return found


def _drafts(seat: Seat) -> Sent:
    found: Sent = defaultdict(list)
    for draft in RepairDraft.owned_by(seat).order_by("repair", "purpose"):
        found[draft.repair_id].append(_not_sent(seat, draft))
    return found


def _not_sent(seat: Seat, draft: RepairDraft | ReturnedDraft) -> dict[str, Any]:
    return {"purpose": draft.purpose.rstrip("+"), "words": draft.read(seat.key)}


def _returned(seat: Seat) -> list[dict[str, Any]]:
    """What came back to this person, by when it goes: what they had sent, and their drafts."""
    found: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
    for row in ReturnedWords.owned_by(seat).order_by("until", "pk"):
        found[row.until] += [{"not_sent": [], **repair} for repair in row.read(seat.key)]
    for draft in ReturnedDraft.owned_by(seat).order_by("until", "behaviour", "purpose", "pk"):
        about: dict[str, Any] = {
            "behaviour": draft.behaviour or None,
            "i_crossed_it": draft.i_crossed_it,
            "opened_at": None,
            "sent": [],
        }
        found[draft.until].append(about | {"not_sent": [_not_sent(seat, draft)]})
    return [{"until": until, "repairs": repairs} for until, repairs in sorted(found.items())]
