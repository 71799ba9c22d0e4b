"""The order of a repair: a pure table of every move that is allowed.

A repair is the list of its turns; replaying them shows where it stands. The clock has no say in it:
what comes with time (boundaries/repair/follow_ups.py) only decides what the page suggests.

The order: what happened and who answers for it, what it was like for whoever was hurt, said back
until that has arrived, an offer about one's own conduct, and then time. After Lewicki (taking
responsibility matters most, an offer second, asking for forgiveness least) and Gottman's atone,
attune, attach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from boundaries.errors import Refused
from boundaries.vocabulary import RepairMove, RepairStep, Side

FOLLOW_UPS = 4  # about how often both are asked how it is now


class NotAllowed(Refused):
    """The table does not allow this person this move here."""


class Role(Enum):
    """Who may make a move."""

    CROSSED = auto()  # whoever crossed the line
    HURT = auto()  # the other
    EITHER = auto()


class Pace(Enum):
    """How the follow-ups go on. Whoever was hurt sets it."""

    STEADY = auto()
    SLOWER = auto()
    PAUSED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class RepairPlace:
    """Where a repair stands after certain moves."""

    crossed: Side
    step: RepairStep
    asked: bool = False  # a question waits for an answer
    said_back: int = 0  # how often it was said back
    reply: RepairMove | None = None  # to the last offer
    underneath: frozenset[Side] = frozenset()  # who has written what was underneath
    follow_up: int = 0  # how many the hurt partner has answered
    followed: frozenset[Side] = frozenset()  # who has answered this one
    pace: Pace = Pace.STEADY

    @classmethod
    def begun(cls, crossed: Side, opened_by: Side) -> RepairPlace:
        own = crossed == opened_by
        return cls(crossed, RepairStep.OWN_UP if own else RepairStep.DESCRIBE)

    @property
    def hurt(self) -> Side:
        return self.crossed.other

    @property
    def follow_ups_left(self) -> bool:
        return self.follow_up < FOLLOW_UPS and self.pace != Pace.ENDED


type Next = Callable[[RepairPlace, Side], RepairPlace]
type Rule = tuple[Role, Next]


def _to(step: RepairStep) -> Next:
    return lambda place, side: replace(place, step=step)


def _said_back(place: RepairPlace, side: Side) -> RepairPlace:
    return replace(place, step=RepairStep.CONFIRM, said_back=place.said_back + 1)


def _asked(*, now: bool) -> Next:
    return lambda place, side: replace(place, asked=now)


def _offered(place: RepairPlace, side: Side) -> RepairPlace:
    return replace(place, step=RepairStep.AFTER, reply=None)


def _replied(reply: RepairMove) -> Next:
    return lambda place, side: replace(place, reply=reply)


def _wrote_underneath(place: RepairPlace, side: Side) -> RepairPlace:
    return replace(place, underneath=place.underneath | {side})


def _followed_up(place: RepairPlace, side: Side) -> RepairPlace:
    """The next one begins when the hurt partner has answered: it is their pace."""
    if side == place.hurt:
        return replace(place, follow_up=place.follow_up + 1, followed=frozenset())
    return replace(place, followed=place.followed | {side})


def _paced(pace: Pace) -> Next:
    return lambda place, side: replace(place, pace=pace)


def _closed(place: RepairPlace, side: Side) -> RepairPlace:
    return replace(place, step=RepairStep.CLOSED, asked=False)


S, M = RepairStep, RepairMove
OPEN_STEPS = tuple(step for step in S if step != S.CLOSED)
REPLIES = (M.HEARD, M.NOT_READY, M.NOT_ENOUGH)

# What is allowed at each step, to whom, and where it leads. A few moves have a condition as well.
MOVES: dict[tuple[RepairStep, RepairMove], Rule] = {
    (S.DESCRIBE, M.DESCRIBE): (Role.HURT, _to(S.OWN_UP)),
    (S.OWN_UP, M.OWN_UP): (Role.CROSSED, _to(S.IMPACT)),
    (S.IMPACT, M.IMPACT): (Role.HURT, _to(S.REFLECT)),
    (S.REFLECT, M.REFLECT): (Role.CROSSED, _said_back),
    (S.CONFIRM, M.YES): (Role.HURT, _to(S.OFFER)),
    (S.CONFIRM, M.NOT_YET): (Role.HURT, _to(S.REFLECT)),
    (S.OFFER, M.OFFER): (Role.CROSSED, _offered),
    (S.AFTER, M.OFFER): (Role.CROSSED, _offered),
    **{(S.AFTER, reply): (Role.HURT, _replied(reply)) for reply in REPLIES},
    (S.AFTER, M.UNDERNEATH): (Role.EITHER, _wrote_underneath),
    (S.AFTER, M.FOLLOW_UP): (Role.EITHER, _followed_up),
    (S.AFTER, M.SLOWER): (Role.HURT, _paced(Pace.SLOWER)),
    (S.AFTER, M.PAUSE): (Role.HURT, _paced(Pace.PAUSED)),
    (S.AFTER, M.RESUME): (Role.HURT, _paced(Pace.STEADY)),
    (S.AFTER, M.END): (Role.HURT, _paced(Pace.ENDED)),
    **{
        (step, M.ASK): (Role.HURT, _asked(now=True))
        for step in (S.IMPACT, S.REFLECT, S.CONFIRM, S.OFFER, S.AFTER)
    },
    **{
        (step, M.ANSWER): (Role.CROSSED, _asked(now=False))
        for step in (S.IMPACT, S.REFLECT, S.CONFIRM, S.OFFER, S.AFTER)
    },
    **{(step, M.CLOSE): (Role.EITHER, _closed) for step in OPEN_STEPS},
}

type Condition = Callable[[RepairPlace, Side], bool]


def _is_other(reply: RepairMove) -> Condition:
    return lambda place, side: place.reply != reply


# What a move needs beside the step and the person.
CONDITIONS: dict[RepairMove, Condition] = {
    M.ASK: lambda place, side: not place.asked,
    M.ANSWER: lambda place, side: place.asked,
    M.OFFER: lambda place, side: place.step == S.OFFER or place.reply == M.NOT_ENOUGH,
    **{reply: _is_other(reply) for reply in REPLIES},
    M.UNDERNEATH: lambda place, side: side not in place.underneath,
    M.FOLLOW_UP: lambda place, side: (
        place.follow_ups_left and place.pace != Pace.PAUSED and side not in place.followed
    ),
    M.SLOWER: lambda place, side: place.follow_ups_left and place.pace == Pace.STEADY,
    M.PAUSE: lambda place, side: place.follow_ups_left and place.pace != Pace.PAUSED,
    M.RESUME: lambda place, side: place.follow_ups_left and place.pace == Pace.PAUSED,
    M.END: lambda place, side: place.follow_ups_left,
}

# The moves that lead from one step to another, for the query of the home page: the last of them
# says whose turn it is.
AWAITS_HURT = (M.OWN_UP, M.REFLECT)
AWAITS_CROSSED = (M.DESCRIBE, M.IMPACT, M.NOT_YET, M.YES)
LEADING = (*AWAITS_HURT, *AWAITS_CROSSED, M.OFFER)


def after(place: RepairPlace, side: Side, move: RepairMove) -> RepairPlace:
    """Where a move leads. Raises NotAllowed where the table does not allow it."""
    if move not in allowed(place, side):
        raise NotAllowed
    _, leads_to = MOVES[place.step, move]
    return leads_to(place, side)


def replayed(
    crossed: Side, opened_by: Side, moves: Iterable[tuple[Side, RepairMove]]
) -> RepairPlace:
    """Where a repair stands after these moves. Raises NotAllowed."""
    place = RepairPlace.begun(crossed, opened_by)
    for side, move in moves:
        place = after(place, side, move)
    return place


def allowed(place: RepairPlace, side: Side) -> frozenset[RepairMove]:
    """Every move that is allowed to this side here."""
    return frozenset(
        move
        for (step, move), (role, _) in MOVES.items()
        if step == place.step and _may(place, side, role) and _fits(place, side, move)
    )


def awaited(place: RepairPlace) -> frozenset[Side]:
    """Whom the repair waits for. After an offer it waits for nobody: silence is an answer, too."""
    match place.step:
        case S.DESCRIBE | S.IMPACT | S.CONFIRM:
            waits = {place.hurt}
        case S.OWN_UP | S.REFLECT | S.OFFER:
            waits = {place.crossed}
        case _:
            waits = set()
    return frozenset(waits | ({place.crossed} if place.asked else set()))


def _may(place: RepairPlace, side: Side, role: Role) -> bool:
    match role:
        case Role.CROSSED:
            return side == place.crossed
        case Role.HURT:
            return side == place.hurt
        case Role.EITHER:
            return True


def _fits(place: RepairPlace, side: Side, move: RepairMove) -> bool:
    condition = CONDITIONS.get(move)
    return condition is None or condition(place, side)
