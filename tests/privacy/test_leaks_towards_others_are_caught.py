"""The walls towards everybody else would notice, too.

Some are tried every day, all of them by `make deep`.
"""

from __future__ import annotations

import pytest

from tests.privacy import leaks_towards_others as leaks
from tests.privacy.comparing import first_difference
from tests.privacy.leaks import Leak
from tests.privacy.steps import NOBODY, OPERATOR, Do, History, Meanwhile, Watch, act, say
from tests.privacy.test_walls import SEAL
from tests.privacy.test_walls_of_a_talk import FIRST
from tests.privacy.test_walls_of_reminders import AGREED, HE_PUTS_IT_OFF, write
from tests.privacy.test_walls_towards_others import (
    CHARLIE_INVITES,
    ENDS,
    RELEASED,
    TRIES,
    WITH_ANOTHER,
    is_the_address_of,
    make_staff,
    reads,
    signing_up,
    with_code,
)
from tests.privacy.worlds import live
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BOTH = (say("alice", "a1", mine="acceptable"), say("bob", "a1", mine="unsure", note="his"))
SEALED = (act("alice", SEAL), act("bob", SEAL))
OPENED = (*BOTH, *SEALED)
PARTED: History = [(*BOTH, act("bob", "/partner/part/"))]
TALK = act("alice", FIRST, mode="apart", begins="me")
LOOK = Do("alice", "GET", "/decks/essentials/")
RELEASED_BY_BOTH: History = [(*OPENED, *RELEASED)]
CHARLIES = (say("charlie", "a1", mine="unsure", self_note="own"),)


def saying(words: str, stance: str, **more: str) -> tuple[Do, ...]:
    return (say("bob", "a1", mine=stance, note=words, self_note=words, **more), *BOTH[:1])


def at(*paths: str) -> Watch:
    return Watch(at=paths)


# By theorem: who looks, which leaks there are, and two histories that such a leak tells apart.
PLANTED: list[tuple[str, dict[str, Leak], History, History]] = [
    (
        "alice",
        leaks.OF_REMINDERS,
        [*AGREED, HE_PUTS_IT_OFF, Meanwhile(write), at("/home/", "/reminders/")],
        [*AGREED, (), Meanwhile(write), at("/home/", "/reminders/")],
    ),
    (
        "alice",
        leaks.OF_A_FORMER_PARTNER,
        [*PARTED, WITH_ANOTHER, at("/home/", "/partner/")],
        [*PARTED, (), at("/home/", "/partner/")],
    ),
    (
        "charlie",
        leaks.OF_ANOTHER_COUPLE,
        [(*OPENED, TALK, LOOK), at("/help/", "/talks/", "/decks/essentials/")],
        [(), at("/help/", "/talks/", "/decks/essentials/")],
    ),
    (
        NOBODY,
        leaks.OF_WHO_IS_HERE,
        [(*BOTH, act("dana", "/partner/part/")), Watch(True, at=("/demo/", "/account/login/"))],
        [(), Watch(True, at=("/demo/", "/account/login/"))],
    ),
    (
        NOBODY,
        leaks.OF_AN_ADDRESS,
        [is_the_address_of("erin"), *TRIES, *signing_up()],
        [Meanwhile(lambda world: None), *TRIES, *signing_up()],
    ),
    (
        "alice",
        leaks.OF_STAFF,
        [Meanwhile(make_staff), OPENED, at("/account/", "/decks/essentials/")],
        [(), OPENED, at("/account/", "/decks/essentials/")],
    ),
    (
        OPERATOR,
        leaks.OF_WORDS,
        [saying("no", "acceptable"), SEALED],
        [saying("something longer", "unsure", live="on"), SEALED],
    ),
    (
        "erin",
        leaks.OF_AN_INVITATION,
        [CHARLIE_INVITES, CHARLIES, (with_code("erin", "charlie"),), at("/join/")],
        [CHARLIE_INVITES, (), (with_code("erin", "charlie"),), at("/join/")],
    ),
    (
        "erin",
        leaks.OF_A_DEAD_LINK,
        [CHARLIE_INVITES, ENDS["somebody has joined"], (with_code("erin", "charlie"),)],
        [CHARLIE_INVITES, ENDS["revoked"], (with_code("erin", "charlie"),)],
    ),
    (
        NOBODY,
        leaks.OF_A_SHEET,
        [*RELEASED_BY_BOTH, (TALK, act("bob", "/account/name/", first_name="Robert")),
         *reads(NOBODY)],
        [*RELEASED_BY_BOTH, (), *reads(NOBODY)],
    ),
]  # fmt: skip


def told_apart(one: History, other: History, who: str) -> str:
    worlds = [live(history, observer=who) for history in (one, other)]
    return first_difference(*worlds, in_a_browser=TRIES[0] in one)


@pytest.mark.parametrize(
    ("who", "leak", "one", "other"),
    some_each_day(
        (
            pytest.param(who, leak, one, other, id=name)
            for who, planted, one, other in PLANTED
            for name, leak in planted.items()
        ),
        1,
    ),
)
@pytest.mark.planted_leak
def test_a_leak_towards_somebody_else_is_caught(
    who: str, leak: Leak, one: History, other: History
) -> None:
    with leak():
        assert told_apart(one, other, who)


@pytest.mark.deep
@pytest.mark.parametrize(("who", "one", "other"), [(who, *both) for who, _, *both in PLANTED])
def test_without_one_there_is_nothing_to_catch(who: str, one: History, other: History) -> None:
    assert not told_apart(one, other, who)


def test_each_theorem_has_leaks_of_its_own() -> None:
    assert all(len(planted) >= 2 for _, planted, _, _ in PLANTED)
    assert sum(len(planted) for _, planted, _, _ in PLANTED) + len(leaks.OF_KEYS) >= 25


@pytest.mark.parametrize(
    "name", some_each_day(pytest.param(name, id=name) for name in leaks.OF_KEYS)
)
@pytest.mark.planted_leak
def test_a_key_that_is_not_ones_own_is_noticed_though_nothing_else_differs(name: str) -> None:
    looks = at("/home/", "/partner/", "/decks/essentials/")
    histories: list[History] = [
        [saying(words, "unsure"), looks] for words in ("no", "something longer")
    ]

    with leaks.OF_KEYS[name]():
        worlds = [live(history) for history in histories]

    assert first_difference(*worlds) == ""
    assert all(world.trespassed for world in worlds)
