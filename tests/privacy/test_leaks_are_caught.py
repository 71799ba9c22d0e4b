"""The walls would notice: every leak that is planted here is seen by the twin worlds.

Some are tried every day, all of them by `make deep`.
"""

from __future__ import annotations

from typing import Any

import pytest

from boundaries.content import catalogue
from boundaries.vocabulary import Step
from tests.privacy import leaks, leaks_of_repairs
from tests.privacy.comparing import assert_looks_the_same, first_difference
from tests.privacy.histories import OPT_IN
from tests.privacy.steps import Do, History, Probe, Watch, act, say
from tests.privacy.test_walls import AGAIN, SEAL
from tests.privacy.test_walls_of_a_journal import HIS_DRAFT, HIS_JOURNAL
from tests.privacy.test_walls_of_a_journal import OPENED as JOURNAL_OPENED
from tests.privacy.test_walls_of_a_repair import (
    CLOSED,
    HE_BEGINS,
    HE_SENT,
    HE_WISHES,
    WHERE,
)
from tests.privacy.test_walls_of_a_repair import HIS_DRAFTS as DRAFTS_OF_HIS
from tests.privacy.test_walls_of_a_talk import HIS_DRAFTS, UNSEEN, talking
from tests.privacy.test_walls_of_an_agreement import HE_LEAVES_IT, PROPOSED, propose
from tests.privacy.worlds import live
from tests.support.depth import one_day_in, some_each_day

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DECK = [behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours]
HERS = (say("alice", "a1", mine="acceptable"), Do("alice", "GET", "/decks/essentials/"))
HIS = (
    *(
        say("bob", behaviour, mine="unsure", note="a note", self_note="his own")
        for behaviour in DECK[:5]
    ),
    say("bob", "a8", mine="unsure", note="a note"),
    act("bob", SEAL),
)


BOTH = (
    *(say("alice", behaviour, mine="acceptable") for behaviour in DECK[:4]),
    *(say("bob", behaviour, mine="unacceptable") for behaviour in DECK[1:4]),
)
OPENING: History = [(act("alice", SEAL), act("bob", SEAL)), Watch()]
BRIEFLY = (
    Watch(True, at=("/home/", "=/account/", "/account/sessions/", "/seen/", "/healthz")),
    Watch(
        at=(
            *("=/decks/essentials/", "/decks/essentials/comparison/", "/decks/a/comparison/"),
            *("=/decks/essentials/history/", "=/answers/a1/", "/own/", "/intimate/", "/talks/"),
            *("=/understandings/", "=/understandings/on/a1/", "=/understandings/on/a2/"),
        )
    ),
)


def told_apart(*pairs: tuple[History, History]) -> bool:
    """Whether the walls notice: mostly a look at some pages is enough; else all is looked at."""
    brief = [tuple(map(seen_in_brief, pair)) for pair in pairs]
    return any(first_difference(*map(live, pair)) for pair in (*brief, *pairs))


def seen_in_brief(history: History) -> History:
    return [look for step in history for look in (BRIEFLY if isinstance(step, Watch) else (step,))]


def before_opening() -> tuple[History, History]:
    end: History = [Watch(everything=True), HERS, (act("alice", "/answers/a8/skip/"),)]
    return [HERS, HIS, *end], [HERS, (), *end]


def after_opening(secret: Do) -> tuple[History, History]:
    hers = tuple(say("alice", behaviour, mine="acceptable") for behaviour in DECK[:5])
    his = tuple(say("bob", behaviour, mine="acceptable") for behaviour in DECK[1:5])
    opening: History = [(act("alice", SEAL), act("bob", SEAL)), Watch()]
    return [(*hers, *his), (secret,), *opening], [(*hers, *his), (), *opening]


SECRETS = [
    say("bob", "a1", mine="unacceptable", note="kept", self_note="his own", private="on"),
    act("bob", "/answers/a1/skip/"),
]


def test_at_least_twenty_leaks_are_planted() -> None:
    everything = [leaks.BEFORE_OPENING, leaks.AFTER_OPENING, leaks.IN_WORK_ALONE]
    everything += [planted for planted, _, _ in OF_MORE]
    assert sum(map(len, everything)) >= 40


def named(planted: dict[str, leaks.Leak], many: int) -> list[Any]:
    return some_each_day([pytest.param(name, id=name) for name in planted], many)


@pytest.mark.parametrize("name", named(leaks.BEFORE_OPENING, 1))
@pytest.mark.planted_leak
def test_a_leak_before_opening_is_caught(name: str) -> None:
    with leaks.BEFORE_OPENING[name]():
        assert told_apart(before_opening())


@pytest.mark.parametrize("name", named(leaks.AFTER_OPENING, 1))
@pytest.mark.planted_leak
def test_a_leak_after_opening_is_caught(name: str) -> None:
    with leaks.AFTER_OPENING[name]():
        assert told_apart(*map(after_opening, SECRETS))


OPENED: History = [(say("bob", "a1", mine="acceptable"), act("alice", SEAL), act("bob", SEAL))]
ALIKE = {"mine": "acceptable", "partners": "unsure"}
HAS_ASIDES = {"guess": "unsure", "live": "on", "to_keep_the_peace": "on"}
LOOK = Watch()

ALSO_PROPOSED = (propose("alice", "more", "/understandings/on/a2/"),)

# Which leaks there are, and two histories that such a leak tells apart.
OF_MORE: list[tuple[dict[str, leaks.Leak], History, History]] = [
    (leaks.OF_AN_OPT_IN, [(act("bob", OPT_IN),), LOOK], [(), LOOK]),
    (leaks.OF_HIDING, [(act("bob", "/answers/a1/hide/"),), LOOK], [(), LOOK]),
    (leaks.OF_SETTING_ASIDE, [(act("bob", "/own/set-aside/"),), LOOK], [(), LOOK]),
    (leaks.OF_A_NEW_ROUND, [*OPENED, (act("bob", AGAIN),), LOOK], [*OPENED, (), LOOK]),
    (
        leaks.OF_ASIDES,
        [(*BOTH, say("bob", "a1", **ALIKE, **HAS_ASIDES)), *OPENING],
        [(*BOTH, say("bob", "a1", **ALIKE)), *OPENING],
    ),
    (
        leaks.OF_A_TALK,
        [*talking(Step.FLEX), (HIS_DRAFTS[1], UNSEEN[Step.FLEX]), Watch()],
        [*talking(Step.FLEX), (), Watch()],
    ),
    (
        leaks.OF_A_JOURNAL,
        [*JOURNAL_OPENED, (*HIS_JOURNAL, HIS_DRAFT), LOOK, Probe(at=("/journal/",))],
        [*JOURNAL_OPENED, (), LOOK, Probe(at=("/journal/",))],
    ),
    (
        leaks_of_repairs.OF_A_REPAIR,
        [*HE_SENT, DRAFTS_OF_HIS[1:2], Watch(at=WHERE)],
        [*HE_SENT, (), Watch(at=WHERE)],
    ),
    (
        leaks_of_repairs.OF_BEGINNING_A_REPAIR,
        [HE_BEGINS, Watch(at=WHERE)],
        [(), Watch(at=WHERE)],
    ),
    (
        leaks_of_repairs.OF_KEEPING_A_REPAIR,
        [*CLOSED, HE_WISHES, Watch(at=WHERE)],
        [*CLOSED, (), Watch(at=WHERE)],
    ),
    (
        leaks.OF_LEAVING_WORDS,
        [*PROPOSED, ALSO_PROPOSED, HE_LEAVES_IT, LOOK],
        [*PROPOSED, ALSO_PROPOSED, (), LOOK],
    ),
]


@pytest.mark.parametrize(
    ("leak", "one", "other"),
    some_each_day(
        (
            pytest.param(leak, one, other, id=name)
            for planted, one, other in OF_MORE
            for name, leak in planted.items()
        ),
        1,
    ),
)
@pytest.mark.planted_leak
def test_a_leak_of_what_else_is_said_in_secret_is_caught(
    leak: leaks.Leak, one: History, other: History
) -> None:
    with leak():
        assert told_apart((one, other))


@one_day_in(4, 0)
@pytest.mark.parametrize("name", leaks.IN_WORK_ALONE)
@pytest.mark.planted_leak
def test_a_leak_that_only_work_shows_is_caught_by_counting(name: str) -> None:
    hers, his = HERS, HIS[:-1]
    quiet = tuple(say("bob", behaviour, mine="unsure") for behaviour in [*DECK[:5], "a8"])
    histories: list[History] = [[hers, his, Watch()], [hers, quiet, Watch()]]

    with leaks.IN_WORK_ALONE[name]():
        assert first_difference(*map(live, histories)) == ""
        counted = [live(history, count_work=True) for history in histories]
        assert first_difference(*counted) != ""


@pytest.mark.deep
def test_without_a_leak_there_is_nothing_to_catch() -> None:
    """Of all that there is to be seen, test_walls says so; and of what is below, `make deep`."""
    for pair in (before_opening(), *map(after_opening, SECRETS)):
        assert first_difference(*(live(seen_in_brief(history)) for history in pair)) == ""


@pytest.mark.deep
@pytest.mark.parametrize(("one", "other"), [(one, other) for _, one, other in OF_MORE])
def test_nor_of_what_else_is_said_in_secret(one: History, other: History) -> None:
    assert first_difference(live(one), live(other)) == ""


@pytest.mark.deep
def test_nor_in_work() -> None:
    quiet = tuple(say("bob", behaviour, mine="unsure") for behaviour in [*DECK[:5], "a8"])

    assert_looks_the_same([HERS, HIS[:-1], Watch()], [HERS, quiet, Watch()], count_work=True)
