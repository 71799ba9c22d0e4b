"""How deep `make deep` goes, and which day it is for what is drawn by lot.

At a depth of 1 it takes an hour or two; 8 is for a night. What is drawn by lot changes with the
day and is the same all day: TESTS_DAY=739949 repeats what failed on that day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

DEPTH = int(os.environ.get("DEPTH", "1"))
DAY = int(os.environ.get("TESTS_DAY", "0")) or datetime.now(UTC).date().toordinal()


def some_each_day(
    cases: Iterable[Any], many: int = 1, *, otherwise: pytest.MarkDecorator = pytest.mark.deep
) -> list[Any]:
    """Cases of a test, each a pytest.param: so many of them today, others tomorrow.

    What is not for today is for `make deep`, so that a day and its night try them all.
    """
    there = list(cases)
    today = {(DAY * many + at) % len(there) for at in range(many)}
    return [
        case if at in today else pytest.param(*case.values, id=case.id, marks=otherwise)
        for at, case in enumerate(there)
    ]


def one_day_in(many: int, which: int) -> Callable[[Any], Any]:
    """A test for one day in so many. On all others it is for `make deep`."""
    return (lambda test: test) if DAY % many == which else pytest.mark.deep
