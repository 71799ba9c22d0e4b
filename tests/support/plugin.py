"""Read before Django's settings: which database the tests run on, and what they must not skip."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, core, settings

from tests.support import browsers, databases
from tests.support.depth import DAY, DEPTH
from tests.support.environment import ENVIRONMENT

MISSING = "COMMON_GROUND_TESTS_MISSING"

DAYS_BETWEEN_JOURNEYS = 6
DAYS_ON_POSTGRESQL = 8  # of what runs on SQLite each day

LEFT_OUT = pytest.StashKey[dict[str, int]]()  # by --serializable: how many tests, by the reason
COUNTS = "count what one try does"
COUNTING = {"django_assert_num_queries", "django_assert_max_num_queries"}
FIXTURES_OF_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}

# A few by day, others each day and the same all day; many more by `make deep`.
for name, example_count in (("default", 5), ("deep", 125 * DEPTH)):
    settings.register_profile(
        name,
        max_examples=example_count,
        deadline=None,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--engine", choices=browsers.ENGINES, default=browsers.CHROMIUM)
    parser.addoption(
        "--serializable",
        action="store_true",
        help="on PostgreSQL: let it give up one transaction of each request",
    )
    parser.addoption(
        "--daily", action="store_true", help="leave out what another day or `make deep` runs"
    )


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
    if early_config.known_args_namespace.serializable:
        os.environ["DATABASE_ISOLATION"] = "serializable"
    yield


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "deep: takes long; only `make deep` runs it")
    config.addinivalue_line("markers", "journey: drives a real browser")
    config.addinivalue_line("markers", "chromium: needs what only Chromium lets a test do")
    config.addinivalue_line("markers", "postgresql: means something on PostgreSQL only")
    config.addinivalue_line(
        "markers",
        "read_committed(reason): means nothing where each request is tried again (--serializable)",
    )
    config.addinivalue_line("markers", "once: the same on every database, so it runs on SQLite")
    config.addinivalue_line(
        "markers", "sweep: goes everywhere, and takes long; on PostgreSQL only `make deep` does"
    )
    config.addinivalue_line(
        "markers", "another_day: others take their turn today; left out with --daily, not by night"
    )
    config.addinivalue_line(
        "markers", "turns(days): proves nearly what others do; runs on one day in so many"
    )
    config.addinivalue_line("markers", "every_day: a journey that takes no turns")
    config.addinivalue_line("markers", "generated: Hypothesis draws what it is tried with")
    config.addinivalue_line("markers", "planted_leak: passes if one is noticed; see make mutants")
    settings.load_profile("deep" if _is_deep(config) else "default")
    if not _is_deep(config):
        core.global_force_seed = DAY  # type: ignore[assignment]
    engine = config.getoption("--engine")
    if browsers.found(engine) is None:
        os.environ[MISSING] = f"NOT TESTED IN A BROWSER: {browsers.HOW_TO_GET[engine]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    engine = config.getoption("--engine")
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.generated)
        if item.get_closest_marker("journey") and browsers.found(engine) is None:
            item.add_marker(pytest.mark.skip(reason=browsers.HOW_TO_GET[engine]))
        if item.get_closest_marker("chromium") and engine != browsers.CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="only Chromium lets a test do this"))
        if _takes_its_turn_on_another_day(item):
            item.add_marker(pytest.mark.another_day)
    deep = _is_deep(config)
    daily = config.getoption("--daily")
    elsewhere = [
        item
        for item in items
        if (daily and item.get_closest_marker("another_day")) or _runs_elsewhere(item, deep=deep)
    ]
    if os.environ.get("DATABASE_ISOLATION"):
        runs_elsewhere = set(elsewhere)
        once_only = [
            item for item in items if item not in runs_elsewhere and _needs_read_committed(item)
        ]
        config.stash[LEFT_OUT] = dict(Counter(map(_needs_read_committed, once_only)))
        elsewhere += once_only
    left_out = set(elsewhere)
    items[:] = _longest_first([item for item in items if item not in left_out])
    config.hook.pytest_deselected(items=elsewhere)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if (left_out := config.stash.get(LEFT_OUT, None)) and hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = left_out
    named = config.getoption("--engine") != browsers.CHROMIUM  # somebody asked for it
    if os.environ.get(MISSING) and (named or os.environ.get("CI")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each process leaves out the same."""
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[LEFT_OUT] = left_out


def _takes_its_turn_on_another_day(item: pytest.Item) -> bool:
    """Whether something runs instead today that proves nearly the same.

    Journeys go one day with script, and the next day without; most go on one day in six. What runs
    on SQLite each day runs on PostgreSQL on one day in eight, and every night, but for what means
    something there alone.
    """
    params: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    both_ways = "javascript" in params
    if both_ways and params["javascript"] != DAY % 2:
        return True
    day = DAY // 2 if both_ways else DAY  # else half of the turns would never come
    if (zlib.crc32(item.nodeid.partition("[")[0].encode()) + day) % _days_between(item):
        return True
    if on_sqlite() or item.get_closest_marker("postgresql"):
        return False
    return bool((zlib.crc32(item.nodeid.encode()) + DAY) % DAYS_ON_POSTGRESQL)


def _days_between(item: pytest.Item) -> int:
    if item.get_closest_marker("every_day"):
        return 1
    if turns := item.get_closest_marker("turns"):
        return int(turns.args[0])
    return DAYS_BETWEEN_JOURNEYS if item.get_closest_marker("journey") else 1


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Each process begins with its share of the journeys, so none is left with them at the end.

    A process is given as many neighbours as any other, and then takes what others have left.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    journeys = [item for item in items if item.get_closest_marker("journey")]
    others = [item for item in items if not item.get_closest_marker("journey")]
    size = -(-len(others) // processes)
    return [
        item
        for at in range(processes)
        for item in (*journeys[at::processes], *others[at * size : (at + 1) * size])
    ]


def _runs_elsewhere(item: pytest.Item, *, deep: bool) -> bool:
    """Whether another run has this test: by night, or on the other database.

    On PostgreSQL runs by day what asks the database itself. What drives a browser or compares whole
    worlds runs on SQLite, through the same statements, and by night on both.
    """
    marks = {mark.name for mark in item.iter_markers()}
    if "deep" in marks and not deep:
        return True
    if on_sqlite():
        return "postgresql" in marks
    if "postgresql" in marks:
        return False
    if "once" in marks or not _asks_the_database(item):
        return True
    return bool(marks & {"sweep", "journey"}) and not deep


def _needs_read_committed(item: pytest.Item) -> str:
    """Why a test means nothing where each request is tried again; nothing if it means something."""
    if mark := item.get_closest_marker("read_committed"):
        return str(mark.args[0])
    return COUNTS if COUNTING & set(getattr(item, "fixturenames", ())) else ""


def on_sqlite() -> bool:
    return os.environ["DATABASE_URL"].startswith("sqlite")


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & FIXTURES_OF_THE_DATABASE)


def pytest_collection_finish() -> None:
    """Nothing loaded by now is ever garbage, so looking through it again and again is wasted time.

    A sixth of the processor time of whatever sends many requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing := os.environ.get(MISSING):
        terminalreporter.section("NOT EVERYTHING WAS TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(missing, red=True)
    if left_out := terminalreporter.config.stash.get(LEFT_OUT, None):
        terminalreporter.section("left out where each request is tried again")
        for reason, count in sorted(left_out.items()):
            terminalreporter.line(f"{count} that {reason}")


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
    folder = tempfile.mkdtemp(prefix="common-ground-sqlite-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TESTS_FOLDER"] = folder
    return "sqlite:///var/unused.sqlite3"  # tests/settings.py names another
