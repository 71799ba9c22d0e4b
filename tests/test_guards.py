"""The patches of `make mutants` name tests that are there, and each says what it guards."""

from __future__ import annotations

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


def test_a_test_of_another_name_is_an_error() -> None:
    assert mutants.there("tests/test_guards.py::test_a_test_of_another_name_is_an_error")
    for name in (
        "tests/test_guards.py::test_of_another_name",
        "tests/test_guards.py::test_a_test_of_another_name_is_an_error[3]",
        "tests/no_such_file.py",
    ):
        with pytest.raises(LookupError):
            mutants.there(name)
