"""The set-up does what the README promises, and names what is missing in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.db import connection
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bootstrap
from tests.support import browsers

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_versions_and_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_production_lock_is_a_part_of_the_development_lock() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[\w.]+", (ROOT / name).read_text(), re.M))

    assert pinned("requirements.txt") < pinned("requirements-dev.txt")


def test_the_tests_run_on_the_database_that_was_asked_for(pytestconfig: pytest.Config) -> None:
    """In every test process: tests on another database would prove nothing."""
    assert connection.vendor == pytestconfig.getoption("database")


def test_setting_up_again_changes_nothing() -> None:
    before = Path(bootstrap.STAMP).stat().st_mtime_ns

    done = subprocess.run([sys.executable, "bootstrap.py"], cwd=ROOT, capture_output=True)

    assert done.returncode == 0
    assert done.stdout + done.stderr == b""
    assert Path(bootstrap.STAMP).stat().st_mtime_ns == before


def test_without_a_suitable_python_the_set_up_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "is_current", lambda wanted: False)
    monkeypatch.setattr(bootstrap, "find_python", lambda: None)
    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)

    with pytest.raises(SystemExit) as stopped:
        bootstrap.main()

    assert "Python 3.12 or newer is missing" in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_changed_lock_is_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not bootstrap.is_current("another digest")


@pytest.mark.parametrize("target", ["run", "test", "demo", "check", "deep", "judges", "audit"])
def test_the_makefile_has_each_promised_target(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target],  # noqa: S607 whichever make is there
        cwd=ROOT,
        capture_output=True,
        env=os.environ,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("target", ["run", "try"])
@pytest.mark.parametrize("port", ["abc", "0", "70000", "80 80", ""])
def test_what_is_no_port_is_said_in_one_line(target: str, port: str) -> None:
    # As by hand, also where `make test` has started this test.
    by_hand = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["make", "--silent", target, f"PORT={port}"],  # noqa: S607 whichever make is there
        cwd=ROOT,
        env=by_hand,
        capture_output=True,
        text=True,
        timeout=60,
    )

    line, *of_make = done.stderr.splitlines()
    assert line == (
        f"A port is a number from 1 to 65535, so it can’t be “{port}”: make {target} PORT=8123"
    )
    assert [complaint.partition(":")[0] for complaint in of_make] == ["make"]
    assert done.returncode != 0


def test_the_readme_shows_a_demo_and_both_commands_each_in_a_block_of_its_own() -> None:
    blocks = re.findall(r"\n\n((?: {4}.+\n)+)\n", (ROOT / "README.md").read_text())
    commands = [block.strip() for block in blocks if block.startswith("    make ")]

    assert commands == ["make try", "make run", "make test"]


@pytest.mark.turns(3)
@pytest.mark.once
def test_make_deep_fails_and_names_a_missing_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    browsers.found.cache_clear()
    try:
        failed = browsers.main(browsers.FIREFOX, browsers.WEBKIT)
    finally:
        browsers.found.cache_clear()

    assert failed
    output = capsys.readouterr().out
    assert "no Firefox was found" in output
    assert "WebKitWebDriver or Xvfb is missing" in output

    journeys = ["-m", "pytest", "-q", "-n0", "--co", "--engine", "webkit", "tests/journeys"]
    done = subprocess.run(
        [sys.executable, *journeys], cwd=ROOT, capture_output=True, text=True, env={"PATH": ""}
    )
    assert done.returncode == 1
    assert "NOT TESTED IN A BROWSER: WebKitWebDriver or Xvfb is missing" in done.stdout


@pytest.mark.parametrize(
    ("lock", "with_development"), [("requirements.txt", False), ("requirements-dev.txt", True)]
)
def test_the_lock_has_what_pyproject_asks_for(lock: str, with_development: bool) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*declared["project"]["dependencies"]]
    wanted += declared["dependency-groups"]["dev"] if with_development else []
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / lock).read_text(), re.M))
    wrong = []
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            wrong.append(f"{requirement}: the lock has {version}")

    assert wrong == [], "Run `make lock`."
