"""Leaks are caught that show only in an unusual kind of request, in another state or elsewhere.

`make test` tries some of them, `make deep` all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.privacy import leaks_by_other_ways as leaks
from tests.privacy.comparing import first_difference, lived_twice
from tests.privacy.histories import Sheet, alices, all_of, asked, everything_on
from tests.privacy.leaks import Leak
from tests.privacy.steps import INTIMATE, OPERATOR, Do, History, Probe, Watch, act, say
from tests.privacy.test_limits_of_each import BOTH_TRY, LOWERED, TALK_IS_OPEN
from tests.privacy.test_walls import SEAL
from tests.privacy.test_walls_of_a_talk import HIS_DRAFTS, TALKING
from tests.privacy.worlds import live
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.django_db]

HERS = (say("alice", "a1", mine="acceptable"), say("alice", "b1", mine="acceptable"))
HIS = (*all_of("bob", "essentials")[:3], act("bob", SEAL))
STALE = (
    Do("alice", "POST", "/answers/a1/save/", "mine=unsure", stale=True),
    Do("alice", "POST", "/answers/b1/skip/", stale=True),
    Do("alice", "POST", SEAL, stale=True),
)
KEPT = say("bob", "a1", mine="unacceptable", note="kept", private="on")
OPENING = (act("alice", SEAL), act("bob", SEAL))
SAYING, INSTEAD = (
    (
        say("bob", "a1", mine=stance, note=note),
        Do("bob", "POST", "/answers/a1/save/", f"mine=conditions&note={note}", stale=True),
    )
    for stance, note in (("acceptable", "one"), ("unsure", "other"))
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Two histories that differ in a secret, or that differ in nothing but moments and order."""

    one: History
    other: History
    observer: str = "alice"
    later: int = 0  # in the other world this step comes later
    disorder: bool = False
    limits: dict[str, str] | None = None


WHERE_IT_LEAKS = "="  # to be replaced by the address of a leak


def looking(secret: tuple[Do, ...], *looks: Any, before: tuple[Do, ...] = HERS) -> dict[str, Any]:
    """The looks of the observer with the secret, and without."""
    return {"one": [before, secret, *looks], "other": [before, (), *looks]}


def at(*paths: str, ways: int = 0, everything: bool = False) -> Watch:
    return Watch(everything, at=paths, ways=ways)


# Some of them, so that two orders of rows are hardly ever the same by chance.
ON_MANY_SHEETS = ("a1", "a8", "b2", "c3", "d2", "e6", "f2", "g4")
MORE_OF_HERS = ("Long calls", "Late calls", "Short calls", "Early calls")
# His step is before noon, and after it where it comes later.
THE_SAME: History = [
    (say("bob", "a1", mine="unsure"), act("bob", SEAL)),
    (
        *(say("alice", behaviour, mine="unsure") for behaviour in ON_MANY_SHEETS),
        *(act("alice", "/own/put-forward/", text=text, noted=text) for text in MORE_OF_HERS),
    ),
    (act("alice", SEAL),),
    at("/home/", "/own/", "/decks/essentials/comparison/"),
]

SCENES: list[tuple[dict[str, Leak], Scene]] = [
    (leaks.BY_REQUEST, Scene(**looking(HIS, at(WHERE_IT_LEAKS, ways=-1)))),
    (leaks.BY_POST, Scene(**looking(HIS, Probe(at=("=/answers/a1/save/",), ways=-1)))),
    (
        leaks.BY_POLLING,
        Scene(
            one=[*TALKING, at("/talks/"), HIS_DRAFTS[:2], at("/talks/")],
            other=[*TALKING, at("/talks/"), (), at("/talks/")],
        ),
    ),
    (leaks.BY_MAIL, Scene(**looking((KEPT,), OPENING))),
    (leaks.BY_TASK, Scene(**looking(HIS, (say("alice", "b1", mine="unsure"),)))),
    (leaks.BY_STALE_PAGE, Scene(**looking(HIS, STALE))),
    (
        leaks.BY_LIMIT,
        Scene(
            one=[*TALK_IS_OPEN, BOTH_TRY["bob"], BOTH_TRY["alice"]],
            other=[*TALK_IS_OPEN, (), BOTH_TRY["alice"]],
            limits=LOWERED,
        ),
    ),
    (leaks.BY_TIME, Scene(one=THE_SAME, other=THE_SAME, later=1)),
    (leaks.BY_ORDER, Scene(one=THE_SAME, other=THE_SAME, disorder=True)),
    (leaks.BY_PAPER, Scene(**looking(HIS, at("/understandings/a4.pdf")))),
    (
        leaks.ON_INTIMATE,
        Scene(
            **looking(
                everything_on("intimate", seals=True)[:4],
                at("/decks/intimate/"),
                Probe(at=(f"/answers/{INTIMATE}/",), everything=True),
                before=asked("intimate"),
            )
        ),
    ),
    (
        leaks.ON_OWN,
        Scene(**looking((act("bob", "/own/set-aside/"),), Probe(at=("/own/",)))),
    ),
    (
        leaks.ON_A_FULL_SHEET,
        Scene(**looking(HIS, at("/decks/essentials/"), before=alices(Sheet.FULL, "essentials"))),
    ),
    (
        leaks.TO_THE_OPERATOR,
        Scene(one=[HERS, SAYING, OPENING], other=[HERS, INSTEAD, OPENING], observer=OPERATOR),
    ),
]


def told_apart(scene: Scene, where: str = "/home/") -> str:
    how: dict[str, Any] = {"observer": scene.observer, "limits": scene.limits}
    one, other = (
        [
            replace(step, at=(f"={where}",))
            if isinstance(step, Watch) and step.at == (WHERE_IT_LEAKS,)
            else step
            for step in history
        ]
        for history in (scene.one, scene.other)
    )
    if scene.one != scene.other:
        return first_difference(*lived_twice(one, other, **how))
    later = frozenset([scene.later])
    how |= {"hours": True}
    return first_difference(
        live(one, **how), live(other, later=later, disorder=scene.disorder, **how)
    )


@pytest.mark.once
def test_at_least_forty_are_planted_and_each_in_a_scene() -> None:
    assert [planted for planted, _ in SCENES] == leaks.EVERYTHING
    assert all(leaks.EVERYTHING)
    assert sum(map(len, leaks.EVERYTHING)) >= 40


@pytest.mark.parametrize(
    ("name", "leak", "scene"),
    some_each_day(
        (
            pytest.param(name, leak, scene, id=name)
            for planted, scene in SCENES
            for name, leak in planted.items()
        ),
        2,
    ),
)
@pytest.mark.planted_leak
def test_a_leak_by_another_way_is_caught(name: str, leak: Leak, scene: Scene) -> None:
    with leak():
        assert told_apart(scene, leaks.WHERE.get(name, "/home/"))


@pytest.mark.deep
@pytest.mark.parametrize("scene", [scene for _, scene in SCENES])
def test_without_one_there_is_nothing_to_catch(scene: Scene) -> None:
    assert not (found := told_apart(scene)), found
