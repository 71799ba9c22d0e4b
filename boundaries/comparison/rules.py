"""Laying two people's answers side by side, once both have sealed them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from accounts.names import distinguished
from boundaries.answers import sheets
from boundaries.answers.models import Answers, OpenedAnswers
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.errors import NotFound
from boundaries.questions import rules as questions
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope, Seal
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Condition, Grade, Side, Stance, Weight


class NotOpen(NotFound):
    """Two seals have not come together. Whose is missing is nobody's to know."""


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A behaviour with who does it: what both say on that."""

    doer: str  # first name
    left: Stance
    right: Stance
    grade: Grade


@dataclass(frozen=True, slots=True)
class Remark:
    """What one of the two said beside the stances, and what opened with them."""

    first_name: str
    text: str = ""
    weight: Weight | None = None
    conditions: tuple[Condition, ...] = ()
    in_other_words: str = ""
    side: Side = Side.LEFT  # whose it is: two people may bear one name


@dataclass(frozen=True, slots=True)
class Change:
    """That a behaviour reads otherwise than in the round before."""

    grade: Grade  # what it was then
    opened_at: datetime  # then


@dataclass(frozen=True, slots=True)
class Compared:
    """One behaviour, its two lines, and the grade of the more different of them."""

    behaviour: Behaviour
    grade: Grade
    lines: tuple[ComparedLine, ...] = ()  # none where it is not shared
    remarks: tuple[Remark, ...] = ()
    weight: int = 0  # the larger of the two, 0 for none to 3 for a lot; it orders, and no more
    change: Change | None = None

    @property
    def whoever_does_it(self) -> bool:
        """Whether both lines read the same, so that one says it all."""
        return len({(line.left, line.right) for line in self.lines}) == 1

    @property
    def told(self) -> tuple[ComparedLine, ...]:
        """The lines that have something to say of their own."""
        return self.lines[:1] if self.whoever_does_it else self.lines

    @property
    def depends(self) -> bool:
        """Whether the two lines have different grades."""
        return len({line.grade for line in self.lines}) > 1


@dataclass(frozen=True, slots=True)
class GradeGroup:
    grade: Grade
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An opened deck, the same for both who read it: left is always left."""

    deck: Deck
    opened_at: datetime
    left: str  # first name
    right: str
    groups: tuple[GradeGroup, ...]
    talks: tuple[Compared, ...]  # at most three that are worth a talk

    @property
    def compared(self) -> list[Compared]:
        return [each for group in self.groups for each in group.compared]


@dataclass(frozen=True, slots=True)
class ForMe:
    """What a person may notice about themselves in an opened deck. It is theirs alone."""

    behaviour: Behaviour
    when_i_do_it: Stance
    when_the_other_does_it: Stance
    guess: Stance | None
    they_say: Stance | None  # to "when I do it"; none where they did not share it

    @property
    def differs(self) -> bool:
        """Whether this person rated it differently for themselves."""
        return self.when_i_do_it != self.when_the_other_does_it

    @property
    def guessed(self) -> bool:
        return self.guess is not None and self.they_say is not None


def compare(seat: Seat, deck: Deck) -> Comparison:
    """Both partners' shared answers, graded crosswise and grouped, common ground first.

    Crosswise, because people judge an act more strictly in a partner than in themselves
    (Thompson and O'Sullivan 2016): one's "when I do it" is set against the other's
    "when my partner does it", and the other way round. Raises NotOpen.
    """
    return _comparison(deck, *_rounds(seat, deck))


def compare_all(seat: Seat, decks: Iterable[Deck]) -> list[Comparison]:
    """The same of several decks, without those that are not open. Two queries, however many."""
    by_id = {deck.id: deck for deck in decks}
    opened = Answers.opened_to(seat, by_id)
    return [_comparison(by_id[id], *_paired(opened[id])) for id in by_id if id in opened]


def opened_line(seat: Seat, behaviour_id: str) -> tuple[Deck, Compared]:
    """What both have shared on one behaviour, and its deck. Raises NotOpen where they have not."""
    try:
        deck, behaviour = questions.placed(seat, behaviour_id)
    except questions.NotAsked:
        raise NotOpen from None
    for compared in compare(seat, deck).compared:
        if compared.behaviour.id == behaviour.id and compared.lines:
            return deck, compared
    raise NotOpen


def can_be_talked_about(seat: Seat, behaviour_id: str) -> bool:
    """Whether both share this behaviour now: in a later round either may keep it private."""
    try:
        opened_line(seat, behaviour_id)
    except NotOpen:
        return False
    return True


def opened_last(seat: Seat) -> Deck | None:
    """The deck that these two have opened last, or none."""
    opened = Seal.objects.filter(envelope__in=Envelope.objects.open_to(seat))
    opened = opened.exclude(envelope__deck=sealing.OPTING_IN).order_by("-set_at")
    deck = opened.values_list("envelope__deck", flat=True).first()
    try:
        return questions.deck(seat, deck) if deck else None
    except questions.NotAsked:  # the other has just left
        return None


def between(
    deck: Deck,
    names: tuple[str, str],
    said: tuple[dict[str, Answer], dict[str, Answer]],
    opened_at: datetime,
) -> Comparison:
    """What two people would be shown who had said this, left first. Nobody's rows are read."""
    asked = {behaviour.id for behaviour in deck.behaviours}
    left, right = (
        OpenedAnswers(
            sheet=uuid.UUID(int=0),
            first_name=name,
            sealed_at=opened_at,
            asked=asked,
            shared=shared,
        )
        for name, shared in zip(names, said, strict=True)
    )
    return _comparison(deck, _Round(left, right))


def noticed_alone(seat: Seat, deck: Deck) -> list[ForMe]:
    """Where this person rates themselves differently, and how their guesses fared. No totals.

    Only what they shared themselves is in it, and of the other only what opened. Raises NotOpen.
    """
    now = _rounds(seat, deck)[0]
    mine, theirs = (now.left, now.right) if seat.side == Side.LEFT else (now.right, now.left)
    guesses = sheets.guesses(seat, mine.sheet)
    noticed = []
    for behaviour in deck.behaviours:
        said, their = mine.shared.get(behaviour.id), theirs.shared.get(behaviour.id)
        if said is None or said.mine is None or said.partners is None:
            continue
        each = ForMe(
            behaviour,
            said.mine,
            said.partners,
            guesses.get(behaviour.id),
            their.partners if their else None,
        )
        if each.differs or each.guessed:
            noticed.append(each)
    return noticed


def grade(one: Stance, other: Stance) -> Grade:
    """How far apart two shared stances stand. The order of the two does not matter."""
    if Stance.UNSURE in (one, other):
        return Grade.FORMING
    if one == other:
        return Grade.DETAILS if one == Stance.CONDITIONS else Grade.COMMON
    return Grade.CLOSE if Stance.CONDITIONS in (one, other) else Grade.DIFFERENCE


def worth_a_talk(compared: Iterable[Compared]) -> tuple[Compared, ...]:
    """At most three behaviours to begin with: one easy, one middling, one that matters.

    Easy is the lightest on which both are near each other (details to agree, a small difference).
    What matters is the heaviest real difference. In between stands the heaviest that is still
    forming; for want of one the heaviest small difference left, then the lightest real one left.
    Between equals the order of the deck decides, so that both are shown the same, each time.
    """
    left = list(compared)
    chosen: list[Compared] = []

    def take(heaviest: bool, *grades: Grade) -> bool:
        found = [each for each in left if each.grade in grades]
        if not found:
            return False
        first = (max if heaviest else min)(found, key=lambda each: each.weight)
        left.remove(first)
        chosen.append(first)
        return True

    take(False, Grade.DETAILS, Grade.CLOSE)
    matters = take(True, Grade.DIFFERENCE)
    _ = take(True, Grade.FORMING) or take(True, Grade.CLOSE) or take(False, Grade.DIFFERENCE)
    if matters:  # it comes last
        at = next(i for i, each in enumerate(chosen) if each.grade == Grade.DIFFERENCE)
        chosen.append(chosen.pop(at))
    return tuple(chosen)


@dataclass(frozen=True, slots=True)
class _Round:
    left: OpenedAnswers
    right: OpenedAnswers

    @property
    def opened_at(self) -> datetime:
        """When the second seal was set."""
        return max(self.left.sealed_at, self.right.sealed_at)


def _rounds(seat: Seat, deck: Deck) -> list[_Round]:
    """The newest open round of a deck, and the one before it if there was one. Raises NotOpen."""
    opened = Answers.opened_to(seat, [deck.id])
    if deck.id not in opened:
        raise NotOpen
    return _paired(opened[deck.id])


def _paired(opened: Iterable[Mapping[str, OpenedAnswers]]) -> list[_Round]:
    return [_Round(both[Side.LEFT], both[Side.RIGHT]) for both in opened]


def _comparison(deck: Deck, now: _Round, *earlier: _Round) -> Comparison:
    left, right = distinguished(now.left.first_name, now.right.first_name)
    compared = _compared_all(deck, left, right, now)
    if earlier:
        before = {each.behaviour.id: each for each in _compared_all(deck, left, right, earlier[0])}
        compared = [
            _changed(each, before.get(each.behaviour.id), earlier[0].opened_at) for each in compared
        ]
    groups = _grouped(compared)
    return Comparison(deck, now.opened_at, left, right, groups, worth_a_talk(compared))


def _compared_all(deck: Deck, left_name: str, right_name: str, both: _Round) -> list[Compared]:
    left, right = both.left, both.right
    return [
        _compared(each, left_name, right_name, left.shared.get(each.id), right.shared.get(each.id))
        for each in deck.behaviours
        if each.id in left.asked | right.asked
    ]


def _compared(
    behaviour: Behaviour, left_name: str, right_name: str, left: Answer | None, right: Answer | None
) -> Compared:
    if left is None or right is None:
        return Compared(behaviour, Grade.NOT_SHARED)
    lines = (
        _line(left_name, left.mine, right.partners),
        _line(right_name, left.partners, right.mine),
    )
    remarks = tuple(
        Remark(name, said.note, said.weight, said.conditions, said.in_other_words, side)
        for side, name, said in zip(Side, (left_name, right_name), (left, right), strict=True)
        if said.note or said.weight or said.conditions or said.in_other_words
    )
    return Compared(
        behaviour,
        max((line.grade for line in lines), key=_rank),
        lines,
        remarks,
        max(_heaviness(left.weight), _heaviness(right.weight)),
    )


def _changed(now: Compared, then: Compared | None, opened_at: datetime) -> Compared:
    """Marked, where both rounds were shared and some stance moved. What either said is not told."""
    if not now.lines or then is None or not then.lines:
        return now
    if [(line.left, line.right) for line in now.lines] == [
        (line.left, line.right) for line in then.lines
    ]:
        return now
    return replace(now, change=Change(then.grade, opened_at))


def _line(doer: str, left: Stance | None, right: Stance | None) -> ComparedLine:
    if left is None or right is None:
        raise ValueError("only what is shared is compared")
    return ComparedLine(doer, left, right, grade(left, right))


def _grouped(compared: list[Compared]) -> tuple[GradeGroup, ...]:
    """In the order of the grades; real differences by weight; all else in the order of the deck."""
    ordered = sorted(
        compared,
        key=lambda each: (
            _rank(each.grade),
            -each.weight if each.grade == Grade.DIFFERENCE else 0,
        ),
    )
    return tuple(
        GradeGroup(each, tuple(members))
        for each, members in groupby(ordered, key=lambda c: c.grade)
    )


def _rank(grade: Grade) -> int:
    return list(Grade).index(grade)


def _heaviness(weight: Weight | None) -> int:
    return list(Weight).index(weight) + 1 if weight else 0
