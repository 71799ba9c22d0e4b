"""The new code starts on what the version before has left: its tables, sessions and tasks.

tests/dumps holds a couple of the version whose last migration was 0016, made by its own code and
dumped by SQLite and PostgreSQL, under the keys of tests/support/environment.py. Alice and Bob are
signed in. They have opened a deck, talk, propose and agree; a letter to Bob and a copy of his data
wait for the worker.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

DUMPS = Path(__file__).parent / "dumps"
SESSIONS = {
    "sqlite": {
        "Alice": "i80l44k670e8mtibi4awf623432hrukn",
        "Bob": "s9z6k672cvbc27dujkcjttel811yxdu2",
    },
    "postgresql": {
        "Alice": "cu8g3lwwhogjpbk8j2h4tc6rk6mmt4c1",
        "Bob": "5dmur8b9yu4p4xxvkobobcgf9wfhb4te",
    },
}
# What is not there for these two, whatever the version.
MISSING = {
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("mfa_remove_webauthn", "mfa_edit_webauthn", "joining-offer"),
    *("therapist-sheet-pdf-a4", "therapist-sheet-pdf-letter"),
    *("leaving-copy-a4", "leaving-copy-letter", "leaving-copy-data"),
    # What that version did not know yet.
    *("check-ins-calendar", "check-ins-finished", "journal-entry", "journal-to-talk"),
    *("repair-about", "repair-show", "repair-closing"),
}
SHOWN = {
    "home": "Alice",
    "questions-own": "Long calls",
    "comparison": "Alice",
    "talks-talk": "I feel lonely.",
    "agreements": "Whoever does it: fine for us.",
    "visibility": "I feel lonely.",
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """A database of its own that holds the dump. Gives its URL."""
    dump = (DUMPS / f"0016.{connection.vendor}.sql").read_text()
    if connection.vendor == "sqlite":
        path = tmp_path / "before.sqlite3"
        with closing(sqlite3.connect(path)) as before:
            before.executescript(dump)
        yield f"sqlite:///{path}"
        return
    where = connection.settings_dict
    server = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}"
    name = f"before_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        with psycopg.connect(f"{server}/{name}", autocommit=True) as loaded:
            lines = (line for line in dump.splitlines() if not line.startswith("\\"))
            loaded.execute("\n".join(lines))
        yield f"{server}/{name}"
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def test_everything_of_the_version_before_is_there(database: str) -> None:
    found = read_with_the_new_code(database)

    assert found["tasks"] == [
        ["accounts.mail.post", "SUCCESSFUL"],
        ["boundaries.exporting.make", "SUCCESSFUL"],
    ]
    for who in ("Alice", "Bob"):
        statuses = found[who]["statuses"]
        assert {name for name, status in statuses.items() if status >= 400} == MISSING
        assert len(statuses) > 80
    texts = found["Bob"]["texts"]
    assert {name: shown for name, shown in SHOWN.items() if shown not in texts[name]} == {}
    assert found["Alice"]["data"] is None  # she has asked for none
    data = found["Bob"]["data"]
    assert data["pairing"]["partner"] == "Alice"
    assert [(sheet["deck"], len(sheet["answers"])) for sheet in data["sheets"]] == [
        ("essentials", 4)
    ]
    assert [understanding["behaviour"] for understanding in data["understandings"]["agreed"]] == [
        "a2"
    ]
    kept = [words["words"] for talk in data["talks"] for words in talk["not_handed_over"]]
    assert kept == [{"words": "Not handed over."}]


def read_with_the_new_code(database: str) -> Any:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.upgraded", json.dumps(SESSIONS[connection.vendor])],
        env={**os.environ, "DATABASE_URL": database, "TASKS": "database"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])
