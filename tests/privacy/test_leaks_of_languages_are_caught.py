"""The walls would notice: every leak of a language that is planted is seen by the twin worlds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.privacy import leaks_of_languages as leaks
from tests.privacy.comparing import first_difference, lived_twice
from tests.privacy.histories import in_language
from tests.privacy.leaks import Leak
from tests.privacy.steps import History, Meanwhile, Watch, act
from tests.privacy.test_walls_of_a_language import AGREED, twins
from tests.privacy.test_walls_of_a_talk import FIRST
from tests.privacy.test_walls_of_an_agreement import propose
from tests.privacy.test_walls_of_reminders import come_due, write
from tests.privacy.test_walls_towards_others import OPENED
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOOKS: History = [Watch(at=("=/home/", "=/partner/", "=/understandings/", "=/talks/"))]
TALK = (act("bob", FIRST, mode="apart", begins="me"),)
DUE = (Meanwhile(come_due), Meanwhile(write))
PROPOSED: History = [OPENED, (propose("bob", "as we said"),)]
# Which leaks there are, two histories that such a leak tells apart, and whether by work alone.
PLANTED: list[tuple[dict[str, Leak], tuple[History, History], bool]] = [
    (leaks.OF_A_LANGUAGE, twins(OPENED, TALK, AGREED, *DUE, looks=LOOKS), False),
    (
        leaks.OF_A_LANGUAGE_IN_WORK,
        twins(OPENED, looks=[(propose("alice", "as we said"),)]),
        True,
    ),
    (
        leaks.OF_A_LATER_LANGUAGE,
        ([*PROPOSED, (in_language("bob", "hi"),), *LOOKS], [*PROPOSED, (), *LOOKS]),
        False,
    ),
]


def told_apart(histories: tuple[History, History], by_work: bool) -> str:
    worlds = lived_twice(*histories, count_work=by_work)
    if by_work:  # what is computed once and kept, now is
        worlds = lived_twice(*histories, count_work=True)
    return first_difference(*worlds)


def cases() -> list[Any]:
    return [
        pytest.param(leak, histories, by_work, id=name)
        for planted, histories, by_work in PLANTED
        for name, leak in planted.items()
    ]


@pytest.mark.parametrize(("leak", "histories", "by_work"), some_each_day(cases(), 2))
@pytest.mark.planted_leak
def test_a_leak_of_a_language_is_caught(
    leak: Leak, histories: tuple[History, History], by_work: bool
) -> None:
    with leak():
        assert told_apart(histories, by_work)


@pytest.mark.deep
@pytest.mark.parametrize(("histories", "by_work"), [found[1:] for found in PLANTED])
def test_without_a_leak_there_is_nothing_to_catch(
    histories: tuple[History, History], by_work: bool
) -> None:
    assert not (found := told_apart(histories, by_work)), found
