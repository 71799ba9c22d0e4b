"""The patches of `make mutants` apply, name tests that are there, and say what they guard."""

from __future__ import annotations

import shutil

import pytest

from tests.mutants import __main__ as mutants


def test_every_patch_names_tests_that_are_there() -> None:
    wrong = []
    for path in sorted(mutants.FOLDER.glob("*.patch")):
        try:
            mutants.read(path)
        except LookupError as error:
            wrong.append(f"{path.name}: {error}")

    assert wrong == []
    assert len(mutants.every()) >= 76


@pytest.mark.skipif(shutil.which("patch") is None, reason="`patch` is not installed")
def test_every_patch_still_applies() -> None:
    tried = {
        mutant.name: mutants.apply(mutant, mutants.ROOT, "--dry-run") for mutant in mutants.every()
    }

    assert {name: done.stdout for name, done in tried.items() if done.returncode} == {}


def test_a_test_of_another_name_is_an_error() -> None:
    assert mutants.there("tests/test_guards.py::test_a_test_of_another_name_is_an_error")
    for name in (
        "tests/test_guards.py::test_of_another_name",
        "tests/test_guards.py::test_a_test_of_another_name_is_an_error[3]",
        "tests/no_such_file.py",
    ):
        with pytest.raises(LookupError):
            mutants.there(name)
