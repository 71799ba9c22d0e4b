"""What two worlds are compared by."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.privacy.observing import Seen
from tests.privacy.steps import OPERATOR, History, Step
from tests.privacy.worlds import World, live


def first_difference(one: World, other: World, *, in_a_browser: bool = False) -> str:
    """What the observer could tell the two worlds apart by, or nothing.

    In a browser alone, one sees answers, and neither statements, nor work, nor logs, nor tasks.
    """
    for seen, instead in zip(one.seen, other.seen, strict=True):
        if in_a_browser and isinstance(seen, Seen) and isinstance(instead, Seen):
            seen, instead = seen.answer, instead.answer
        if seen != instead:
            ours, theirs = _innermost(seen, instead)
            return f"{seen[:5]}: {str(ours)[:300]} | {str(theirs)[:300]}"
    return ""


def assert_looks_the_same(one: History, other: History, **how: Any) -> None:
    """That nothing tells two histories apart, and no key is used that is not the observer's."""
    worlds = lived_twice(one, other, **how)
    if worlds[0].count_work and first_difference(*worlds):
        worlds = lived_twice(one, other, **how)  # what is computed once and kept, now is
    assert not (found := first_difference(*worlds)), found
    assert {owner for world in worlds for owner in world.trespassed} == set()


def lived_twice(one: History, other: History, **how: Any) -> tuple[World, World]:
    """Both histories, and in the second one more that must not show.

    There all that others do in secret comes later within its step, and where a query asks for no
    order, rows come in another one. A step is secret if it is not the same in both.
    """
    secret = [
        at
        for at, (ours, theirs) in enumerate(zip(one, other, strict=True), 1)
        if ours != theirs and how.get("observer") != OPERATOR  # who sees when things are done
    ]
    disorder = not how.get("count_work")  # rows in another order may take another bit of work
    return live(one, **how), live(other, later=frozenset(secret), disorder=disorder, **how)


@cache
def lived_once(history: tuple[Step, ...], **how: Any) -> World:
    """A world that several tests compare others with, lived through once."""
    return live(list(history), **how)


def _innermost(one: Any, other: Any) -> tuple[Any, Any]:
    """What differs, without what it stands among."""
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = sorted(one.items()), sorted(other.items())
    if isinstance(one, bytes) and isinstance(other, bytes) and b"\n" in one.strip():
        one, other = one.splitlines(), other.splitlines()
    both = isinstance(one, list | tuple) and isinstance(other, list | tuple)
    if not both or len(one) != len(other):
        return one, other
    return next(_innermost(*pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1])
