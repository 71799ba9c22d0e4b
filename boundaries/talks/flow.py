"""The order of a talk: every move that is allowed, in one table. It knows no person and no word.

A talk is what was done in it, in the order in which it was done; where it stands is found by going
through that again. So two partners, on any number of devices, are always at the same place, and
what either does there is allowed or refused by one table.

The order itself: is now good, ground rules, a warm start, one speaks and the other says back what
they heard until it has arrived, then the other way round, then what each holds on to, then what it
could be for the two, then closing. After Imago dialogue, the speaker-listener technique of PREP,
and Gottman's two circles for compromise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from boundaries.errors import Refused
from boundaries.vocabulary import Move, Side, Step

ROUNDS = 3  # of saying back, before there is an offer to rest or to go on as it is


class NotNow(Refused):
    """The table has no such move for this person at this place."""


class By(Enum):
    """Who may make a move."""

    EACH = auto()  # each once, unseen by the other until both have; then it goes on
    SPEAKER = auto()
    LISTENER = auto()
    EITHER = auto()
    ANSWERING = auto()  # not the one whose proposal stands


@dataclass(frozen=True, slots=True)
class Place:
    """Where a talk stands, as far as somebody can tell who has seen these moves and no others."""

    first: Side  # who speaks first
    step: Step = Step.SET_UP
    half: int = 1  # the second is after the swap
    round: int = 1  # of saying back
    sitting: int = 1  # a talk put off until another day goes on in another sitting
    done: frozenset[Side] = frozenset()  # with what each of the two does here
    proposed: Side | None = None  # whose proposal stands
    back_to: Step = Step.RULES  # where the sitting goes on when now is good for both
    held: frozenset[Side] = frozenset()  # what was done there already

    @property
    def speaker(self) -> Side:
        return self.first if self.half == 1 else self.first.other

    @property
    def listener(self) -> Side:
        return self.speaker.other


type Then = Callable[[Place, Side], Place]


def _to(step: Step) -> Then:
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


# What may be done at each step, by whom, and where it leads.
MOVES: dict[tuple[Step, Move], tuple[By, Then]] = {
    (Step.SET_UP, Move.READY): (By.EACH, _take_up),
    (Step.RULES, Move.AGREE): (By.EACH, _to(Step.WARM_START)),
    (Step.WARM_START, Move.APPRECIATE): (By.EACH, _to(Step.SPEAK)),
    (Step.SPEAK, Move.SPEAK): (By.SPEAKER, _listen_again),
    (Step.SPEAK, Move.LEAVE_OUT): (By.EACH, _to(Step.FLEX)),
    (Step.REFLECT, Move.REFLECT): (By.LISTENER, _to(Step.CONFIRM)),
    (Step.CONFIRM, Move.YES): (By.SPEAKER, _to(Step.MAKES_SENSE)),
    (Step.CONFIRM, Move.PARTLY): (By.SPEAKER, _say_back_again),
    (Step.CONFIRM, Move.NOT_YET): (By.SPEAKER, _say_back_again),
    (Step.CROSSROADS, Move.SPEAK): (By.SPEAKER, _listen_again),
    (Step.CROSSROADS, Move.ENOUGH): (By.SPEAKER, _to(Step.MAKES_SENSE)),
    (Step.MAKES_SENSE, Move.MAKES_SENSE): (By.LISTENER, _swap),
    (Step.FLEX, Move.FLEX): (By.EACH, _to(Step.OUTCOME)),
    (Step.OUTCOME, Move.PROPOSE): (By.EITHER, _propose),
    (Step.OUTCOME, Move.ASSENT): (By.ANSWERING, _to(Step.CLOSE)),
    (Step.OUTCOME, Move.LET_STAND): (By.ANSWERING, _to(Step.CLOSE)),
    (Step.CLOSE, Move.CLOSE): (By.EACH, _to(Step.CLOSED)),
    # From everywhere on the way: another day, and good enough for today.
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

# Unseen by the other until both have made it.
BLIND = frozenset(move for (_, move), (by, _) in MOVES.items() if by is By.EACH)


def after(place: Place, side: Side, move: Move) -> Place:
    """Where a move leads. Raises NotNow for one that the table does not allow."""
    by, then = MOVES.get((place.step, move), (None, None))
    if by is None or then is None or not _may(place, side, by):
        raise NotNow
    if by is By.EACH:
        done = place.done | {side}
        return then(place, side) if len(done) == len(Side) else replace(place, done=done)
    return then(place, side)


def replayed(first: Side, moves: Iterable[tuple[Side, Move]]) -> Place:
    """Where a talk stands after all of these. Raises NotNow."""
    place = Place(first)
    for side, move in moves:
        place = after(place, side, move)
    return place


def allowed(place: Place, side: Side) -> frozenset[Move]:
    """All that one of the two may do here."""
    return frozenset(
        move for (step, move), (by, _) in MOVES.items() if step == place.step
        and _may(place, side, by)
    )  # fmt: skip


def awaited(place: Place) -> frozenset[Side]:
    """Whom the talk waits for. Whoever else looks is told that there is nothing to do."""
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
    """Tells one making of a move from the next, where each of the two makes it more than once."""
    if move == Move.READY:
        return place.sitting
    if move == Move.LEAVE_OUT:
        return place.half
    return 1


def _may(place: Place, side: Side, by: By) -> bool:
    match by:
        case By.EACH:
            return side not in place.done
        case By.SPEAKER:
            return side == place.speaker
        case By.LISTENER:
            return side == place.listener
        case By.ANSWERING:
            return place.proposed is not None and side != place.proposed
        case By.EITHER:
            return True
