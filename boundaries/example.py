"""An invented couple, frozen: for who wants to look round first. Nothing of theirs is stored.

They go through the same comparing and the same templates as everybody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from boundaries import catalogue, comparing
from boundaries.answering import Page, Row
from boundaries.comparing import Compared, Comparison
from boundaries.pairing import Partner
from boundaries.vocabulary import Condition, Said, Side, Stance, Weight

OPENED_AT = datetime(2026, 6, 12, 20, 30, tzinfo=UTC)
NAMES = {Side.LEFT: "Asha", Side.RIGHT: "Ravi"}

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE

# What Asha says (when Ravi does it, when she does it), then what Ravi says, on each behaviour.
# Where a behaviour is missing, one of them has left it out.
STANCES: dict[str, tuple[tuple[Stance, Stance], tuple[Stance, Stance]]] = {
    "a1": ((A, A), (A, A)),
    "a2": ((C, A), (A, A)),
    "a3": ((A, A), (A, A)),
    "b1": ((C, C), (A, A)),
    "b4": ((N, N), (C, A)),
    "c1": ((C, C), (C, C)),
    "c2": ((A, A), (A, A)),
    "c6": ((U, A), (A, A)),
    "d1": ((N, C), (A, A)),
    "e1": ((C, C), (C, C)),
    "e2": ((A, A), (C, A)),
    "e3": ((A, A), (N, C)),
    "e5": ((A, A), (A, A)),
    "f1": ((N, N), (N, N)),
    "f3": ((N, N), (C, A)),
    "f5": ((N, N), (N, N)),
    "f6": ((C, C), (U, U)),
    "f8": ((A, A), (A, A)),
    "f9": ((N, N), (N, N)),
    "g1": ((C, C), (A, C)),
    "g6": ((A, A), (A, A)),
    "i1": ((N, N), (N, N)),
    "j4": ((C, A), (N, C)),
}
NOTES = {
    (
        Side.LEFT,
        "d1",
    ): "A birthday message is fine. Evenings of texting would make me feel far off.",
    (Side.RIGHT, "d1"): "We share old friends. I would always tell you.",
    (Side.LEFT, "f8"): "Privacy is not secrecy. I like having a corner of my own.",
}
WEIGHTS = {
    (Side.LEFT, "d1"): Weight.A_LOT,
    (Side.RIGHT, "d1"): Weight.SMALL,
    (Side.LEFT, "a2"): Weight.SMALL,
    (Side.LEFT, "f6"): Weight.MATTERS,
}
CONDITIONS = {
    (Side.LEFT, "a2"): (Condition.NOT_LATE,),
    (Side.LEFT, "c1"): (Condition.TOLD_FIRST,),
    (Side.RIGHT, "c1"): (Condition.TOLD_FIRST, Condition.IN_A_GROUP),
    (Side.LEFT, "e1"): (Condition.TOLD_AFTER,),
    (Side.RIGHT, "e1"): (Condition.TOLD_AFTER,),
}


@cache
def said(side: Side) -> dict[str, Said]:
    """What one of the two says, by behaviour."""
    which = list(Side).index(side)
    return {
        id: Said(
            partners=both[which][0],
            mine=both[which][1],
            note=NOTES.get((side, id), ""),
            weight=WEIGHTS.get((side, id)),
            conditions=CONDITIONS.get((side, id), ()),
        )
        for id, both in STANCES.items()
    }


@cache
def comparison() -> Comparison:
    """What opened when both had sealed the essentials."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    names = (NAMES[Side.LEFT], NAMES[Side.RIGHT])
    return comparing.between(deck, names, (said(Side.LEFT), said(Side.RIGHT)), OPENED_AT)


@cache
def sheet() -> Page:
    """What Asha has answered, before anything is sealed."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    hers = said(Side.LEFT)
    rows = tuple(Row(behaviour, hers.get(behaviour.id, Said())) for behaviour in deck.behaviours)
    return Page(deck, rows, (), sealed=False, open=False, again=False)


def pictured() -> tuple[Row, list[Compared]]:
    """A card, and three lines from near to far apart: enough to see what it is like."""
    lines = {each.behaviour.id: each for each in comparison().compared}
    row = next(row for row in sheet().rows if row.behaviour.id == "a2")
    return row, [lines[id] for id in ("c2", "b1", "f3")]


def partner() -> Partner:
    """Whom Asha is paired with."""
    return Partner(NAMES[Side.RIGHT])
