"""Check-ins: writing one's half, sealing it, and what both have finished.

A half is a sheet, sealed in an envelope like a deck: the second seal opens it for both. A seal
waits a few days only. So what just one of two people finished shows nothing to the other, ever.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from boundaries.agreements import history
from boundaries.agreements.history import Entry
from boundaries.check_ins import rhythms
from boundaries.check_ins.models import CheckInReplies, SharedCheckIn
from boundaries.check_ins.replies import CheckIn, Replies, unpacked
from boundaries.dates import has_come
from boundaries.errors import Conflict, NotFound, Refused
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey

# How long a sealed half waits for the other: less than a week, so that it never meets the next one.
WAITS = timedelta(days=6)


class NoSuchCheckIn(NotFound):
    """These two have no such check-in. They may have deleted it."""


class CheckInMovedOn(Conflict):
    """A check-in was sealed or opened since the page was loaded. Nothing was stored."""


class NothingWritten(Refused):
    """This person's half has nothing in it."""


class NothingToPassOn(Conflict):
    """This person has no half of their own that they could pass the phone with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHalf:
    """What this person wrote for the next check-in, as only they see it."""

    replies: Replies | None = None  # None if nothing was written since the last one
    on: date | None = None  # when it was written
    sealed: bool = False
    seen: str = ""  # names the last check-in they finished apart; a form repeats it


def own_half(seat: Seat) -> OwnHalf:
    """This person's own half of the next check-in. Two queries. Raises NotPaired for one alone."""
    _refuse_alone(seat)
    sheets = _own_sheets(seat)
    last = next((sheet for sheet in sheets if sheet.opened), None)
    seen = last.pk.hex if last else ""
    newest = sheets[0] if sheets else None
    if newest is None or newest.opened:
        return OwnHalf(seen=seen)
    content = _content(seat, newest)
    if content.get("couple") != seats.couple_token(seat):
        return OwnHalf(seen=seen)  # it was for a former partner, or was deleted just now
    written_at = datetime.fromisoformat(content["at"])
    return OwnHalf(
        replies=unpacked(content),
        on=timezone.localdate(written_at),
        sealed=_still_waits(newest),
        seen=seen,
    )


def seal(
    seat: Seat, replies: Replies, *, seen: str, couple_token: str | None = None
) -> uuid.UUID | None:
    """Seal this person's half. Returns the check-in if that opens it, or None while it waits.

    `seen` is the `OwnHalf.seen` of the page. Sealing the same twice changes nothing. Raises
    NothingWritten, CheckInMovedOn, and seats.NotPaired also for another couple's page.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        if _is_repeated(seat, replies, seen):
            return _opened_last(seat)
        sheet = _write(seat, replies)
        rhythms.has_checked_in(seat)
        sealing.lapse(couple, sealing.CHECK_IN, timezone.now() - WAITS)
        sealed = sealing.put(couple, seat, sheet)
        return sealed.envelope.pk if sealed.open else None


def take_back(seat: Seat) -> None:
    """Take one's half back, without a trace. It stays one's own. Raises NotPaired.

    Once it has opened, or waited too long, there is nothing to take back.
    """
    with seats.locked(seat) as (_, seat):
        if own_half(seat).sealed:  # a seal that waited too long may be gone, or still be there
            sealing.take_back(seat, _own_sheets(seat)[0])


def keep_for_passing_on(
    seat: Seat, replies: Replies, *, seen: str, couple_token: str | None = None
) -> None:
    """Keep this person's half, before the other writes theirs on the same phone.

    Raises NothingWritten, CheckInMovedOn and seats.NotPaired.
    """
    with seats.locked(seat, couple_token) as (_, seat):
        if not _is_repeated(seat, replies, seen):
            _write(seat, replies)


def finish_on_one_phone(
    seat: Seat, others: Replies, *, couple_token: str | None = None
) -> uuid.UUID:
    """Open a check-in of which the other wrote their half on this person's phone.

    This person's half is the one they kept or sealed. Whatever either had sealed apart goes back
    to its writer. Raises NothingToPassOn, NothingWritten and seats.NotPaired.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        mine = own_half(seat)
        if (repeated := _repeated_on_one_phone(seat, others)) and mine.replies is None:
            return repeated
        if mine.replies is None:
            raise NothingToPassOn
        if others.blank:
            raise NothingWritten
        me = Side(str(seat.side))
        rhythms.has_checked_in(seat, both=True)
        sealing.lapse(couple, sealing.CHECK_IN)
        shared = SharedCheckIn(couple=couple, side=me)
        halves = {me: mine.replies.packed, me.other: others.packed}
        shared.set_encrypted(couple.key, content=halves).save(force_insert=True)
        Sheet.delete_these(Sheet.owned_by(seat).filter(pk=_own_sheets(seat)[0].pk))
        return shared.pk


def all_finished(seat: Seat) -> list[CheckIn]:
    """The check-ins that both have finished, the newest first. Two queries. Raises NotPaired."""
    _refuse_alone(seat)
    found = [*_finished_apart(seat), *_finished_on_one_phone(seat)]
    return sorted(found, key=attrgetter("at"), reverse=True)


def finished(seat: Seat, check_in: uuid.UUID) -> CheckIn:
    """One of them. Raises NoSuchCheckIn and NotPaired."""
    for found in all_finished(seat):
        if found.id == check_in:
            return found
    raise NoSuchCheckIn


def delete(seat: Seat, check_in: uuid.UUID, *, couple_token: str | None = None) -> None:
    """Delete a check-in for both, with what both wrote. Either can. Raises NoSuchCheckIn."""
    with seats.locked(seat, couple_token) as (couple, seat):
        found = finished(seat, check_in)
        if found.phone is None:
            Sheet.delete_opened(couple, found.id)
        else:
            SharedCheckIn.objects.of(seat).filter(pk=found.id).delete()


def due_understanding(seat: Seat, finished: list[CheckIn]) -> Entry | None:
    """The understanding whose day came first, unless both have found it still good since."""
    good: dict[uuid.UUID, date] = {}
    for check_in in reversed(finished):
        if version := check_in.still_good:
            good[version] = check_in.day
    due = [
        (day, entry.behaviour, entry)
        for entry in history.entries(seat)
        for day in entry.days
        if entry.current and has_come(day) and not good.get(entry.current.id, date.min) >= day
    ]
    return min(due, key=itemgetter(0, 1))[-1] if due else None


def export(seat: Seat) -> dict[str, Any]:
    """This person's own halves: those they wrote, and those that were written on one phone.

    The same queries however many there are.
    """
    contents = _contents(seat)
    about = {
        version.id: entry.behaviour for entry in history.entries(seat) for version in entry.versions
    }
    return {
        "written": [
            {
                "at": contents[sheet.pk]["at"],
                "sealed_at": sheet.sealed_at if sheet.opened or _still_waits(sheet) else None,
                "opened": sheet.opened,
                **_exported(unpacked(contents[sheet.pk]), about),
            }
            for sheet in reversed(_own_sheets(seat))
        ],
        "on_one_phone": [
            {
                "at": found.at,
                "on_the_others_phone": found.phone != seat.side,
                **_exported(found.halves[Side(str(seat.side))], about),
            }
            for found in _finished_on_one_phone(seat)
        ],
    }


def _exported(replies: Replies, about: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """Replies with the behaviour that the understanding is about, if the two still have it."""
    values = asdict(replies)
    version = values.pop("understanding")
    return values | {"behaviour": about.get(version)}


def _refuse_alone(seat: Seat) -> None:
    if seat.couple_id is None:
        raise seats.NotPaired


def _own_sheets(seat: Seat) -> list[Any]:
    """This person's halves, the newest first, with when and in which envelope each was sealed."""
    sheets = Sheet.with_seals(seat).filter(deck=sealing.CHECK_IN)
    return list(sheets.annotate(sealed_at=F("seal__set_at"), envelope=F("seal__envelope")))


def _still_waits(sheet: Any) -> bool:
    """Whether the seal on a sheet of one's own still waits for the other's."""
    waits = sheet.sealed and not sheet.opened
    return bool(waits and sheet.sealed_at > timezone.now() - WAITS)


def _content(seat: Seat, sheet: Sheet) -> dict[str, Any]:
    row = CheckInReplies.owned_by(seat).filter(sheet=sheet).first()
    return row.read(seat.key) if row else {}


def _contents(seat: Seat) -> dict[uuid.UUID, dict[str, Any]]:
    """What is on each of this person's halves. One query."""
    return {row.sheet_id: row.read(seat.key) for row in CheckInReplies.owned_by(seat)}


def _is_repeated(seat: Seat, replies: Replies, seen: str) -> bool:
    """Whether these very replies were sealed before, from the same page.

    Raises NothingWritten, and CheckInMovedOn if others were sealed or opened since.
    """
    if replies.blank:
        raise NothingWritten
    own = own_half(seat)
    if own.seen != seen:
        last = next((sheet for sheet in _own_sheets(seat) if sheet.opened), None)
        if last is None or unpacked(_content(seat, last)) != replies:
            raise CheckInMovedOn
        return True
    if own.sealed and own.replies != replies:
        raise CheckInMovedOn
    return own.sealed


def _opened_last(seat: Seat) -> uuid.UUID | None:
    """The check-in that this person's newest half is in, if that is open."""
    newest = _own_sheets(seat)[0]
    return newest.envelope if newest.opened else None


def _write(seat: Seat, replies: Replies) -> Sheet:
    """Write this person's half on the newest sheet, or on a new one if that is of the past."""
    sheets = _own_sheets(seat)
    token = seats.couple_token(seat)
    content = {"at": timezone.now().isoformat(), "couple": token, **replies.packed}
    newest: Sheet | None = sheets[0] if sheets else None
    if newest and not newest.opened and _content(seat, newest).get("couple") == token:
        row = CheckInReplies(sheet=newest).set_encrypted(seat.key, content=content)
        CheckInReplies.owned_by(seat).filter(sheet=newest).update(content=row.content)
        return newest
    number = newest.number + 1 if newest else 1
    sheet = Sheet.owned_by(seat).create(seat=seat, deck=sealing.CHECK_IN, number=number)
    row = CheckInReplies(sheet=sheet).set_encrypted(seat.key, content=content)
    row.save(force_insert=True)
    return sheet


def _finished_apart(seat: Seat) -> list[CheckIn]:
    rows = CheckInReplies.opened_to(seat)
    return [
        CheckIn(id=id, at=at, halves={side: unpacked(content) for _, side, _, content in halves})
        for (id, at), halves in groupby(rows, key=itemgetter(0, 2))
    ]


def _finished_on_one_phone(seat: Seat) -> list[CheckIn]:
    found = SharedCheckIn.objects.of(seat).order_by("at", "pk")
    return [_on_one_phone(shared, seat.shared_key) for shared in found]


def _on_one_phone(shared: SharedCheckIn, key: DataKey) -> CheckIn:
    content = shared.read(key)
    return CheckIn(
        id=shared.pk,
        at=shared.at,
        halves={side: unpacked(content[side]) for side in Side},
        phone=Side(shared.side),
    )


def _repeated_on_one_phone(seat: Seat, others: Replies) -> uuid.UUID | None:
    """The newest check-in on this person's phone, if the other's half in it is this one."""
    for found in _finished_on_one_phone(seat)[-1:]:
        if found.phone == seat.side and found.halves[Side(str(seat.other_side))] == others:
            return found.id
    return None
