"""Two things at the same moment, in real threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.repeating import repeated
from tests.support.depth import DEPTH

type Act = Callable[[], Any]


@dataclass(frozen=True)
class Outcome:
    """What each act returned, or the exception it raised."""

    results: tuple[Any, ...]

    @property
    def succeeded(self) -> int:
        return sum(not isinstance(result, Exception) for result in self.results)

    @property
    def refusals(self) -> set[type]:
        return {type(result) for result in self.results if isinstance(result, Exception)}


def at_once(*acts: Act) -> Outcome:
    """Start all acts together and wait for all of them. None may hang."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(at: int, act: Act) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            results[at] = (repeated(act) if settings.SERIALIZABLE else act)()
        except Exception as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive(), "two people wait for each other for ever"
    return Outcome(tuple(results))


@pytest.fixture(
    params=[pytest.param(5, id="few"), pytest.param(60 * DEPTH, id="many", marks=pytest.mark.deep)]
)
def trials(request: pytest.FixtureRequest) -> range:
    """How often a race is run: a few times by default, more often in `make deep`."""
    return range(request.param)
