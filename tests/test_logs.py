"""The log says what happened, with pseudonyms, and contains nobody's content."""

from __future__ import annotations

import ast
import importlib
import io
import json
import logging
import pkgutil
import traceback
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.conf import settings as site_settings
from django.db import DataError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.tasks import Task
from django.test import Client, RequestFactory
from django.urls import reverse

import accounts
import boundaries
from accounts.pseudonyms import pseudonym
from accounts.sessions import SessionStore
from accounts.tasks import TaskFailed
from accounts.tasks import task as quiet_task
from config import logs
from tests.conftest import PASSWORD, Person
from tests.test_authorisation import copied, signed_up

ROOT = Path(__file__).parent.parent
WORD = "zqintimate"
FIELDS = {"time", "level", "logger", "event", "at", "request", "error", *logs.FIELDS}


class Log:
    """All lines of any level, except from templates, which are silenced."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = [json.loads(line) for line in self.text.splitlines()]
        assert all(set(line) <= FIELDS for line in lines)
        return lines

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def of(self, name: str, *fields: str) -> list[tuple[Any, ...]]:
        """The lines of one logger, reduced to these fields."""
        return [
            tuple(line.get(field) for field in fields)
            for line in self.lines
            if line["logger"] == name
        ]


@pytest.fixture
def log() -> Iterator[Log]:
    found, root = Log(), logging.getLogger()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(logs.JsonLineFormatter())
    named = [
        logger for logger in root.manager.loggerDict.values() if isinstance(logger, logging.Logger)
    ]
    levels = {logger: logger.level for logger in (root, *named) if logger.name != "django.template"}
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


def test_a_request_is_one_line(alice: Person, log: Log) -> None:
    alice.client.get(f"/home/?note={WORD}", headers={"X-Request-ID": WORD, "User-Agent": WORD})
    alice.client.get("/home/")

    first, second = (line for line in log.lines if line["logger"] == "config.logs")
    assert first.keys() == {
        "time", "level", "logger", "event", "request", "method", "route", "status", "took",
    }  # fmt: skip
    assert first | {"time": "", "request": "", "took": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "config.logs",
        "event": "answered",
        "request": "",
        "method": "GET",
        "route": "home",
        "status": 200,
        "took": "",
    }
    assert datetime.fromisoformat(first["time"]).utcoffset() is not None
    assert first["request"] != second["request"]
    assert WORD not in log.text


GIVEN = "5f3a9c-given-by-a-proxy"


@pytest.mark.parametrize(("trusted", "given", "taken"), [
    ("", GIVEN, False),  # by whoever sent it
    ("HTTP_X_REQUEST_ID", GIVEN, True),
    ("HTTP_X_REQUEST_ID", "short", False),
    ("HTTP_X_REQUEST_ID", f"{GIVEN}, {GIVEN}", False),  # a proxy that hands on what came
    ("HTTP_X_REQUEST_ID", f"{GIVEN}<b>", False),
    ("HTTP_X_REQUEST_ID", "x" * 65, False),
    ("HTTP_X_NUMBER", GIVEN, False),
])  # fmt: skip
def test_a_trusted_proxys_number_of_a_request_is_taken_over(
    alice: Person, log: Log, settings: Any, trusted: str, given: str, taken: bool
) -> None:
    settings.TRUSTED_REQUEST_ID = trusted

    response = alice.client.get("/home/", headers={"X-Request-ID": given})

    (line,) = (line for line in log.lines if line["logger"] == "config.logs")
    assert response.headers["X-Request-ID"] == line["request"]
    assert (line["request"] == given) == taken
    if not taken:
        assert len(line["request"]) == 16
        assert given not in log.text


def test_every_response_bears_its_number_even_a_failure_and_a_file(client: Client) -> None:
    for path, status in (("/", 200), ("/nowhere/", 404), ("/robots.txt", 200), ("/home/", 302)):
        response = client.get(path)
        assert response.status_code == status
        assert len(response.headers["X-Request-ID"]) == 16, path


def test_a_log_line_reveals_neither_the_talk_nor_its_people(alice: Person, log: Log) -> None:
    path = "/talks/7a1c0000-0000-4000-8000-000000000001/"
    alice.client.get(path)

    assert log.of("config.logs", "route", "status") == [("talks-talk", 404)]
    assert "7a1c0000" not in log.text


@pytest.mark.django_db
def test_no_input_can_forge_a_log_line(log: Log) -> None:
    forged = f"/{WORD}%0d%0a%7b%22level%22:%22INFO%22%7d%1b[31m\u2028"
    for method in ("GET", "BREW\x1b[31m", "POST"):
        Client().generic(method, forged, headers={"Host": f"{WORD}\r\n{WORD}"})
    Client().get("/", headers={"Cookie": f"sessionid={WORD}", "Referer": f"http://{WORD}/\n"})

    assert all(line.isprintable() and line.isascii() for line in log.text.split("\n"))
    assert len(log.lines) == len(log.text.splitlines())
    assert WORD not in log.text
    assert ("another", 400) in log.of("config.logs", "method", "status")


def breaks(*args: Any, **options: Any) -> None:
    try:
        raise ValueError(f"a value: {WORD}")
    except ValueError as error:
        raise DataError(f"in a statement: {WORD}") from error


def test_an_error_is_logged_with_its_kind_and_place(
    alice: Person, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.NameForm", breaks)

    page = copied(alice.client).post(reverse("account-name"), {"first_name": WORD})

    (line,) = (line for line in log.lines if "error" in line)
    last, first = line["error"]
    assert (last["kind"], first["kind"]) == ("django.db.utils.DataError", "builtins.ValueError")
    assert any(place.startswith("accounts/views.py:") for place in last["at"])
    assert first["at"][-1].endswith("breaks")
    assert [line] == [line for line in log.lines if line["level"] == "ERROR"]
    assert (line["event"], line["status"], line["logger"]) == ("failed", 500, "config.logs")
    assert page.status_code == 500
    assert line["request"] in page.text
    assert WORD not in log.text


def test_a_fault_of_the_log_itself_is_logged_by_django(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_log", breaks)

    Client(raise_request_exception=False).get("/healthz")

    (line,) = (line for line in log.lines if line["level"] == "ERROR")
    assert line["logger"] == "django.request"
    assert line["error"][0]["kind"] == "django.db.utils.DataError"


def test_an_error_is_logged_while_the_database_is_down(alice: Person, log: Log) -> None:
    def down(*args: Any, **options: Any) -> None:
        raise OperationalError(f"no connection to the host {WORD}")

    with pytest.MonkeyPatch.context() as patch:
        for way in ("ensure_connection", "cursor", "connect"):
            patch.setattr(BaseDatabaseWrapper, way, down)
        page = copied(alice.client).get("/home/")

    assert page.status_code == 500
    assert log.of("config.logs", "event", "route", "status") == [("failed", "home", 500)]
    assert [line["error"][0]["kind"] for line in log.lines if "error" in line] == [
        "django.db.utils.OperationalError"
    ]
    assert WORD not in log.text


def test_messages_of_libraries_are_left_out(log: Log) -> None:
    for name in ("django.db.backends", "psycopg.pool", "allauth.account.stages", "django.template"):
        logging.getLogger(name).warning("SELECT '%s'", WORD)
        logging.getLogger(name).debug(f"SELECT '{WORD}'", extra={"account": WORD, "event": WORD})

    assert len(log.lines) == 7
    assert all("tests/test_logs.py:" in line["at"] for line in log.lines)
    assert WORD not in log.text


def attack(who: Person, settings: Any) -> None:
    """An attacker tries to sign in, and then changes credentials."""
    settings.ACCOUNT_RATE_LIMITS = {"try_code_signed_out": "1/h/ip"}
    outside = Client(REMOTE_ADDR="203.0.113.77")
    signing_in = {"login": who.user.email, "password": PASSWORD}
    for _ in range(2):
        outside.post(reverse("joining-enter"), {"code": WORD})
    outside.post(reverse("account_login"), signing_in | {"password": WORD})
    outside.post(reverse("account_login"), signing_in)
    copied(outside, checks=True).post(reverse("account-name"), {"first_name": WORD})
    new = {"oldpassword": PASSWORD, "password1": f"another {WORD}", "password2": f"another {WORD}"}
    outside.post(reverse("account_change_password"), new)
    outside.post(reverse("account_logout"))


@pytest.mark.read_committed("count what one try does")
def test_what_an_attack_leaves_behind_is_in_the_log(db: None, log: Log, settings: Any) -> None:
    alice = signed_up("Alice")
    hers = pseudonym(alice.user.pk)
    log.stream.truncate(0)
    log.stream.seek(0)

    id = alice.user.pk
    attack(alice, settings)
    alice.user.delete()

    lines = [
        (line["level"], line["event"], line.get("route") or line.get("way") or line.get("what"))
        for line in log.lines
        if line["logger"] == "accounts.events" or (line["level"] == "WARNING" and "event" in line)
    ]
    assert lines == [
        ("WARNING", "refused", "joining-enter"),
        ("WARNING", "an attempt to show who one is has failed", "account_login"),
        ("INFO", "showed who they are", "password"),
        ("INFO", "signed in", None),
        ("WARNING", "refused", "account-name"),
        ("WARNING", "a way in was changed", "password changed"),
        ("INFO", "signed out", None),
        ("WARNING", "account deleted", None),
    ]
    marks = [line["account"] for line in log.lines if "account" in line]
    assert set(marks) == {hers}
    assert len(marks) == 6
    for secret in (WORD, alice.user.email, str(id), id.hex, "203.0.113"):
        assert secret not in log.text
    assert "Alice" not in log.text


def test_adding_and_removing_a_second_step_is_logged(db: None, log: Log) -> None:
    alice = signed_up("Alice")
    request = RequestFactory().post("/")
    request.session, request.user = SessionStore(), alice.user
    kind = Authenticator.Type.TOTP
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        factor = Authenticator(user=alice.user, type=kind, data={"secret": WORD})
        signal.send(Authenticator, request=request, user=alice.user, authenticator=factor)

    changes = [what for (what,) in log.of("accounts.events", "what") if what]
    assert changes == ["factor added", "factor removed", "factor reset"]
    assert WORD not in log.text


def test_a_pseudonym_reveals_nothing_without_the_key(settings: Any) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    first = pseudonym(one)
    assert first == pseudonym(str(one)) != pseudonym(other)
    assert len(first) == 16

    settings.SECRET_KEY = "another" * 10
    assert pseudonym(one) != first


@pytest.mark.once
def test_a_failed_task_stores_no_content(log: Log) -> None:
    with pytest.raises(TaskFailed) as raised:
        quiet_task(breaks).call(WORD)

    assert WORD not in "".join(traceback.format_exception(raised.value))
    assert WORD not in log.text
    assert log.of("accounts.tasks", "event", "task") == [("a task failed", "breaks")]


def modules() -> Iterator[ModuleType]:
    for package in (accounts, boundaries):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in found.name and not found.name.endswith("child"):
                yield importlib.import_module(found.name)


@pytest.mark.once
def test_every_task_is_one_of_those() -> None:
    quiet = quiet_task(breaks).func.__code__
    tasks = {
        task.module_path: task.func.__code__
        for module in modules()
        for task in vars(module).values()
        if isinstance(task, Task)
    }

    assert "accounts.outbox.post" in tasks
    assert {path for path, code in tasks.items() if code is not quiet} == set()


@pytest.mark.once
def test_what_our_own_modules_log_is_a_fixed_text() -> None:
    paths = []
    for path in [*ROOT.glob("accounts/**/*.py"), *ROOT.glob("boundaries/**/*.py"),
                 *ROOT.glob("config/**/*.py")]:  # fmt: skip
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"logger", "logging", "log"}
                and node.func.attr in LEVELS
            ):
                paths.append(path)
                assert len(node.args) == 1, path
                assert isinstance(node.args[0], ast.Constant), path
                assert {keyword.arg for keyword in node.keywords} <= {"extra"}, path

    assert len(paths) > 8


LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


@pytest.mark.once
def test_a_server_writes_such_lines_and_nothing_else_writes_any() -> None:
    settings: Any = site_settings
    assert settings.LOGGING["handlers"] == {
        "console": {"class": "logging.StreamHandler", "formatter": "json"}
    }
    assert settings.LOGGING["formatters"]["json"] == {"()": "config.logs.JsonLineFormatter"}
    for text in ((ROOT / "Dockerfile").read_text(), (ROOT / "docs/install.md").read_text()):
        assert "granian" in text
        assert "--access-log " not in text  # granian's own, with addresses and paths
