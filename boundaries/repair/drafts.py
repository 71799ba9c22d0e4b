"""Words of a repair that were written and not sent. Nobody else learns that there are any."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from boundaries.drafts import LATE_SUFFIXES, UNWRITTEN, Content, StaleDraft, version_of
from boundaries.repair import reading
from boundaries.repair.models import Repair, RepairDraft
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import RepairMove


@dataclass(frozen=True, slots=True)
class UnsentWords:
    """A person's own words that they have not sent."""

    purpose: str
    content: Content
    version: str

    @property
    def move(self) -> RepairMove:
        return RepairMove(self.purpose.rstrip("+"))


def written(seat: Seat, repair_id: uuid.UUID) -> dict[str, UnsentWords]:
    """This person's drafts in this repair, by purpose. One query."""
    rows = RepairDraft.owned_by(seat).filter(repair=repair_id).order_by("purpose")
    contents = {row.purpose: row.read(seat.key) for row in rows}
    return {
        purpose: UnsentWords(purpose, content, version_of(content))
        for purpose, content in contents.items()
    }


@transaction.atomic
def save(
    seat: Seat, repair_id: uuid.UUID, purpose: str, content: Content, *, version: str
) -> UnsentWords:
    """Save a draft. `version` is that of the draft which the writer changed.

    Raises NoSuchRepair, and StaleDraft where a newer draft is saved.
    """
    seat = seats.locked_seat(seat)
    repair = reading.row_of(seat, repair_id, lock=True)
    row = RepairDraft.owned_by(seat).filter(repair=repair, purpose=purpose).first()
    now = row.read(seat.key) if row else {}
    content = {**now, **content}  # fields that were not sent stay as they are
    if now == content or not any((*now.values(), *content.values())):
        return UnsentWords(purpose, content, version_of(now))
    if row is None and _was_sent(seat, repair, purpose, content):
        return UnsentWords(purpose, content, UNWRITTEN)
    if version != version_of(now):
        raise StaleDraft(now, version_of(now))
    RepairDraft.put(seat, repair, purpose, content)
    return UnsentWords(purpose, content, version_of(content))


def recover(
    seat: Seat, repair_id: uuid.UUID, purpose: str, content: Content, *, version: str
) -> bool:
    """Save words that could not be sent, beside a newer draft if there is one.

    Returns whether nothing is lost. Raises NoSuchRepair.
    """
    if not any(content.values()):
        return True
    for suffix in LATE_SUFFIXES:
        made_from = UNWRITTEN if suffix else version
        try:
            save(seat, repair_id, f"{purpose}{suffix}", content, version=made_from)
        except StaleDraft:
            continue
        return True
    return False


@transaction.atomic
def throw_away(seat: Seat, repair_id: uuid.UUID, purpose: str, *, version: str) -> None:
    """Delete a draft, if this is still its version. Raises NoSuchRepair."""
    seat = seats.locked_seat(seat)
    repair = reading.row_of(seat, repair_id)
    for row in RepairDraft.owned_by(seat).filter(repair=repair, purpose=purpose):
        if version_of(row.read(seat.key)) == version:
            row.delete()


def delete_sent(
    seat: Seat, repair: Repair, move: RepairMove, content: Content, *, version: str
) -> None:
    """Delete the draft of words that were just sent. One changed elsewhere since then stays."""
    for row in RepairDraft.owned_by(seat).filter(repair=repair, purpose=move):
        words = row.read(seat.key)
        if version_of(words) == version or words.items() <= content.items():
            row.delete()


def _was_sent(seat: Seat, repair: Repair, purpose: str, content: Content) -> bool:
    """Whether these words were sent already: an automatic save arrived late."""
    move = UnsentWords(purpose, {}, UNWRITTEN).move
    turns = reading.seen(seat, repair).turns
    return any(
        turn.side == seat.side and turn.move == move and content.items() <= turn.content.items()
        for turn in turns
    )
