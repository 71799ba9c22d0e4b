"""Laying two people's answers side by side, once both have sealed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from boundaries.catalogue import Behaviour, Deck
from boundaries.models.answers import Answer
from boundaries.models.couples import Seat
from boundaries.models.envelopes import Envelope, Seal
from boundaries.vocabulary import Grade, Said, Side, Stance


class NotOpen(Exception):
    """Two seals have not come together. Whose is missing is nobody's to know."""


@dataclass(frozen=True, slots=True)
class Line:
    """A behaviour with who does it: what both say on that."""

    doer: str  # first name
    left: Stance
    right: Stance
    grade: Grade


@dataclass(frozen=True, slots=True)
class Remark:
    """A note that opened with an answer."""

    first_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One behaviour, its two lines, and the grade of the more different of them."""

    behaviour: Behaviour
    grade: Grade
    lines: tuple[Line, ...] = ()  # none where it is not shared
    remarks: tuple[Remark, ...] = ()

    @property
    def whoever_does_it(self) -> bool:
        """Whether both lines read the same, so that one says it all."""
        return len({(line.left, line.right) for line in self.lines}) == 1


@dataclass(frozen=True, slots=True)
class Group:
    grade: Grade
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An opened deck, the same for both who read it: left is always left."""

    deck: Deck
    opened_at: datetime
    left: str  # first name
    right: str
    groups: tuple[Group, ...]


def compare(seat: Seat, deck: Deck) -> Comparison:
    """Both partners' shared answers, graded crosswise and grouped, common ground first.

    Crosswise, because people judge an act more strictly in a partner than in themselves
    (Thompson and O'Sullivan 2016): one's "when I do it" is set against the other's
    "when my partner does it", and the other way round. Raises NotOpen.
    """
    opened_at = _opened_at(seat, deck)
    names = dict(Seat.objects.filter(couple=seat.couple_id).values_list("side", "user__first_name"))
    mine, theirs = Answer.shared_with(seat, deck.id)
    left, right = (mine, theirs) if seat.side == Side.LEFT else (theirs, mine)
    compared = [
        _compared(each, names[Side.LEFT], names[Side.RIGHT], left.get(each.id), right.get(each.id))
        for each in deck.behaviours
    ]
    return Comparison(deck, opened_at, names[Side.LEFT], names[Side.RIGHT], _grouped(compared))


def grade(one: Stance, other: Stance) -> Grade:
    """How far apart two shared stances stand. The order of the two does not matter."""
    if Stance.UNSURE in (one, other):
        return Grade.FORMING
    if one == other:
        return Grade.DETAILS if one == Stance.CONDITIONS else Grade.COMMON
    return Grade.CLOSE if Stance.CONDITIONS in (one, other) else Grade.DIFFERENCE


def _opened_at(seat: Seat, deck: Deck) -> datetime:
    """When the second seal was set."""
    envelopes = Envelope.objects.open_to(seat).filter(deck=deck.id, couple=seat.couple_id)
    seals = Seal.objects.filter(envelope__in=envelopes).order_by("-set_at")
    opened_at = seals.values_list("set_at", flat=True).first()
    if opened_at is None:
        raise NotOpen
    return opened_at


def _compared(
    behaviour: Behaviour, left_name: str, right_name: str, left: Said | None, right: Said | None
) -> Compared:
    if left is None or right is None:
        return Compared(behaviour, Grade.NOT_SHARED)
    lines = (
        _line(left_name, left.mine, right.partners),
        _line(right_name, left.partners, right.mine),
    )
    remarks = tuple(
        Remark(name, said.note)
        for name, said in ((left_name, left), (right_name, right))
        if said.note
    )
    return Compared(behaviour, max((line.grade for line in lines), key=_rank), lines, remarks)


def _line(doer: str, left: Stance | None, right: Stance | None) -> Line:
    if left is None or right is None:
        raise ValueError("only what is shared is compared")
    return Line(doer, left, right, grade(left, right))


def _grouped(compared: list[Compared]) -> tuple[Group, ...]:
    """In the order of the grades, and within one in the order of the deck."""
    ordered = sorted(compared, key=lambda each: _rank(each.grade))
    return tuple(
        Group(each, tuple(members)) for each, members in groupby(ordered, key=lambda c: c.grade)
    )


def _rank(grade: Grade) -> int:
    return list(Grade).index(grade)
