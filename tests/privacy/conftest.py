"""When these tests run: they are many, and take long.

On PostgreSQL most of them run by night alone: they compare what a site shows, and not how it is
stored. Some files take turns by day, and all of them run by night.
"""

from __future__ import annotations

import pytest

from tests.support.depth import DAY

# They read what a database itself keeps or counts.
ON_BOTH = {"test_dumps.py", "test_erasure.py", "test_other_ways.py"}
IN_TURNS = (
    {"test_what_is_seen.py", "test_walls_of_a_talk.py", "test_parting_midway.py"},
    {"test_unattended.py", "test_walls_of_an_agreement.py", "test_taking_along.py"},
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "privacy" in item.path.parts and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.sweep)
            if item.path.name in IN_TURNS[DAY % 2]:
                item.add_marker(pytest.mark.another_day)
