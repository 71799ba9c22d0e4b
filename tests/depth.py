"""How deep `make deep` goes, and which day it is for what is drawn by lot.

At a depth of 1 it takes an hour or two; 8 is for a night. What is drawn by lot changes with the
day and is the same all day: TESTS_DAY=739949 repeats what failed on that day.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

DEPTH = int(os.environ.get("DEPTH", "1"))
DAY = int(os.environ.get("TESTS_DAY", "0")) or datetime.now(UTC).date().toordinal()


def first_daily(cases: Iterable[Any], many: int = 1) -> list[Any]:
    """Cases of a test, each a pytest.param: the first are tried every day, all by `make deep`."""
    return [
        pytest.param(*case.values, id=case.id, marks=[] if at < many else [pytest.mark.deep])
        for at, case in enumerate(cases)
    ]
