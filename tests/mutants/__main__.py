"""Removes one guard after another from a copy of the source, and runs the test that must notice.

`python -m tests.mutants [NAME ...]`, or `make mutants`. Each guard is a patch in this folder, and
its header says what is guarded, and which tests must fail without it. It also plants the leaks of
tests/privacy/leaks*.py, which the twin worlds must notice; `leaks` as a name does so alone.
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
LEAKS = "leaks"  # as a name: those that tests/privacy plants
PLANTED = "deep and planted_leak or planted_leak"  # also what is for the night
NOTICED, PASSED, NOTHING_RAN = 1, 0, 5  # exit codes of pytest
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
    """0 if every guard is noticed by its test, and every planted leak by the twin worlds."""
    known = {mutant.name: mutant for mutant in every()}
    if unknown := set(names) - known.keys() - {LEAKS}:
        print(f"There is no {', '.join(sorted(unknown))}.")
        return 2
    if shutil.which("patch") is None:
        print("`patch` is missing. Install it (on Debian: apt install patch).")
        return 2
    mutants = [mutant for mutant in known.values() if not names or mutant.name in names]
    caught = [try_all(mutants)] if mutants else []
    if not names or LEAKS in names:
        caught.append(try_leaks())
    return 0 if all(caught) else 1


def try_all(mutants: list[Mutant]) -> bool:
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
    caught = [result.mutant for result in results if result.outcome == Outcome.CAUGHT]
    by_night = sum(mutant.by_night for mutant in caught)
    print(f"{len(caught)} of {len(mutants)} patches caught:", end=" ")
    print(f"{len(caught) - by_night} by `make test`, {by_night} by the nightly run alone.")
    return len(caught) == len(mutants)


def try_leaks() -> bool:
    """Plants each leak of tests/privacy/leaks*.py in turn: at run time, so it needs no copy."""
    command = [*PYTEST, "-n", str(PROCESSES), "--dist", "worksteal", "-rA", "-m", PLANTED]
    found = subprocess.run(
        [*command, "tests/privacy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    todays = subprocess.run(
        [*PYTEST, "--collect-only", "--daily", "-m", "planted_leak", "tests/privacy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    caught = re.findall("^PASSED ", found.stdout, re.MULTILINE)
    missed = FAILED.findall(found.stdout)
    for test in missed:
        print(f"NOT CAUGHT: {test}")
    if found.returncode not in (NOTICED, PASSED):
        print((found.stdout + found.stderr)[-2000:])
    by_day = len(re.findall("^tests/.*::", todays.stdout, re.MULTILINE))
    print(f"{len(caught)} of {len(caught) + len(missed)} planted leaks caught, each by the nightly")
    print(f"run; {by_day} of them have their turn in `make test` today, others tomorrow.")
    return bool(caught) and found.returncode == PASSED


def every() -> list[Mutant]:
    return [read(path) for path in sorted(FOLDER.glob("*.patch"))]


def read(path: Path) -> Mutant:
    """Raises LookupError for a patch without a guard, a test that is there, or a changed file."""
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
        tests=tuple(map(there, fields["Test"])),
        database=(fields["Database"] or [SQLITE])[0],
        by_night=fields["When"] == ["night"],
        files=files,
    )


def there(test: str) -> str:
    """The test, if its file has one of this name. Raises LookupError if not."""
    file, _, function = test.partition("::")
    path = ROOT / file
    if not path.is_file() or (function and f"def {function}(" not in path.read_text()):
        raise LookupError(f"{test} is not there: its name has changed, or it has parameters")
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
            tests = sorted(
                {
                    test
                    for mutant in mutants
                    if (mutant.database, mutant.by_night) == where
                    for test in mutant.tests
                }
            )
            if tests:
                failing[database] |= set(FAILED.findall(run(copy, tests, *where).stdout))
    free.put(copy)
    return failing


def try_out(mutant: Mutant, copy: Path, failing: set[str]) -> Result:
    applied = apply(mutant, copy)
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


def apply(mutant: Mutant, source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    patch = ["patch", "-p1", "--fuzz=3", "--forward", "--quiet", "--no-backup-if-mismatch"]
    with mutant.path.open() as diff:
        return subprocess.run(
            [*patch, "--reject-file=-", *options],
            cwd=source,
            stdin=diff,
            capture_output=True,
            text=True,
            check=False,
        )


def run(
    copy: Path, tests: list[str], database: str, by_night: bool
) -> subprocess.CompletedProcess[str]:
    """These tests, without what is for the night; with it if it is by night, or else nothing runs.

    A test may have its turn in `make test` on another day.
    """
    for marks in (ALSO_BY_NIGHT,) if by_night else ((), ALSO_BY_NIGHT):
        command = [*PYTEST, *marks, "--database", database, *tests]
        found = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        if found.returncode != NOTHING_RAN:
            break
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
