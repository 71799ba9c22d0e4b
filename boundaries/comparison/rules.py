"""Comparing the answers of two people, once both have sealed them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from accounts.kept_queries import kept_query
from accounts.names import distinguished
from boundaries.answers.models import Answers, OpenedAnswers
from boundaries.comparison.suggestions import worth_a_talk
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.errors import NotFound
from boundaries.questions import rules as questions
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope, Seal
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Condition, Grade, Side, Stance, Weight

if TYPE_CHECKING:
    from django.db.models import QuerySet


class NotOpen(NotFound):
    """The deck is not open to both. It does not say whose seal is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """A behaviour when one of the two does it: what both say about that."""

    doer: str  # first name
    left: Stance
    right: Stance
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one of the two added to their stances, which opened with them."""

    first_name: str
    text: str = ""
    weight: Weight | None = None
    conditions: tuple[Condition, ...] = ()
    in_other_words: str = ""
    side: Side = Side.LEFT  # whose it is: the two may have the same name


@dataclass(frozen=True, slots=True)
class Change:
    """How a behaviour compared in the round before, if a stance has changed since."""

    grade: Grade
    opened_at: datetime  # of that round


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One behaviour, its two lines, and the grade of the more different of the two."""

    behaviour: Behaviour
    grade: Grade
    lines: tuple[ComparedLine, ...] = ()  # none if it is not shared
    remarks: tuple[Remark, ...] = ()
    weight: int = 0  # the larger of the two, from 0 for none to 3 for a lot; only for the order
    change: Change | None = None

    @property
    def is_pressing(self) -> bool:
        """Whether one of the two said that it matters a lot, and why, in a note that opened."""
        return any(remark.text and remark.weight == Weight.A_LOT for remark in self.remarks)

    @property
    def whoever_does_it(self) -> bool:
        """Whether both lines read the same, so that one is enough."""
        return len({(line.left, line.right) for line in self.lines}) == 1

    @property
    def distinct_lines(self) -> tuple[ComparedLine, ...]:
        """One line if both read the same, else two."""
        return self.lines[:1] if self.whoever_does_it else self.lines

    @property
    def depends(self) -> bool:
        """Whether the two lines have different grades."""
        return len({line.grade for line in self.lines}) > 1


@dataclass(frozen=True, slots=True)
class GradeGroup:
    grade: Grade
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An opened deck. Both partners get the same value: left is left for both."""

    deck: Deck
    opened_at: datetime
    left: str  # first name
    right: str
    groups: tuple[GradeGroup, ...]
    talks: tuple[Compared, ...]  # at most three that are suggested for a talk

    @property
    def compared(self) -> list[Compared]:
        return [compared for group in self.groups for compared in group.compared]

    def talks_without(self, done: Collection[str]) -> tuple[Compared, ...]:
        """At most three suggested talks, none of them about behaviours with these ids."""
        if not done:
            return self.talks
        by_id = {one.behaviour.id: one for one in self.compared}
        ever = catalogue.ever_in(self.deck)
        left = (behaviour.id for behaviour in ever if behaviour.id not in done)
        return worth_a_talk(by_id[id] for id in left if id in by_id)


@dataclass(frozen=True, slots=True)
class Round:
    """What both answered in one opened round of a deck."""

    left: OpenedAnswers
    right: OpenedAnswers

    @property
    def opened_at(self) -> datetime:
        """The time of the second seal."""
        return max(self.left.sealed_at, self.right.sealed_at)


def compare(seat: Seat, deck: Deck) -> Comparison:
    """Both partners' shared answers, graded crosswise and grouped, common ground first.

    Crosswise, because people judge an act more strictly in a partner than in themselves
    (Thompson and O'Sullivan 2016): one partner's "when I do it" is compared with the other's
    "when my partner does it", and vice versa. Raises NotOpen.
    """
    return _comparison(deck, *opened_rounds(seat, deck))


def compare_all(seat: Seat, decks: Iterable[Deck]) -> list[Comparison]:
    """The comparisons of those decks that are open. Always one query."""
    by_id = {deck.id: deck for deck in decks}
    opened = Answers.opened_to(seat, by_id)
    return [_comparison(by_id[id], *_paired(opened[id])) for id in by_id if id in opened]


def comparison_of(
    deck: Deck,
    names: tuple[str, str],
    answers: tuple[dict[str, Answer], dict[str, Answer]],
    opened_at: datetime,
) -> Comparison:
    """The comparison of these answers, left first. It reads nothing from the database."""
    asked = {behaviour.id for behaviour in deck.behaviours}
    left, right = (
        OpenedAnswers(
            sheet=uuid.UUID(int=0),
            first_name=name,
            sealed_at=opened_at,
            asked=asked,
            shared=shared,
        )
        for name, shared in zip(names, answers, strict=True)
    )
    return _comparison(deck, Round(left, right))


def require_open(seat: Seat, deck: Deck) -> None:
    """Raises NotOpen unless both have sealed a round of this deck."""
    if not Envelope.objects.open_to(seat).filter(deck=deck.id).exists():
        raise NotOpen


def opened_rounds(seat: Seat, deck: Deck) -> list[Round]:
    """The newest open round of a deck, and the one before it if there was one. Raises NotOpen."""
    opened = Answers.opened_to(seat, [deck.id])
    if deck.id not in opened:
        raise NotOpen
    return _paired(opened[deck.id])


def opened_line(seat: Seat, behaviour_id: str) -> tuple[Deck, Compared]:
    """The comparison of one behaviour that both have shared, and its deck. Raises NotOpen."""
    try:
        deck, behaviour = questions.ever_placed(seat, behaviour_id)
    except questions.NotAsked:
        raise NotOpen from None
    for compared in compare(seat, deck).compared:
        if compared.behaviour.id == behaviour.id and compared.lines:
            return deck, compared
    raise NotOpen


def can_be_talked_about(seat: Seat, behaviour_id: str) -> bool:
    """Whether both share this behaviour now: in a later round either may have kept it private."""
    try:
        opened_line(seat, behaviour_id)
    except NotOpen:
        return False
    return True


def opened_last(seat: Seat) -> Deck | None:
    """The deck that these two opened last; None if they have opened none."""
    deck = _opened_last.first(seat.pk, Side(seat.side)) if seat.side else None
    try:
        return questions.deck(seat, deck) if deck else None
    except questions.NotAsked:  # the partner has just left
        return None


@kept_query(uuid.UUID, Side)
def _opened_last(seat: uuid.UUID, side: Side) -> QuerySet[Seal, Any]:
    envelopes = Envelope.objects.open_to(Seat(id=seat, side=side))
    seals = Seal.objects.filter(envelope__in=envelopes).exclude(envelope__deck__in=sealing.NO_DECKS)
    return seals.order_by("-set_at").values_list("envelope__deck", flat=True)[:1]


def grade(one: Stance, other: Stance) -> Grade:
    """How far apart two shared stances are. The order of the two does not matter."""
    if Stance.UNSURE in (one, other):
        return Grade.FORMING
    if one == other:
        return Grade.DETAILS if one == Stance.CONDITIONS else Grade.COMMON
    return Grade.CLOSE if Stance.CONDITIONS in (one, other) else Grade.DIFFERENCE


def _paired(opened: Iterable[Mapping[str, OpenedAnswers]]) -> list[Round]:
    return [Round(both[Side.LEFT], both[Side.RIGHT]) for both in opened]


def _comparison(deck: Deck, now: Round, *earlier: Round) -> Comparison:
    left, right = distinguished(now.left.first_name, now.right.first_name)
    compared = _compared_all(deck, left, right, now)
    if earlier:
        last = earlier[0]
        before = {one.behaviour.id: one for one in _compared_all(deck, left, right, last)}
        compared = [
            _with_change(one, before.get(one.behaviour.id), last.opened_at) for one in compared
        ]
    return Comparison(
        deck=deck,
        opened_at=now.opened_at,
        left=left,
        right=right,
        groups=_grouped(compared),
        talks=worth_a_talk(compared),
    )


def _compared_all(deck: Deck, left_name: str, right_name: str, both: Round) -> list[Compared]:
    left, right = both.left, both.right
    compared = [
        _compared(
            behaviour,
            left_name,
            right_name,
            left.shared.get(behaviour.id),
            right.shared.get(behaviour.id),
        )
        for behaviour in catalogue.ever_in(deck)
        if behaviour.id in left.asked | right.asked
    ]
    return [one for one in compared if one.lines or not one.behaviour.retired]


def _compared(
    behaviour: Behaviour, left_name: str, right_name: str, left: Answer | None, right: Answer | None
) -> Compared:
    if left is None or right is None:
        return Compared(behaviour=behaviour, grade=Grade.NOT_SHARED)
    lines = (
        _line(left_name, left.mine, right.partners),
        _line(right_name, left.partners, right.mine),
    )
    remarks = tuple(
        Remark(
            first_name=name,
            text=answer.note,
            weight=answer.weight,
            conditions=answer.conditions,
            in_other_words=answer.in_other_words,
            side=side,
        )
        for side, name, answer in zip(Side, (left_name, right_name), (left, right), strict=True)
        if answer.note or answer.weight or answer.conditions or answer.in_other_words
    )
    return Compared(
        behaviour=behaviour,
        grade=max((line.grade for line in lines), key=_rank),
        lines=lines,
        remarks=remarks,
        weight=max(_heaviness(left.weight), _heaviness(right.weight)),
    )


def _with_change(now: Compared, then: Compared | None, opened_at: datetime) -> Compared:
    """Marked as changed, if it was shared in both rounds and a stance moved.

    The mark does not say whose stance moved, nor what it was.
    """
    if not now.lines or then is None or not then.lines:
        return now
    stances = [[(line.left, line.right) for line in compared.lines] for compared in (now, then)]
    if stances[0] == stances[1]:
        return now
    return replace(now, change=Change(then.grade, opened_at))


def _line(doer: str, left: Stance | None, right: Stance | None) -> ComparedLine:
    if left is None or right is None:
        raise ValueError("only what is shared is compared")
    return ComparedLine(doer=doer, left=left, right=right, grade=grade(left, right))


def _grouped(compared: list[Compared]) -> tuple[GradeGroup, ...]:
    """By grade. Real differences are ordered by weight, the others as in the deck."""

    def order(one: Compared) -> tuple[int, int]:
        return _rank(one.grade), -one.weight if one.grade == Grade.DIFFERENCE else 0

    return tuple(
        GradeGroup(grade, tuple(members))
        for grade, members in groupby(sorted(compared, key=order), key=lambda one: one.grade)
    )


def _rank(grade: Grade) -> int:
    return list(Grade).index(grade)


def _heaviness(weight: Weight | None) -> int:
    return list(Weight).index(weight) + 1 if weight else 0
