"""Each recommendation in docs/recommendations.md names a page and a test that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from boundaries.content import catalogue
from tests.support import routes

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/recommendations.md"
ROW = re.compile(r"^\| (R\d+) \| (.+) \| (.+) \| (.+) \|$", re.M)
CODE = re.compile(r"`([^`]+)`")

type Row = tuple[str, str, str, str]


def rows() -> list[Row]:
    found: list[Row] = ROW.findall(PAGE.read_text())
    return found


def named(cell: str) -> list[str]:
    return CODE.findall(cell)


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_all_twenty_seven_are_listed_in_order() -> None:
    assert [name for name, *_ in rows()] == [f"R{number}" for number in range(1, 28)]


def test_each_page_that_is_named_is_there() -> None:
    there = {route.name for route in routes.every()}
    missing = {name: page for name, _, page, _ in rows() if set(named(page)) - there}

    assert missing == {}
    assert all(named(page) for name, _, page, _ in rows())


def test_each_test_that_is_named_is_there() -> None:
    missing = []
    for name, _, _, tests in rows():
        for test in named(tests):
            path, _, function = test.partition("::")
            if not (ROOT / path).exists() or function not in functions_of(path):
                missing.append(f"{name}: {test}")

    assert missing == []
    assert all(named(test) for name, _, _, test in rows())


def test_secrecy_and_privacy_are_two_questions() -> None:
    """R11: a friend nobody knows about, and a phone of one's own."""
    asked = {behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours}

    assert {"f3", "f11"} <= asked
