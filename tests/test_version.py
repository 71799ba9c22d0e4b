"""`manage.py version` says what runs, and keeps quiet about everything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

ROOT = Path(__file__).parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
DATABASES = {"sqlite": r"SQLite 3\.\d+\.\d+", "postgresql": r"PostgreSQL \d+\.\d+"}


@pytest.mark.django_db
def test_it_says_four_versions(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("version")

    program, python, django, database = capsys.readouterr().out.splitlines()
    assert program == f"Common Ground {VERSION}"
    assert re.fullmatch(r"Python 3\.\d+\.\d+\w* on \w+", python)
    assert re.fullmatch(r"Django 6\.\d+(\.\d+)?", django)
    assert re.fullmatch(DATABASES[connection.vendor], database)


def test_the_command_is_ours_and_not_djangos() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "version"],
        env=os.environ | {"DEBUG": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith(f"Common Ground {VERSION}\n")


def test_it_works_in_a_clone_without_any_setting() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "version"],
        env={},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    program, rest = done.stdout.splitlines()
    assert program == f"Common Ground {VERSION}"
    assert rest.startswith("Nothing else is known: Common Ground cannot start: SECRET_KEY")


def test_it_works_while_the_database_cannot_be_reached(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise DatabaseError("password=secret host=db.example.org")

    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(connection, "cursor", refuse)

    call_command("version")

    words = capsys.readouterr().out
    assert words.startswith(f"Common Ground {VERSION}\n")
    assert words.endswith("PostgreSQL, which cannot be reached\n")


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    versions = [heading for heading in headings if heading != "[Unreleased]"]

    assert re.fullmatch(rf"\[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d", versions[0])
