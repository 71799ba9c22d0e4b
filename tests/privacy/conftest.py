"""On PostgreSQL these tests run by night: they compare what a site shows, and not how it is stored.

Three files run on both each day, since they read what a database itself keeps or counts.
"""

from __future__ import annotations

import pytest

ON_BOTH = {"test_dumps.py", "test_erasure.py", "test_other_ways.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "privacy" in item.path.parts and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.sweep)
