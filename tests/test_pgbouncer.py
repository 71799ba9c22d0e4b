"""The site behind PgBouncer in transaction mode, where the connection may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.conftest import PASSWORD, Person, row_of
from tests.support import poolers
from tests.support.poolers import Pooler
from tests.test_settings import GOOD, ROOT, read

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(poolers.found() is None, reason=poolers.HOW_TO_GET_ONE),
]
LIMITS = {
    "lock_timeout": "300ms", "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}  # fmt: skip


@pytest.fixture
def pooler(db: None) -> Iterator[Pooler]:
    folder = Path(tempfile.mkdtemp(prefix="common-ground-pgbouncer-"))
    pooler = Pooler(int(connection.settings_dict["PORT"]), folder)
    yield pooler
    pooler.stop()
    shutil.rmtree(folder)


@pytest.fixture
def limits(transactional_db: None) -> Iterator[None]:
    """As docs/install.md says, the database itself sets the time limits."""
    change(*(f"SET {name} = '{value}'" for name, value in LIMITS.items()))
    yield
    change(*(f"RESET {name}" for name in LIMITS))


def change(*acts: str) -> None:
    where = connection.settings_dict
    with direct() as other:
        for act in acts:
            other.execute(f'ALTER ROLE "{where["USER"]}" IN DATABASE "{where["NAME"]}" {act}')


def direct() -> psycopg.Connection[Any]:
    where = connection.settings_dict
    return psycopg.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"],
        autocommit=True,
    )  # fmt: skip


def environment(pooler: Pooler, **more: str) -> dict[str, str]:
    return GOOD | {"DATABASE_URL": pooler.url(connection.settings_dict["NAME"])} | more


@pytest.fixture
def through_it(pooler: Pooler, limits: None) -> Iterator[None]:
    """Django's own connection is made as the settings say for a PgBouncer."""
    settings = read(dict(environment(pooler, DATABASE_POOLER="pgbouncer", DATABASE_POOL_SIZE="2")))
    assert isinstance(settings, dict), settings
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings["DATABASES"]["default"])
    with psycopg.connect(pooler.url(before["NAME"])) as other:  # so that it opens a second one
        other.execute("SELECT 1")
        connection.ensure_connection()
        connection.cursor().execute("SELECT 1")
    yield
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


def test_without_the_setting_it_is_named_as_the_reason(pooler: Pooler) -> None:
    done = start(environment(pooler))

    assert done.returncode == 1
    assert "Check DATABASE_POOLER=pgbouncer" in done.stderr


def test_with_the_setting_it_starts_and_warns_only_of_missing_limits(pooler: Pooler) -> None:
    assert "sets no time limit" in start(environment(pooler, DATABASE_POOLER="pgbouncer")).stderr

    change(*(f"SET {name} = '{value}'" for name, value in LIMITS.items()))
    try:
        pooler.forget_connections()
        done = start(environment(pooler, DATABASE_POOLER="pgbouncer"))
    finally:
        change(*(f"RESET {name}" for name in LIMITS))

    assert done.returncode == 0, done.stderr
    assert "sets no time limit" not in done.stderr


def test_people_sign_in_save_and_seal(
    alice: Person, bob: Person, deck: Deck, through_it: None
) -> None:
    email = alice.user.email
    EmailAddress.objects.create(user=alice.user, email=email, verified=True, primary=True)
    client = Client()
    signing_in = {"login": email, "password": PASSWORD}
    assert client.post(reverse("account_login"), signing_in).status_code == 302
    behaviour = deck.behaviours[0]
    servers = set()
    for stance in (Stance.ACCEPTABLE, Stance.UNSURE, Stance.UNACCEPTABLE) * 2:
        fields = {"seen": row_of(alice, behaviour).version, "partners": stance, "mine": stance}
        saved = client.post(reverse("answers-answer", args=[behaviour]), fields)
        assert saved.status_code == 302
        assert sheets.own_sheet(alice.seat, deck).row(behaviour).answer.mine == stance
        servers |= {server_and_prepared() for _ in range(2)}
    look = answers.sheet_version(alice.seat, sheets.own_sheet(alice.seat, deck))
    client.post(f"/decks/{deck.id}/seal/", {"seen": look})
    assert sheets.own_sheet(alice.seat, deck).sealed
    assert len(list(User.objects.all().iterator(chunk_size=1))) == 2
    assert len({pid for pid, _ in servers}) == 2
    assert {prepared for _, prepared in servers} == {0}


def server_and_prepared() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), count(*) FROM pg_prepared_statements")
        pid, prepared = cursor.fetchone()
    return pid, prepared


def test_nobody_waits_for_a_lock_for_long(alice: Person, deck: Deck, through_it: None) -> None:
    behaviour = deck.behaviours[0]
    fields = {"seen": row_of(alice, behaviour).version, "partners": "unsure", "mine": "unsure"}
    with direct() as holder, holder.transaction():
        holder.execute("SELECT 1 FROM boundaries_seat FOR UPDATE")
        with pytest.raises(OperationalError, match="lock timeout"):
            alice.client.post(reverse("answers-answer", args=[behaviour]), fields)

    assert alice.client.post(reverse("answers-answer", args=[behaviour]), fields).status_code == 302


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
    )
