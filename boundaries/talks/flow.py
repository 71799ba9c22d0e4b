"""The order of a talk: a pure table of every move that is allowed.

A talk is the list of its turns; replaying them shows where it stands. So two partners, on any
number of devices, are always at the same place, and one table allows or refuses what either does.

The order: is now good, ground rules, a warm start, one speaks and the other says back what they
heard until it has arrived, the same with roles swapped, what both hold on to, what it could be for
the two, closing. After Imago dialogue, the speaker-listener technique of PREP, and Gottman's two
circles for compromise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from boundaries.errors import Refused
from boundaries.vocabulary import Move, Side, Step

ROUNDS = 3  # of saying back; then the page offers to rest or to continue as it is


class NotNow(Refused):
    """The table does not allow this person this move here."""


class By(Enum):
    """Who may make a move."""

    BOTH = auto()  # both, once, unseen by the other until both have; then the talk moves on
    SPEAKER = auto()
    LISTENER = auto()
    EITHER = auto()
    ANSWERING = auto()  # whoever did not make the proposal that stands


@dataclass(frozen=True, slots=True)
class Place:
    """Where a talk stands, for somebody who has seen certain moves."""

    first: Side  # who speaks first
    step: Step = Step.SET_UP
    half: int = 1  # 2 after the swap
    round: int = 1  # of saying back
    sitting: int = 1  # one more whenever the talk was put off to another day
    done: frozenset[Side] = frozenset()  # who has taken the turn that both take here
    proposed: Side | None = None  # whose proposal stands
    back_to: Step = Step.RULES  # the step to resume at when both are ready
    held: frozenset[Side] = frozenset()  # who had taken their turn there already

    @property
    def speaker(self) -> Side:
        return self.first if self.half == 1 else self.first.other

    @property
    def listener(self) -> Side:
        return self.speaker.other

    @property
    def is_new(self) -> bool:
        """Whether the two have still to begin: put off to another day, a talk is not new."""
        return self.step == Step.SET_UP and self.back_to == Step.RULES


type Next = Callable[[Place, Side], Place]


def _to(step: Step) -> Next:
    return lambda place, side: replace(place, step=step, done=frozenset())


def _take_up(place: Place, side: Side) -> Place:
    return replace(place, step=place.back_to, done=place.held, held=frozenset())


def _put_off(place: Place, side: Side) -> Place:
    if place.step == Step.SET_UP:
        return replace(place, sitting=place.sitting + 1, done=frozenset())
    return replace(
        place,
        step=Step.SET_UP,
        sitting=place.sitting + 1,
        done=frozenset(),
        back_to=place.step,
        held=place.done,
    )


def _say_back_again(place: Place, side: Side) -> Place:
    if place.round == ROUNDS:
        return replace(place, step=Step.CROSSROADS)
    return replace(place, step=Step.REFLECT, round=place.round + 1)


def _listen_again(place: Place, side: Side) -> Place:
    return replace(place, step=Step.REFLECT, round=1, done=frozenset())


def _swap(place: Place, side: Side) -> Place:
    if place.half == 1:
        return replace(place, step=Step.SPEAK, half=2, round=1, done=frozenset())
    return replace(place, step=Step.FLEX, done=frozenset())


def _propose(place: Place, side: Side) -> Place:
    return replace(place, proposed=side)


# What is allowed at each step, to whom, and where it leads.
MOVES: dict[tuple[Step, Move], tuple[By, Next]] = {
    (Step.SET_UP, Move.READY): (By.BOTH, _take_up),
    (Step.RULES, Move.AGREE): (By.BOTH, _to(Step.WARM_START)),
    (Step.WARM_START, Move.APPRECIATE): (By.BOTH, _to(Step.SPEAK)),
    (Step.SPEAK, Move.SPEAK): (By.SPEAKER, _listen_again),
    (Step.SPEAK, Move.LEAVE_OUT): (By.BOTH, _to(Step.FLEX)),
    (Step.REFLECT, Move.REFLECT): (By.LISTENER, _to(Step.CONFIRM)),
    (Step.CONFIRM, Move.YES): (By.SPEAKER, _to(Step.MAKES_SENSE)),
    (Step.CONFIRM, Move.PARTLY): (By.SPEAKER, _say_back_again),
    (Step.CONFIRM, Move.NOT_YET): (By.SPEAKER, _say_back_again),
    (Step.CROSSROADS, Move.SPEAK): (By.SPEAKER, _listen_again),
    (Step.CROSSROADS, Move.ENOUGH): (By.SPEAKER, _to(Step.MAKES_SENSE)),
    (Step.MAKES_SENSE, Move.MAKES_SENSE): (By.LISTENER, _swap),
    (Step.FLEX, Move.FLEX): (By.BOTH, _to(Step.OUTCOME)),
    (Step.OUTCOME, Move.PROPOSE): (By.EITHER, _propose),
    (Step.OUTCOME, Move.ASSENT): (By.ANSWERING, _to(Step.CLOSE)),
    (Step.OUTCOME, Move.LET_STAND): (By.ANSWERING, _to(Step.CLOSE)),
    (Step.CLOSE, Move.CLOSE): (By.BOTH, _to(Step.CLOSED)),
    # At any step: another day, and good enough for today.
    **{
        (step, Move.LATER): (By.EITHER, _put_off)
        for step in Step
        if step not in (Step.CLOSE, Step.CLOSED)
    },
    **{
        (step, Move.STOP): (By.EITHER, _to(Step.CLOSE))
        for step in Step
        if step not in (Step.SET_UP, Step.CLOSE, Step.CLOSED)
    },
    (Step.SET_UP, Move.STOP): (By.EITHER, _to(Step.CLOSED)),
}

# The moves that stay unseen by the other until both have made them.
BLIND = frozenset(move for (_, move), (by, _) in MOVES.items() if by is By.BOTH)


def after(place: Place, side: Side, move: Move) -> Place:
    """Where a move leads. Raises NotNow where the table does not allow it."""
    by, leads_to = MOVES.get((place.step, move), (None, None))
    if by is None or leads_to is None or not _may(place, side, by):
        raise NotNow
    if by is By.BOTH:
        done = place.done | {side}
        return leads_to(place, side) if len(done) == len(Side) else replace(place, done=done)
    return leads_to(place, side)


def replayed(first: Side, moves: Iterable[tuple[Side, Move]]) -> Place:
    """Where a talk stands after these moves. Raises NotNow."""
    place = Place(first)
    for side, move in moves:
        place = after(place, side, move)
    return place


def allowed(place: Place, side: Side) -> frozenset[Move]:
    """Every move that is allowed to this side here."""
    return frozenset(
        move for (step, move), (by, _) in MOVES.items() if step == place.step
        and _may(place, side, by)
    )  # fmt: skip


def awaited(place: Place) -> frozenset[Side]:
    """Whom the talk waits for. Anybody else sees that it is not their turn."""
    match place.step:
        case Step.SPEAK | Step.CONFIRM | Step.CROSSROADS:
            return frozenset({place.speaker})
        case Step.REFLECT | Step.MAKES_SENSE:
            return frozenset({place.listener})
        case Step.OUTCOME if place.proposed:
            return frozenset({place.proposed.other})
        case Step.CLOSED:
            return frozenset()
        case _:
            return frozenset(Side) - place.done


def turn(place: Place, move: Move) -> int:
    """Which repetition of a move this is, for moves that both take unseen more than once."""
    if move == Move.READY:
        return place.sitting
    if move == Move.LEAVE_OUT:
        return place.half
    return 1


def _may(place: Place, side: Side, by: By) -> bool:
    match by:
        case By.BOTH:
            return side not in place.done
        case By.SPEAKER:
            return side == place.speaker
        case By.LISTENER:
            return side == place.listener
        case By.ANSWERING:
            return place.proposed is not None and side != place.proposed
        case By.EITHER:
            return True
