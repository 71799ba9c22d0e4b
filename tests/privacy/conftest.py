"""When these tests run: they are many, and take long.

On PostgreSQL most of them run by night alone: they compare what a site shows, and not how it is
stored. Some files take turns by day, and all of them run by night.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts import kept_queries
from tests.support.depth import DAY
from tests.support.plugin import on_sqlite

# They read what a database itself keeps or counts.
ON_BOTH = {"test_dumps.py", "test_erasure.py", "test_other_ways.py"}
# On SQLite, with --daily; each turn takes about as long as the others.
IN_TURNS = (
    {"test_canaries.py", "test_dumps.py", "test_taking_along.py"},
    {
        "test_what_is_seen.py",
        "test_parting_midway.py",
        "test_walls_by_other_ways.py",
        "test_erasure.py",
    },
    {
        "test_unattended.py",
        "test_walls_of_an_agreement.py",
        "test_walls_of_a_talk.py",
        "test_limits_of_each.py",
    },
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    todays = IN_TURNS[DAY % len(IN_TURNS)]
    others = set().union(*IN_TURNS) - todays
    for item in items:
        if "privacy" in item.path.parts:
            if item.path.name not in ON_BOTH:
                item.add_marker(pytest.mark.sweep)
            if on_sqlite() and item.path.name in others:
                item.add_marker(pytest.mark.another_day)


@pytest.fixture(autouse=True)
def _no_query_is_kept_from_another_test() -> Iterator[None]:
    """A leak may be planted in a manager, and would not be in what was built before or after it."""
    _forget_kept_queries()
    yield
    _forget_kept_queries()


def _forget_kept_queries() -> None:
    for query in kept_queries.every:
        query.thread.__dict__.clear()
