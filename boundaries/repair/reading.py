"""One repair as each of the two sees it, and all of them for the list and the home page."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.kept_queries import kept_query
from boundaries import sentences
from boundaries.agreements.words import is_user_written
from boundaries.content import catalogue
from boundaries.drafts import Content
from boundaries.errors import NotFound
from boundaries.repair import flow, follow_ups
from boundaries.repair.flow import RepairPlace
from boundaries.repair.follow_ups import Moment
from boundaries.repair.models import Repair, RepairTurn, WishToKeep
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import RepairMove, RepairStep, Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey

IS_NEWS = timedelta(days=3)  # for so long, home says that an offer has come


class NoSuchRepair(NotFound):
    """These two have no such repair, or it was only begun, by the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentWords:
    """A turn that one of the two took, as both read it."""

    side: Side
    move: RepairMove
    content: Content
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRepair:
    """A repair as one of the two sees it."""

    id: uuid.UUID
    behaviour: str
    wording: str
    me: Side
    names: Mapping[Side, str]
    opened_by: Side
    place: RepairPlace
    turns: tuple[SentWords, ...]
    due_at: datetime | None  # when to ask again how it is
    removal_at: datetime | None  # once it is closed
    kept_by_me: bool
    kept_by_both: bool
    version: str  # opaque; changes whenever there is something new
    again: bool = False  # whether there is another repair on this line

    @property
    def heading(self) -> str:
        """What it is about. What the couple wrote is in quotation marks; empty for no line."""
        if not self.wording:
            return ""
        return sentences.heading(self.wording, user_written=is_user_written(self.behaviour))

    @property
    def step(self) -> RepairStep:
        return self.place.step

    @property
    def they(self) -> Side:
        return self.me.other

    @property
    def i_crossed(self) -> bool:
        return self.place.crossed == self.me

    @property
    def is_sent(self) -> bool:
        """Whether the other can see it."""
        return bool(self.turns)

    @property
    def closed(self) -> bool:
        return self.step == RepairStep.CLOSED

    @property
    def my_turn(self) -> bool:
        return self.me in flow.awaited(self.place)

    @property
    def allowed(self) -> frozenset[RepairMove]:
        return flow.allowed(self.place, self.me)

    @property
    def is_due(self) -> bool:
        """Whether it is time to ask this person how it is."""
        may = RepairMove.FOLLOW_UP in self.allowed
        return may and self.due_at is not None and self.due_at <= timezone.now()

    def latest(self, *moves: RepairMove) -> SentWords | None:
        """The last turn with one of these moves."""
        return next((turn for turn in reversed(self.turns) if turn.move in moves), None)


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """A repair on the list."""

    id: uuid.UUID
    heading: str
    my_turn: bool
    is_sent: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class ShownRepair:
    """This person's part in one repair, which the other can read."""

    id: uuid.UUID
    heading: str
    turns: tuple[SentWords, ...]
    kept: bool  # whether both wish to keep it, which both see


def repair(seat: Seat, repair_id: uuid.UUID) -> SeenRepair:
    """One repair, as this person sees it. Raises NoSuchRepair."""
    return seen(seat, row_of(seat, repair_id))


def row_of(seat: Seat, repair_id: uuid.UUID, *, lock: bool = False) -> Repair:
    """Its row, for rules to change; locked, so that it does not go meanwhile. Raises NoSuchRepair.

    Whoever has locked the couple needs no `lock`.
    """
    rows = Repair.objects.visible_to(seat).filter(pk=repair_id)
    found = (rows.select_for_update(no_key=True) if lock else rows).first()
    if found is None:
        raise NoSuchRepair
    return found


def seen(seat: Seat, row: Repair) -> SeenRepair:
    """A repair as this person sees it. Raises NotPaired where the other has just left."""
    key, me = seat.shared_key, side_of(seat)
    turns = list(RepairTurn.all_of(row))
    sent = tuple(_sent(turn, key) for turn in turns)
    place = _place(row, [(turn.side, turn.move) for turn in sent])
    moments = [Moment(turn.side, turn.move, turn.at) for turn in sent]
    kept_by_me = WishToKeep.owned_by(seat).filter(repair=row).exists()
    return SeenRepair(
        id=row.pk,
        behaviour=row.behaviour,
        wording=_wording(row, key),
        me=me,
        names=seats.names(seat),
        opened_by=Side(row.opened_by),
        place=place,
        turns=sent,
        due_at=follow_ups.due_at(place, moments),
        removal_at=row.removal_at,
        kept_by_me=kept_by_me,
        kept_by_both=kept_by_me and WishToKeep.is_of_both(row),
        version=_version(seat, row, [turn.pk for turn in turns]),
        again=_is_again(seat, row),
    )


def summaries(seat: Seat) -> list[RepairSummary]:
    """All repairs that this person can see, the newest first. Two queries; none when alone."""
    if seat.side is None:
        return []
    moves: dict[uuid.UUID, list[tuple[Side, RepairMove]]] = defaultdict(list)
    taken = RepairTurn.visible_to(seat).values_list("repair", "side", "move")
    for repair_id, side, move in taken:
        moves[repair_id].append((Side(side), RepairMove(move)))
    found = Repair.objects.visible_to(seat).order_by("removal_at", "-opened_at", "pk")
    return [_summary(seat, row, moves[row.pk]) for row in found]


def shown(seat: Seat) -> list[ShownRepair]:
    """Everything the other can see of this person's part in repairs. Three queries, or none."""
    if seat.side is None:
        return []
    turns: dict[uuid.UUID, list[SentWords]] = defaultdict(list)
    for turn in RepairTurn.owned_by(seat):
        turns[turn.repair_id].append(_sent(turn, seat.shared_key))
    kept = WishToKeep.of_both(seat)
    return [
        ShownRepair(row.pk, _heading(seat, row), tuple(turns[row.pk]), row.pk in kept)
        for row in Repair.objects.sent(seat).order_by("-opened_at")
    ]


def waiting_in_words(couple: uuid.UUID | None, side: str | None, since: datetime) -> QuerySet[Any]:
    """For a subquery of the home page: the id of a repair in which it is this side's turn."""
    waiting = Repair.objects.waiting_for(couple, side, since).order_by("opened_at")
    return waiting.values_list(Cast("pk", CharField()))[:1]


def going_on_in_words(couple: uuid.UUID | None) -> QuerySet[Any]:
    """For a subquery of the home page: the id of the newest repair that goes on for both."""
    going_on = Repair.objects.going_on(couple).order_by("-opened_at")
    return going_on.values_list(Cast("pk", CharField()))[:1]


def news_since(now: datetime) -> datetime:
    """An offer that came after this moment is news."""
    return now - IS_NEWS


def side_of(seat: Seat) -> Side:
    """This person's side. Raises NoSuchRepair for somebody who is alone."""
    if seat.side is None:
        raise NoSuchRepair
    return Side(seat.side)


def place_of(row: Repair) -> RepairPlace:
    """Where a repair stands."""
    moves = RepairTurn.all_of(row).values_list("side", "move")
    return _place(row, [(Side(side), RepairMove(move)) for side, move in moves])


@kept_query(uuid.UUID, str)
def _on_the_line(couple: uuid.UUID | None, behaviour: str) -> QuerySet[Repair, Any]:
    sent = Repair.objects.sent(Seat.in_couple(couple)).filter(behaviour=behaviour)
    return sent.values_list("pk", flat=True)


def _is_again(seat: Seat, row: Repair) -> bool:
    """Whether another repair on this line is still stored."""
    if not row.behaviour:
        return False
    return any(found != row.pk for found in _on_the_line(seat.couple_id, row.behaviour))


def _place(row: Repair, moves: Iterable[tuple[Side, RepairMove]]) -> RepairPlace:
    crossed = Side(row.crossed)
    place = flow.replayed(crossed, Side(row.opened_by), moves)
    if row.removal_at is not None:  # nobody's move: who closed it is not stored
        place = flow.after(place, crossed, RepairMove.CLOSE)
    return place


def _sent(turn: RepairTurn, key: DataKey) -> SentWords:
    return SentWords(
        side=Side(turn.side), move=RepairMove(turn.move), content=turn.read(key), at=turn.at
    )


def _heading(seat: Seat, row: Repair) -> str:
    wording = _wording(row, seat.shared_key)
    if not wording:
        return ""
    return sentences.heading(wording, user_written=is_user_written(row.behaviour))


def _wording(row: Repair, key: DataKey) -> str:
    return catalogue.worded(row.behaviour, row.read(key, "wording"))


def _summary(seat: Seat, row: Repair, moves: Sequence[tuple[Side, RepairMove]]) -> RepairSummary:
    place = _place(row, moves)
    return RepairSummary(
        id=row.pk,
        heading=_heading(seat, row),
        my_turn=side_of(seat) in flow.awaited(place),
        is_sent=bool(moves),
        closed=place.step == RepairStep.CLOSED,
    )


def _version(seat: Seat, row: Repair, turns: Sequence[uuid.UUID]) -> str:
    content = repr((row.pk, row.crossed, row.removal_at is None, [str(turn) for turn in turns]))
    return blake2b(content.encode(), key=seat.pk.bytes, digest_size=12).hexdigest()
