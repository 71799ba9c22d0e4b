"""A repair after a line was crossed: beginning it, sending words, closing and keeping it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from boundaries import notifications
from boundaries.agreements import history
from boundaries.drafts import UNWRITTEN
from boundaries.errors import Conflict
from boundaries.notifications import Subject
from boundaries.reminders import rules as reminders
from boundaries.repair import drafts, flow, reading
from boundaries.repair.flow import RepairPlace
from boundaries.repair.models import (
    Repair,
    RepairTurn,
    ReturnedDraft,
    ReturnedWords,
    WishToKeep,
    in_days,
)
from boundaries.repair.reading import SeenRepair
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import ReminderKind, RepairMove, Side

KEPT_FOR = timedelta(days=30)  # after it was closed, or after a wish to keep it was taken back
MAX_TURNS = 200  # in one repair; then it can only be closed

# After a few of its moves the other has no turn, but something new to read.
NEWS = (RepairMove.OFFER, RepairMove.ANSWER)


# The moves that change when to ask again how it is.
RESCHEDULING = (
    *(RepairMove.OFFER, RepairMove.FOLLOW_UP, RepairMove.SLOWER),
    *(RepairMove.PAUSE, RepairMove.RESUME, RepairMove.END),
)


class RepairMovedOn(Conflict):
    """The repair has moved on since the page was loaded. Nothing was sent."""


class AlreadyOpen(Conflict):
    """The other has just sent something about the same line. Nothing was sent."""

    def __init__(self, repair: uuid.UUID) -> None:
        super().__init__()
        self.repair = repair


def begin(seat: Seat, behaviour: str, *, i_crossed: bool, couple_token: str = "") -> uuid.UUID:
    """Begin a repair, unseen by the other until something is sent.

    `behaviour` is a line they agreed on once, or empty for something that is not on their page.
    Returns its id, or that of one that is going. Raises NoSuchAgreement and NotPaired.
    """
    with seats.locked(seat, couple_token or None) as (couple, seat):
        me = reading.side_of(seat)
        crossed = me if i_crossed else me.other
        wording = _wording(seat, behaviour)
        running = Repair.objects.visible_to(seat).filter(behaviour=behaviour, removal_at=None)
        found = max(running, key=lambda row: row.opened_at is not None, default=None)
        if found is None:
            return _add(seat, couple, behaviour, wording, me=me, crossed=crossed).pk
        if found.opened_at is None and found.crossed != crossed:
            found.crossed = crossed  # only begun, and now told from the other side
            found.save(update_fields=["crossed"])
        return found.pk


def send(
    seat: Seat,
    repair_id: uuid.UUID,
    move: RepairMove,
    content: Mapping[str, Any] | None = None,
    *,
    version: str,
    draft_version: str = UNWRITTEN,
) -> bool:
    """Take one turn, and send the words that go with it. They never change again.

    Idempotent: returns False if this very turn was taken before. `version` is that of the page it
    was sent from, and `draft_version` that of the draft the words were made from.
    Raises NoSuchRepair, RepairMovedOn, AlreadyOpen and NotPaired.
    """
    with seats.locked(seat, lock_seat=True) as (_, seat):
        row = reading.row_of(seat, repair_id)
        repair, content = reading.seen(seat, row), dict(content or {})
        if repair.version != version:
            if _was_sent(seat, row, move, content, version):
                return False
            raise RepairMovedOn
        place = _after(repair, move)
        if not repair.is_sent:
            _show(seat, row)
        values = {"side": repair.me, "move": move, "made_from": version}
        RepairTurn.add(seat, row, content=content, **values)
        drafts.delete_sent(seat, row, move, content, version=draft_version)
        notifications.has_acted(seat, Subject.REPAIR)
        if repair.they in flow.awaited(place) - flow.awaited(repair.place) or move in NEWS:
            notifications.notify_partner_once(seat, Subject.REPAIR)
        if move in RESCHEDULING:
            _remind(seat, row, move)
        return True


def close(seat: Seat, repair_id: uuid.UUID) -> None:
    """Close a repair, for both and without a reason. A second time changes nothing.

    Raises NoSuchRepair, RepairMovedOn for one that was never sent, and NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        row = reading.row_of(seat, repair_id)
        if row.removal_at is not None:
            return
        if row.opened_at is None:
            raise RepairMovedOn
        flow.after(reading.place_of(row), reading.side_of(seat), RepairMove.CLOSE)
        Repair.objects.filter(pk=row.pk).update(removal_at=in_days(KEPT_FOR.days))
        reminders.cancel_both(seat, ReminderKind.FOLLOW_UP, [row.pk])
        notifications.has_acted(seat, Subject.REPAIR)


def discard(seat: Seat, repair_id: uuid.UUID) -> None:
    """Delete a repair that this person began and never sent. Raises NoSuchRepair, RepairMovedOn."""
    with seats.locked(seat, lock_seat=True) as (_, seat):  # a draft may just be being saved
        row = reading.row_of(seat, repair_id)
        if row.opened_at is not None:
            raise RepairMovedOn
        row.delete()


def wish_to_keep(seat: Seat, repair_id: uuid.UUID, wish: bool) -> None:
    """Say whether to keep the text of a closed repair. The other sees it once both wish it.

    Taken back after both did, the text stays for another 30 days. Raises NoSuchRepair, NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        row = reading.row_of(seat, repair_id)
        if row.removal_at is None:
            raise RepairMovedOn
        mine = WishToKeep.owned_by(seat).filter(repair=row)
        if wish and not mine.exists():
            WishToKeep(seat=seat, repair=row).save(force_insert=True)
        elif not wish:
            if WishToKeep.is_of_both(row):
                Repair.objects.filter(pk=row.pk).update(removal_at=in_days(KEPT_FOR.days))
            mine.delete()


def remove_expired() -> None:
    """Delete closed repairs whose days are over, and returned words whose days are. Idempotent."""
    Repair.remove_closed()
    ReturnedWords.clear_away()
    ReturnedDraft.clear_away()


def _wording(seat: Seat, behaviour: str) -> str:
    if not behaviour:
        return ""
    entry = history.entry(seat, behaviour)
    if entry.agreed_last is None:
        raise history.NoSuchAgreement
    return entry.wording


def _add(
    seat: Seat, couple: Couple, behaviour: str, wording: str, *, me: Side, crossed: Side
) -> Repair:
    row = Repair(couple=couple, behaviour=behaviour, opened_by=me, crossed=crossed)
    row.set_encrypted(seat.shared_key, wording=wording).save(force_insert=True)
    return row


def _after(repair: SeenRepair, move: RepairMove) -> RepairPlace:
    if len(repair.turns) >= MAX_TURNS or move == RepairMove.CLOSE:
        raise RepairMovedOn
    try:
        return flow.after(repair.place, repair.me, move)
    except flow.NotAllowed:
        raise RepairMovedOn from None


def _show(seat: Seat, row: Repair) -> None:
    """From now on both can see it. Raises AlreadyOpen if both began one on the same line."""
    running = Repair.objects.sent(seat).filter(behaviour=row.behaviour, removal_at=None)
    for other in running:
        raise AlreadyOpen(other.pk)
    row.opened_at = timezone.now()
    row.save(update_fields=["opened_at"])


def _remind(seat: Seat, row: Repair, move: RepairMove) -> None:
    """Ask again when the next follow-up is due: whoever has not answered it, if one is to come."""
    repair = reading.seen(seat, row)
    if move == RepairMove.FOLLOW_UP and repair.i_crossed:
        reminders.cancel(seat, ReminderKind.FOLLOW_UP, row.pk)
    elif repair.due_at is None:
        reminders.cancel_both(seat, ReminderKind.FOLLOW_UP, [row.pk])
    else:
        answered = repair.place.followed
        reminders.schedule_both(
            seat, ReminderKind.FOLLOW_UP, row.pk, repair.due_at, leave_out=answered
        )


def _was_sent(
    seat: Seat, row: Repair, move: RepairMove, content: Mapping[str, Any], version: str
) -> bool:
    """Whether this turn was taken before from the same page: the response to it was lost."""
    sent = RepairTurn.all_of(row).filter(side=seat.side, move=move, made_from=version).first()
    return sent is not None and sent.read(seat.shared_key) == content
