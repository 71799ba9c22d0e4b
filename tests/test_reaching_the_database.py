"""A database that cannot be reached is named with the reason, at start and later."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from config.postgresql import base, patience
from config.postgresql.base import DatabaseWrapper
from config.postgresql.causes import UNKNOWN, Unreachable, cause_of, explained
from config.postgresql.reachability import Reachability
from tests.support import databases
from tests.test_settings import CANARY, GOOD, ROOT, assert_no_part_of, read

pytestmark = pytest.mark.postgresql
WORDS = CANARY  # a password, which must never be shown


@pytest.fixture(scope="module")
def server() -> Iterator[databases.Server]:
    """A separate server, where one role needs a password and another is always refused."""
    found = databases.binaries()
    assert found
    server = databases.Server(found)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE anna LOGIN PASSWORD '{WORDS}'")
        connection.execute("CREATE ROLE barred LOGIN")
        connection.execute("CREATE DATABASE ground OWNER anna")
        connection.execute("CREATE ROLE outsider LOGIN")
        connection.execute("REVOKE CONNECT ON DATABASE ground FROM PUBLIC")
        rules = (
            "host all postgres,outsider all trust",
            "host all anna,nobody all scram-sha-256",
            "local all all trust",
        )
        (server.folder / "data" / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        connection.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # the server reloads its rules with a delay
        try:
            psycopg.connect(
                host="127.0.0.1", port=server.port, user="barred", dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            break
    yield server
    server.stop()


def environment(server: databases.Server, **changes: str) -> dict[str, str]:
    parts = {
        "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(server.port), "DATABASE_USER": "anna",
        "DATABASE_PASSWORD": WORDS, "DATABASE_NAME": "ground", "DATABASE_POOL_SIZE": "0",
    }  # fmt: skip
    without = {name: value for name, value in GOOD.items() if name != "DATABASE_URL"}
    return without | parts | changes


def wrapper(environment: dict[str, str]) -> DatabaseWrapper:
    """A connection as the settings describe it for this environment."""
    settings = read(dict(environment))
    assert isinstance(settings, dict), settings
    defaults: dict[str, Any] = {
        "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "TIME_ZONE": None,
        "TEST": {},
    }  # fmt: skip
    return DatabaseWrapper(defaults | settings["DATABASES"]["default"], "reaching")


# Wrong variables, the expected message, and the variable to check.
CASES = [
    ({"DATABASE_PASSWORD": f"{WORDS}x"}, "refuses the user or the password", "DATABASE_PASSWORD"),
    ({"DATABASE_PASSWORD": ""}, "refuses the user or the password", "DATABASE_PASSWORD"),
    ({"DATABASE_USER": "nobody"}, "refuses the user or the password", "DATABASE_USER"),
    ({"DATABASE_USER": "barred"}, "pg_hba.conf", "DATABASE_SSLMODE"),
    ({"DATABASE_USER": "outsider"}, "may not use the database", "DATABASE_USER"),
    ({"DATABASE_NAME": "nowhere"}, "no database of this name", "DATABASE_NAME"),
    ({"DATABASE_HOST": "nowhere.invalid"}, "host is not found", "DATABASE_HOST"),
    ({"DATABASE_PORT": "1"}, "nothing answers", "DATABASE_PORT"),
    ({"DATABASE_SSLMODE": "require"}, "no encrypted connection", "DATABASE_SSLMODE"),
    ({"DATABASE_HOST": "/nowhere"}, "no socket", "DATABASE_HOST"),
]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reachability]:
    """As in a process that has just started."""
    reachability = Reachability()
    monkeypatch.setattr(base, "reachability", reachability)
    yield reachability
    reachability.outage = None  # which ends its thread


def test_each_reason_is_named_with_the_variable_to_check(
    server: databases.Server, fresh: Reachability
) -> None:
    reach(wrapper(environment(server))).close()
    for changes, message, variable in CASES:
        fresh.outage = None
        with pytest.raises(Unreachable) as raised:
            reach(wrapper(environment(server, **changes)))
        line = str(raised.value)
        assert message in line, changes
        assert variable in line.rpartition("Check")[2]
        assert "\n" not in line
        assert_no_part_of(WORDS, line)


def test_messages_of_servers_and_poolers_are_understood() -> None:
    understood = {
        'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "a", no encryption': "pg_hba",
        "FATAL:  the database system is starting up": "starting",
        "FATAL:  sorry, too many clients already": "taken",
        "FATAL:  remaining connection slots are reserved for roles with SUPERUSER": "taken",
        'could not translate host name "db" to address: Name or service not known': "not found",
        "connection timeout expired": "in time",
        'server certificate for "a" does not match host name "b"': "encrypted",
        'root certificate file "/x" does not exist': "encrypted",
        "SSL error: certificate verify failed": "encrypted",
        "FATAL:  unsupported startup parameter in options: lock_timeout": "PgBouncer",
        "FATAL:  unsupported startup parameter: options": "PgBouncer",
        "FATAL:  no such user: a": "password",
        "FATAL:  no such database: a": "no database",
        "received invalid response to SSL negotiation: H": "something else",
        "SSL error: unexpected eof\nexpected authentication request from server, but received S": (
            "something else"
        ),
        'connection to server at "tls.example" (1.2.3.4), port 1 failed: Connection refused': (
            "nothing answers"
        ),
        'connection to server at "db", port 1 failed: FATAL:  database "ssl" does not exist': (
            "no database"
        ),
        "FATAL:  server login has been failing, try again later (server_login_retry)": "starting",
    }
    for message, expected in understood.items():
        assert expected in cause_of(psycopg.OperationalError(message)).what, message
    foreign = explained(psycopg.OperationalError("FATAL: Zugriff verweigert\nDETAIL: x"), WORDS)
    assert foreign.cause == UNKNOWN
    assert "Zugriff verweigert DETAIL: x" in str(foreign)


def test_no_gap_in_a_message_reveals_a_password() -> None:
    message = 'FATAL:  password authentication failed for user "anna"'
    for password in ("password", "anna", message[:12], "a"):
        line = str(explained(psycopg.OperationalError(message), password))
        assert "it refuses the user or the password. Check DATABASE_USER" in line
        assert "•" not in line


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import config.wsgi"],
        ["manage.py", "migrate"],
        ["manage.py", "work"],
        ["manage.py", "check", "--database", "default"],
    ],
)
def test_nothing_starts_without_its_database_and_all_say_why(
    server: databases.Server, command: list[str]
) -> None:
    done = run(environment(server, DATABASE_PASSWORD=f"{WORDS}x", DATABASE_POOL_SIZE="4"), *command)

    (line,) = (line for line in done.stderr.splitlines() if line.startswith("Common Ground"))
    assert done.returncode == 1
    assert (
        "cannot start: the database cannot be reached: it refuses the user or the password" in line
    )
    assert "Traceback" not in done.stderr
    assert_no_part_of(WORDS, done.stderr + done.stdout)


def test_commands_without_a_database_do_not_connect(server: databases.Server) -> None:
    done = run(environment(server, DATABASE_PORT="1"), "manage.py", "findstatic", "css/base.css")

    assert done.returncode == 0, done.stderr


def test_a_site_waits_for_a_database_that_is_still_starting(server: databases.Server) -> None:
    stop(server)
    command = [sys.executable, "-c", "import config.wsgi"]
    with subprocess.Popen(
        command, cwd=ROOT, env=whole(environment(server)), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            assert any("waiting for the database" in line for line in process.stderr)
            server.start_again()
            assert process.wait(30) == 0
        finally:
            process.kill()
            server.start_again()


@pytest.mark.parametrize("pool_size", ["0", "1"])
def test_an_outage_is_logged_once_with_its_reason(
    server: databases.Server, pool_size: str, caplog: pytest.LogCaptureFixture, fresh: Reachability
) -> None:
    fresh.reached = True
    connection = wrapper(environment(server, DATABASE_POOL_SIZE=pool_size))
    give_back(reach(connection))
    caplog.set_level(logging.WARNING, "config.postgresql")
    stop(server)
    try:
        for _ in range(3):
            with pytest.raises(Unreachable, match="nothing answers at its host and port"):
                reach(connection)
    finally:
        server.start_again()
    wait_for(connection)
    connection.close_pool()

    events = [
        (record.msg, getattr(record, "what", ""))
        for record in caplog.records
        if "config" in record.name
    ]
    assert events == [
        ("the database cannot be reached", "nothing answers at its host and port"),
        ("the database can be reached again", ""),
    ]


def test_a_pool_without_a_free_connection_says_so(
    server: databases.Server, fresh: Reachability, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "POOL_PATIENCE", 0.5)
    connection = wrapper(environment(server, DATABASE_POOL_SIZE="1"))
    connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 0.2
    taken = reach(connection)
    with pytest.raises(Unreachable, match="all connections of this process are in use"):
        reach(connection)
    give_back(taken)
    connection.close_pool()


def test_a_site_is_back_within_a_second_or_two_of_its_database(
    server: databases.Server, fresh: Reachability
) -> None:
    """psycopg's pool alone would wait 1, 2, 4, 8 … seconds between its attempts."""
    connection = wrapper(environment(server, DATABASE_POOL_SIZE="2"))
    give_back(reach(connection))
    stop(server)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        reach(connection)
    first = time.monotonic()
    time.sleep(4)
    again = time.monotonic()
    with pytest.raises(Unreachable, match="nothing answers"):
        reach(connection)
    refused = time.monotonic()
    server.start_again()
    started = time.monotonic()
    wait_for(connection)
    back = time.monotonic()
    connection.close_pool()

    assert first - begun < 2
    assert refused - again < 0.1
    assert back - started < 2


def test_a_connection_that_just_answered_is_not_asked_again_unless_the_server_ended_it(
    server: databases.Server, fresh: Reachability, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    ask = ConnectionPool.check_connection

    def check_connection(one: Any) -> None:
        asked.append(one)
        ask(one)

    monkeypatch.setattr(ConnectionPool, "check_connection", check_connection)
    connection = wrapper(environment(server, DATABASE_POOL_SIZE="1"))
    first = reach(connection)
    first.execute("SELECT 1")
    pid = first.info.backend_pid
    give_back(first)
    asked.clear()
    give_back(reach(connection))
    assert asked == []

    with psycopg.connect(server.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])
    replaced = reach(connection)
    assert asked[0] is first
    assert replaced.execute("SELECT pg_backend_pid() <> %s", [pid]).fetchone() == (True,)

    asked.clear()
    give_back(replaced)
    monkeypatch.setattr(patience, "FRESH", 0.0)
    give_back(reach(connection))
    connection.close_pool()
    assert asked == [replaced]


@pytest.mark.parametrize("pool_size", ["0", "2"])
def test_a_frozen_database_blocks_nobody_for_long(
    server: databases.Server, fresh: Reachability, pool_size: str
) -> None:
    connection = wrapper(environment(server, DATABASE_POOL_SIZE=pool_size))
    busy = reach(connection)
    give_back(reach(connection))
    took = []
    with server.frozen():
        waits: list[Callable[[], Any]] = [
            lambda: busy.execute("SELECT 1"),
            lambda: reach(connection).execute("SELECT 1"),
        ]
        for wait in waits:
            begun = time.monotonic()
            with pytest.raises(psycopg.OperationalError):
                wait()
            took.append(time.monotonic() - begun)
    wait_for(connection)
    connection.close_pool()

    assert max(took) < 2.5, took
    assert busy.closed


def test_a_slow_statement_is_not_taken_for_a_frozen_database(
    server: databases.Server, fresh: Reachability
) -> None:
    connection = reach(wrapper(environment(server)))

    assert connection.execute("SELECT 1 FROM pg_sleep(2.2)").fetchone() == (1,)
    connection.close()


def test_a_statement_ends_even_behind_a_pooler_that_still_answers(
    server: databases.Server, fresh: Reachability, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience.PatientConnection, "limit", 1.2)
    connection = reach(wrapper(environment(server)))

    begun = time.monotonic()
    with pytest.raises(patience.NoAnswer):
        connection.execute("SELECT 1 FROM pg_sleep(9)")
    assert time.monotonic() - begun < 3


def test_another_engine_is_refused_in_one_line(
    server: databases.Server, fresh: Reachability
) -> None:
    """CockroachDB, for one, speaks the language of PostgreSQL at an address like postgres://…"""
    for version, expected in {
        "CockroachDB CCL v25.2.1 (x86_64)": "another engine than PostgreSQL",
        "PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64": "another engine than PostgreSQL",
    }.items():
        with psycopg.connect(server.url, dbname="ground", autocommit=True) as other:
            other.execute("CREATE SCHEMA other AUTHORIZATION anna")
            other.execute(
                f"CREATE FUNCTION other.version() RETURNS text LANGUAGE sql RETURN '{version}'"
            )
            other.execute("GRANT USAGE ON SCHEMA other TO anna")
            other.execute("ALTER ROLE anna SET search_path = other, pg_catalog, public")
            try:
                done = run(environment(server), "-c", "import config.wsgi")
            finally:
                other.execute("ALTER ROLE anna RESET search_path")
                other.execute("DROP SCHEMA other CASCADE")
        assert expected in done.stderr
        assert done.returncode == 1


def test_missing_time_limits_are_warned_about(server: databases.Server) -> None:
    for pooler, missing in (("none", ""), ("pgbouncer", ", ".join(base.TIME_LIMITS))):
        done = run(environment(server, DATABASE_POOLER=pooler), "-c", "import config.wsgi")
        assert done.returncode == 0, done.stderr
        assert ("sets no time limit" in done.stderr) == bool(missing)
        assert missing in done.stderr


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=whole(environment), capture_output=True, text=True
    )


def whole(environment: dict[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"} | environment


def stop(server: databases.Server) -> None:
    server.process.send_signal(signal.SIGINT)
    server.process.wait(20)


def reach(connection: DatabaseWrapper) -> Any:
    """Connect as Django does."""
    return connection.get_new_connection(connection.get_connection_params())


def give_back(taken: Any) -> None:
    """Connect through its pool, or directly."""
    pool = getattr(taken, "_pool", None)
    pool.putconn(taken) if pool else taken.close()


def wait_for(connection: DatabaseWrapper) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            return give_back(reach(connection))
        except Unreachable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
