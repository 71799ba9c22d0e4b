"""The walls would notice: every leak of a check-in that is planted is seen by the twin worlds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.privacy import leaks_of_check_ins as leaks
from tests.privacy.comparing import first_difference
from tests.privacy.leaks import Leak
from tests.privacy.steps import History
from tests.privacy.test_walls_of_a_check_in import (
    A_WEEK_LATER,
    BOTH_FINISH,
    BRIEFLY,
    HERS,
    HIS,
    press,
    rhythm,
    seal,
)
from tests.privacy.worlds import live
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CHANGED: History = [(rhythm("alice", "monthly", 5),), BRIEFLY]
ENDED: History = [(press("alice", "rhythm/end"),), BRIEFLY]
# Which leaks there are, and two histories that such a leak tells apart.
PLANTED: list[tuple[dict[str, Leak], History, History]] = [
    (leaks.OF_A_HALF, [HERS, HIS, BRIEFLY], [HERS, (), BRIEFLY]),
    (
        leaks.OF_A_HALF_THAT_WAITED,
        [(seal("bob"),), A_WEEK_LATER, (seal("alice"),), BRIEFLY],
        [(), A_WEEK_LATER, (seal("alice"),), BRIEFLY],
    ),
    (
        leaks.OF_MUTING,
        [(rhythm("alice"),), (press("bob", "rhythm/mute"),), *CHANGED, *ENDED],
        [(rhythm("alice"),), (), *CHANGED, *ENDED],
    ),
    (
        leaks.OF_WANTING_A_PICTURE,
        [*BOTH_FINISH, (press("bob", "closeness/want"),), BRIEFLY],
        [*BOTH_FINISH, (), BRIEFLY],
    ),
]


def cases() -> list[Any]:
    return [
        pytest.param(leak, one, other, id=name)
        for planted, one, other in PLANTED
        for name, leak in planted.items()
    ]


@pytest.mark.parametrize(("leak", "one", "other"), some_each_day(cases(), 1))
@pytest.mark.planted_leak
def test_a_leak_of_a_check_in_is_caught(leak: Leak, one: History, other: History) -> None:
    with leak():
        assert first_difference(live(one), live(other))


@pytest.mark.deep
@pytest.mark.parametrize(("one", "other"), [(one, other) for _, one, other in PLANTED])
def test_without_a_leak_there_is_nothing_to_catch(one: History, other: History) -> None:
    assert first_difference(live(one), live(other)) == ""
