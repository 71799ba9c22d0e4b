"""Removes one guard after another from a copy of the source, and runs the test that must notice.

`python -m tests.mutants [NAME ...]`, or `make mutants`. Each guard is a patch in this folder, and
its header says what is guarded, and which tests must fail without it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parent.parent.parent
FOLDER = Path(__file__).parent
PROCESSES = 2
SQLITE = "sqlite"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider")
ALSO_BY_NIGHT = ("-m", "deep or not deep")
NOTICED, PASSED = 1, 0  # exit codes of pytest
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class Outcome(StrEnum):
    CAUGHT = "caught"
    NOT_CAUGHT = "NOT CAUGHT: no test fails without this guard"
    DOES_NOT_APPLY = "DOES NOT APPLY: the source has changed, so the patch must be written again"
    FAILS_ANYWAY = "NOT KNOWN: its tests fail with the guard in place"
    DOES_NOT_RUN = "NOT KNOWN: its tests do not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A patch that removes one guard."""

    path: Path
    guard: str
    tests: tuple[str, ...]
    database: str
    by_night: bool  # whether `make test` leaves its test to the nightly run
    files: tuple[str, ...]  # that it changes

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Result:
    mutant: Mutant
    outcome: Outcome
    details: str


def main(*names: str) -> int:
    """0 if every guard is noticed by its test."""
    mutants = [mutant for mutant in every() if not names or mutant.name in names]
    if shutil.which("patch") is None:
        print("`patch` is missing. Install it (on Debian: apt install patch).")
        return 2
    with copies(PROCESSES) as free, ThreadPoolExecutor(PROCESSES) as pool:
        failing = failing_anyway(mutants, free)

        def tried(mutant: Mutant) -> Result:
            copy = free.get()
            try:
                return try_out(mutant, copy, failing[mutant.database])
            finally:
                free.put(copy)

        results = []
        for result in pool.map(tried, mutants):
            results.append(result)
            if result.outcome != Outcome.CAUGHT:
                print(f"{result.mutant.name}: {result.outcome}\n{result.details}".rstrip())
    caught = sum(result.outcome == Outcome.CAUGHT for result in results)
    by_night = sum(mutant.by_night for mutant in mutants)
    print(f"{caught} of {len(mutants)} caught, {by_night} of these by the nightly run alone.")
    return 0 if mutants and caught == len(mutants) else 1


def every() -> list[Mutant]:
    return [read(path) for path in sorted(FOLDER.glob("*.patch"))]


def read(path: Path) -> Mutant:
    """Raises LookupError for a patch without a guard, a test or a changed file."""
    header, _, diff = path.read_text().partition("\n--- ")
    fields = defaultdict(list)
    for line in header.splitlines():
        name, _, value = line.partition(": ")
        fields[name].append(value)
    files = tuple(re.findall(r"^\+\+\+ b/(\S+)", diff, re.MULTILINE))
    if not (fields["Guard"] and fields["Test"] and files):
        raise LookupError(f"{path.name} has no guard, no test or no change")
    return Mutant(
        path=path,
        guard=fields["Guard"][0],
        tests=tuple(map(by_its_name_now, fields["Test"])),
        database=(fields["Database"] or [SQLITE])[0],
        by_night=fields["When"] == ["night"],
        files=files,
    )


def by_its_name_now(test: str) -> str:
    """A test, or all of its file if none there has this name any more."""
    file, _, name = test.partition("::")
    function = name.partition("[")[0]
    if function and f"def {function}(" not in (ROOT / file).read_text():
        print(f"{test} has another name by now: running all of {file}.")
        return file
    return test


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """Copies of the source as it is now, also of what is not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory(prefix="common-ground-mutants-") as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            copy = Path(folder, str(number))
            for name in names.split("\0"):
                if name and (ROOT / name).is_file():
                    (copy / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, copy / name)
            (copy / "var").mkdir(exist_ok=True)
            free.put(copy)
        yield free


def failing_anyway(mutants: list[Mutant], free: SimpleQueue[Path]) -> dict[str, set[str]]:
    """The tests that fail in the source as it is, by database: they cannot notice anything."""
    copy = free.get()
    failing: dict[str, set[str]] = defaultdict(set)
    for database in sorted({mutant.database for mutant in mutants}):
        for by_night in (False, True):
            where = (database, by_night)
            those = [each for each in mutants if (each.database, each.by_night) == where]
            tests = sorted({test for each in those for test in each.tests})
            if tests:
                failing[database] |= set(FAILED.findall(run(copy, tests, *where).stdout))
    free.put(copy)
    return failing


def try_out(mutant: Mutant, copy: Path, failing: set[str]) -> Result:
    patch = ["patch", "-p1", "--fuzz=3", "--forward", "--quiet", "--no-backup-if-mismatch"]
    with mutant.path.open() as diff:
        applied = subprocess.run(
            [*patch, "--reject-file=-"], cwd=copy, stdin=diff, capture_output=True, text=True
        )
    try:
        if applied.returncode:
            return Result(mutant, Outcome.DOES_NOT_APPLY, applied.stdout + applied.stderr)
        found = run(copy, [*mutant.tests], mutant.database, mutant.by_night)
        noticed = set(FAILED.findall(found.stdout)) - failing
        if found.returncode == NOTICED and noticed:
            return Result(mutant, Outcome.CAUGHT, "")
        if found.returncode == NOTICED:
            return Result(mutant, Outcome.FAILS_ANYWAY, ", ".join(mutant.tests))
        if found.returncode == PASSED:
            return Result(mutant, Outcome.NOT_CAUGHT, f"{mutant.guard} {', '.join(mutant.tests)}")
        return Result(mutant, Outcome.DOES_NOT_RUN, (found.stdout + found.stderr)[-2000:])
    finally:
        for name in mutant.files:  # with its old time, so that what was compiled of it still holds
            shutil.copy2(ROOT / name, copy / name)


def run(
    copy: Path, tests: list[str], database: str, by_night: bool
) -> subprocess.CompletedProcess[str]:
    command = [*PYTEST, *(ALSO_BY_NIGHT if by_night else ()), "--database", database, *tests]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
