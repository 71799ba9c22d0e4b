"""A repair, for tests: begun by one of the two, and taken as far as they like."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from unittest import mock

from boundaries.repair import reading
from boundaries.repair import rules as repairs
from boundaries.repair.models import Repair
from boundaries.repair.reading import SeenRepair
from boundaries.vocabulary import RepairMove, RepairStep
from tests.conftest import Person
from tests.support.routes import REPAIR

M, S = RepairMove, RepairStep

WORDS: dict[RepairMove, dict[str, Any]] = {
    M.DESCRIBE: {"words": "There were messages late at night."},
    M.OWN_UP: {"words": "I wrote to Kim at night and kept it to myself."},
    M.IMPACT: {
        "words": "I lay awake and felt far away.",
        "feelings": ["hurt"],
        "touched": "My sleep.",
    },
    M.ASK: {"question": "Did you want me to know?"},
    M.ANSWER: {"answer": "I was afraid to say it."},
    M.REFLECT: {"words": "That you lay awake."},
    M.NOT_YET: {"missing": "That I felt far away."},
    M.OFFER: {"sorry": "I see it now.", "offer": "I tell you first.", "on": "2099-01-01"},
    M.UNDERNEATH: {"underneath": "I felt small that month."},
    M.FOLLOW_UP: {"now": "Calmer.", "helped": "The walks."},
}


def begun(
    who: Person, behaviour: str = "", *, i_crossed: bool = True, id: uuid.UUID = REPAIR
) -> uuid.UUID:
    """A repair that this person has begun, under the id that stands in the tests' addresses."""
    with mock.patch.object(Repair._meta.pk, "_get_default", return_value=id):
        return repairs.begin(who.seat, behaviour, i_crossed=i_crossed)


def take(
    who: Person,
    move: RepairMove,
    content: Mapping[str, Any] | None = None,
    *,
    repair: uuid.UUID = REPAIR,
) -> None:
    """One move, from the page as it is now."""
    words = WORDS.get(move, {}) if content is None else content
    repairs.send(who.seat, repair, move, words, version=seen_by(who, repair).version)


def seen_by(who: Person, repair: uuid.UUID = REPAIR) -> SeenRepair:
    return reading.repair(who.seat, repair)


def repaired_up_to(
    step: RepairStep, crosser: Person, hurt: Person, *, repair: uuid.UUID = REPAIR
) -> None:
    """The way of a repair that the one who crossed the line has begun, to where a step begins."""
    way = [
        (S.OWN_UP, crosser, M.OWN_UP),
        (S.IMPACT, hurt, M.IMPACT),
        (S.REFLECT, crosser, M.REFLECT),
        (S.CONFIRM, hurt, M.YES),
        (S.OFFER, crosser, M.OFFER),
    ]
    for at, who, move in way:
        if at == step:
            return
        take(who, move, repair=repair)
