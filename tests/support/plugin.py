"""Read before Django's settings: which database the tests run on, and what they must not skip."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import browsers, databases
from tests.support.depth import DEPTH
from tests.support.environment import ENVIRONMENT

MISSING = "COMMON_GROUND_TESTS_MISSING"

for name, example_count, same_each_time in (("default", 25, True), ("deep", 125 * DEPTH, False)):
    settings.register_profile(
        name,
        max_examples=example_count,
        deadline=None,
        derandomize=same_each_time,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--engine", choices=browsers.ENGINES, default=browsers.CHROMIUM)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    chosen = os.environ.get("DATABASE_URL", "")  # by the process that started this one
    os.environ.update(ENVIRONMENT)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        on_postgresql = early_config.known_args_namespace.database == "postgresql"
        chosen = _postgresql() if on_postgresql else _sqlite()
    os.environ["DATABASE_URL"] = chosen
    yield


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "deep: takes long; only `make deep` runs it")
    config.addinivalue_line("markers", "journey: drives a real browser")
    config.addinivalue_line("markers", "chromium: needs what only Chromium lets a test do")
    config.addinivalue_line("markers", "postgresql: means something on PostgreSQL only")
    config.addinivalue_line("markers", "once: the same on every database, so it runs on SQLite")
    config.addinivalue_line(
        "markers", "sweep: goes everywhere, and takes long; on PostgreSQL only `make deep` does"
    )
    settings.load_profile("deep" if _is_deep(config) else "default")
    engine = config.getoption("--engine")
    if browsers.found(engine) is None:
        os.environ[MISSING] = f"NOT TESTED IN A BROWSER: {browsers.HOW_TO_GET[engine]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    deep = _is_deep(config)
    engine = config.getoption("--engine")
    on_sqlite = os.environ["DATABASE_URL"].startswith("sqlite")
    for item in items:
        if item.get_closest_marker("deep") and not deep:
            item.add_marker(pytest.mark.skip(reason="deep: run `make deep`"))
        if item.get_closest_marker("postgresql") and on_sqlite:
            item.add_marker(pytest.mark.skip(reason="PostgreSQL only"))
        if item.get_closest_marker("once") and not on_sqlite:
            item.add_marker(pytest.mark.skip(reason="the same as on SQLite"))
        if item.get_closest_marker("sweep") and not on_sqlite and not deep:
            item.add_marker(pytest.mark.skip(reason="on PostgreSQL: run `make deep`"))
        if item.get_closest_marker("journey") and browsers.found(engine) is None:
            item.add_marker(pytest.mark.skip(reason=browsers.HOW_TO_GET[engine]))
        if item.get_closest_marker("chromium") and engine != browsers.CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="only Chromium lets a test do this"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing := os.environ.get(MISSING):
        terminalreporter.section("NOT EVERYTHING WAS TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(missing, red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    named = session.config.getoption("--engine") != browsers.CHROMIUM  # somebody asked for it
    if os.environ.get(MISSING) and (named or os.environ.get("CI")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_deep(config: pytest.Config) -> bool:
    return str(config.getoption("-m")).startswith("deep")


def _postgresql() -> str:
    found = databases.binaries()
    if found is None:
        pytest.exit(
            "NOT TESTED ON POSTGRESQL: no initdb was found. Install PostgreSQL 15 or newer, "
            "or name its folder of programs in PG_BIN.",
            returncode=1,
        )
    return databases.Server(found).url


def _sqlite() -> str:
    return "sqlite:///var/unused.sqlite3"  # tests/settings.py names another
