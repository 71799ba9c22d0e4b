"""While the database is away, frozen, full or read-only: a page of ours, at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts import clock
from config import readiness
from config.postgresql import base, clocks
from config.postgresql.base import is_outage
from config.postgresql.causes import CAUSES, Unreachable
from config.postgresql.reachability import Reachability
from tests.conftest import Person
from tests.test_refusals import is_ours

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@contextmanager
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the database had gone a moment ago."""
    reachability = Reachability()
    reachability.reached, reachability.outage = True, Unreachable(CAUSES[-3][1], "")
    connection.close()
    with monkeypatch.context() as patched:
        patched.setattr(base, "reachability", reachability)
        yield
    reachability.outage = None


@pytest.mark.parametrize("serializable", [True, False])
def test_a_request_is_refused_at_once_with_a_page_of_ours(
    alice: Person, monkeypatch: pytest.MonkeyPatch, settings: Any, serializable: bool
) -> None:
    settings.SERIALIZABLE = serializable
    browser = Client(raise_request_exception=False)
    browser.cookies = alice.client.cookies
    with outage(monkeypatch):
        for path in ("/home/", "/account/", "/no-such-page"):
            answer = browser.get(path)
            assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, path
            assert answer["Retry-After"] == "2"
            assert is_ours(answer.text)
        stranger = Client(raise_request_exception=False)
        statuses = {path: stranger.get(path).status_code for path in ("/", "/livez", "/readyz")}
    assert statuses == {"/": 200, "/livez": 200, "/readyz": 503}
    assert browser.get("/home/").status_code == HTTPStatus.OK  # nobody was signed out


ERRORS = {
    psycopg.OperationalError: True,  # the server has closed the connection, which has no code
    psycopg.InterfaceError: True,
    psycopg.errors.AdminShutdown: True,
    psycopg.errors.CannotConnectNow: True,
    psycopg.errors.DiskFull: True,
    psycopg.errors.TooManyConnections: True,
    psycopg.errors.IoError: True,
    psycopg.errors.ReadOnlySqlTransaction: True,
    psycopg.errors.QueryCanceled: False,
    psycopg.errors.LockNotAvailable: False,
    psycopg.errors.SerializationFailure: False,
    psycopg.errors.UniqueViolation: False,
    psycopg.ProgrammingError: False,
    ValueError: False,
}


@pytest.mark.parametrize(("kind", "expected"), ERRORS.items())
def test_an_error_of_an_outage_is_told_from_others(kind: type[Exception], expected: bool) -> None:
    wrapped = OperationalError()
    wrapped.__cause__ = kind()

    assert is_outage(wrapped) is expected


def test_a_site_whose_database_takes_no_writes_is_not_ready() -> None:
    client = Client()
    assert client.get("/readyz").content == b"ok\n"
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    try:
        answers = {path: client.get(path) for path in ("/readyz", "/healthz", "/livez")}
    finally:
        connection.close()

    assert [answer.status_code for answer in answers.values()] == [503, 503, 200]
    assert answers["/readyz"].content == b"not ready\n"
    assert answers["/readyz"]["Retry-After"]
    assert client.get("/readyz").status_code == 200


def test_a_check_of_readiness_needs_space_on_the_disk() -> None:
    """A sort that spills over into a file, which a limit on such files refuses like a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET temp_file_limit = '64kB'")
    try:
        assert Client().get("/readyz").status_code == 503
    finally:
        connection.close()


@pytest.mark.read_committed("count what one try does")
def test_many_who_ask_write_once_a_second(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness._LastCheck, "at", -1000.0)
    settings.READINESS_INTERVAL = 60
    Client().get("/readyz")
    with connection.execute_wrapper(_refuse):
        assert Client().get("/readyz").status_code == 200
    settings.READINESS_INTERVAL = 0
    with connection.execute_wrapper(_refuse):
        assert Client().get("/readyz").status_code == 503


def _refuse(*args: Any) -> Any:
    raise OperationalError


@pytest.fixture
def clock_of_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.GOES_BY_DATABASE_CLOCK = True
    monkeypatch.setattr(clocks, "last", clocks._Comparison())
    yield
    clock.ahead = 0.0
    connection.close()


@pytest.mark.parametrize("minutes", [40, -40])
def test_a_wrong_clock_signs_nobody_out(
    alice: Person, clock_of_database: None, minutes: int, caplog: pytest.LogCaptureFixture
) -> None:
    alice.client.get("/home/")
    caplog.set_level(logging.WARNING, "config.postgresql")
    wrong = timezone.now() + timedelta(minutes=minutes)
    with time_machine.travel(wrong):
        connection.close()  # the next request finds out
        answer = alice.client.get("/home/")

        assert answer.status_code == HTTPStatus.OK
        assert clock.ahead == pytest.approx(-60 * minutes, abs=5)
    logged = [record.msg for record in caplog.records if "postgresql" in record.name]
    assert logged == ["this host has another time than the database"]


def test_without_that_it_would(alice: Person) -> None:
    alice.client.get("/home/")
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        connection.close()
        assert alice.client.get("/home/").status_code == HTTPStatus.FOUND


def test_one_host_with_a_wrong_clock_asks_who_one_is_as_the_others_do(
    alice: Person, clock_of_database: None
) -> None:
    """What one host writes into a session, another reads."""
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        connection.close()
        alice.client.get("/home/")
        written = alice.client.session["seen"]
    cache.clear()
    assert abs(written - timezone.now().timestamp()) < 60


def test_a_small_difference_is_none(clock_of_database: None) -> None:
    connection.close()
    connection.ensure_connection()

    assert clock.ahead == 0.0
