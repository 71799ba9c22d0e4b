"""The new code starts on what the version before has left: its tables, sessions and tasks.

tests/dumps holds a couple of version 0.2.0, and somebody from before, made by its own code with
tests/support/left_behind.py, and dumped by SQLite and PostgreSQL 15. Alice and Bob are signed in,
and have done all that could be done; a letter to Bob and a copy of his data wait for the worker.
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
        "Alice": "1aqvd8tvqk4i3zb32ibz9gqr8swg2ntu",
        "Bob": "2htnsmn5aacsf6oha0f56zq2ncnljqd2",
    },
    "postgresql": {
        "Alice": "29f3vp54sj9wyl1kvrm3sjxb35by4asd",
        "Bob": "pnjd5c3aixxegk9nlnq8pr9toha0pqde",
    },
}
# What is not there for these two, whatever the version.
MISSING = {
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("joining-offer", "agreements-entry"),
    *("leaving-copy-a4", "leaving-copy-letter", "leaving-copy-data"),
    # What that version did not know yet.
    *("check-ins-calendar", "check-ins-finished"),
    *("repair-about", "repair-show", "repair-closing"),
}
# The same, where Alice is first asked who she is. Bob has just signed in.
BEHIND_A_DOOR = {
    *("mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("journal-entry", "journal-to-talk"),
}
# Words of tests/support/lives.py; A is Alice, B is Bob.
SHOWN = {
    "home": {"Alice"},
    "questions-own": {"zqAzqput-forwardzq", "zqBzqput-forwardzq"},
    "answers-history": {"zqBzqnotezq", "zqBzqother-wordszq"},
    "comparison": {"zqAzqnotezq", "zqBzqnotezq"},
    "talks-talk": {"zqAzqsaidzq", "zqBzqsaidzq", "zqBzqdraftzq"},
    "agreements": {"zqAzqagreedzq", "zqBzqagreedzq", "zqBzqproposedzq"},
    "visibility": {"zqAzqagreedzq", "zqBzqsaidzq", "zqBzqset-asidezq"},
}


# What asks for no database of ours is taken to be the same on each, and left out on PostgreSQL.
@pytest.fixture
def database(django_db_setup: None, tmp_path: Path) -> Iterator[str]:
    """A database of its own that holds the dump. Gives its URL."""
    dump = (DUMPS / f"0.2.0.{connection.vendor}.sql").read_text()
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
        ["accounts.outbox.post", "SUCCESSFUL"],
        ["boundaries.leaving.data_export.make", "SUCCESSFUL"],
    ]
    for who, missing in (("Alice", MISSING), ("Bob", MISSING | BEHIND_A_DOOR)):
        statuses = found[who]["statuses"]
        assert {name for name, status in statuses.items() if status >= 400} == missing
        assert len(statuses) > 100
    texts = found["Bob"]["texts"]
    assert {
        name: absent
        for name, words in SHOWN.items()
        if (absent := {word for word in words if word not in texts[name]})
    } == {}
    assert found["Alice"]["data"] is None  # she has asked for none
    data = found["Bob"]["data"]
    assert data["pairing"]["partner"] == "Alice"
    assert [(sheet["deck"], len(sheet["answers"])) for sheet in data["sheets"]] == [
        ("essentials", 13),
        ("opting-in", 0),
        ("own", 1),
    ]
    assert [understanding["behaviour"] for understanding in data["understandings"]["agreed"]] == [
        "b4",
        "d1",
    ]
    kept = [words["words"] for talk in data["talks"] for words in talk["not_handed_over"]]
    assert kept == [{"keep": "zqBzqdraftzq", "give": ""}]


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
