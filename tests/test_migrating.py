"""A migration takes as long as it needs, and gives way to whoever uses a table."""

from __future__ import annotations

import threading
import time
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.commands import migrate as djangos
from django.db import OperationalError, connection

from accounts.management.commands import migrate

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = "0008_language", "0009_letters_are_claimed"


def limits() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name LIKE '%_timeout'")
        found = dict(cursor.fetchall())
    return {name: found[name] for name in migrate.LIMITS}


def test_it_has_limits_of_its_own_and_takes_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    during: list[Any] = []
    usual = limits()
    monkeypatch.setattr(djangos.Command, "handle", lambda *args, **options: during.append(limits()))

    call_command("migrate", verbosity=0)

    assert during == [
        {
            "lock_timeout": "3000",
            "statement_timeout": "0",
            "idle_in_transaction_session_timeout": "0",
        }
    ]
    assert limits() == usual
    assert usual["statement_timeout"] == "10000"


def test_it_gives_way_to_whoever_uses_a_table_and_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(migrate.LIMITS, "lock_timeout", "200ms")
    monkeypatch.setattr(migrate, "RETRY_DELAY", 0.1)
    call_command("migrate", "accounts", BEFORE, verbosity=0)
    where, output = connection.settings_dict, StringIO()
    address = {"host": where["HOST"], "port": where["PORT"], "user": where["USER"]}
    with psycopg.connect(dbname=where["NAME"], **address) as reader:
        reader.execute("SELECT count(*) FROM accounts_letter")
        threading.Timer(1, reader.rollback).start()
        begun = time.monotonic()
        call_command("migrate", "accounts", AFTER, stdout=output)

    assert time.monotonic() - begun > 0.9
    assert "A table is in use. Trying again." in output.getvalue()
    call_command("migrate", verbosity=0)


def test_another_error_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail(*args: object, **options: object) -> None:
        tries.append(1)
        raise OperationalError

    monkeypatch.setattr(djangos.Command, "handle", fail)
    with pytest.raises(OperationalError):
        call_command("migrate", verbosity=0)
    assert tries == [1]
