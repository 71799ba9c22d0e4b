"""A worker runs tasks; those of a killed worker are run by another one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Now
from django.tasks import TaskResultStatus, default_task_backend
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import maintenance, queue
from accounts.models import Heartbeat
from tests.support.relays import Relay
from tests.support.slow import slow_once
from tests.test_outdated_statements import columns_get_another_type

BY_THE_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def worker(settings: object, tmp_path: Path) -> Iterator[Start]:
    """Starts real workers on the database of this test, which log into one file."""
    started: list[subprocess.Popen[bytes]] = []
    where = connection.settings_dict
    log = (tmp_path / "log").open("ab")

    def start(port: object = where["PORT"]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "TASKS": "database",
                "LOG_LEVEL": "INFO",  # as on a server
                "DATABASE_POOL_SIZE": "2",
                "DATABASE_URL": f"postgres://{where['USER']}@{where['HOST']}:{port}"
                f"/{where['NAME']}",
            },
            stderr=log,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
    log.close()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_killed_worker_is_queued_again(
    worker: Start, tmp_path: Path, settings: object
) -> None:
    marker = tmp_path / "begun"
    settings.TASKS = BY_THE_WORKER  # type: ignore[attr-defined]
    task = slow_once.enqueue(str(marker))
    first = worker()
    wait_until(marker.exists)

    first.send_signal(signal.SIGKILL)
    first.wait()
    Heartbeat.objects.update(at=Now() - 2 * maintenance.DEAD_AFTER)
    second = worker()
    wait_until(lambda: _status(task.id) == TaskResultStatus.SUCCESSFUL)

    assert default_task_backend.get_result(task.id).return_value == "taken up again"
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=10) == 0
    assert not Heartbeat.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_logs_that_it_started_and_stopped_and_no_line_besides(
    worker: Start, tmp_path: Path, settings: object
) -> None:
    settings.TASKS = BY_THE_WORKER  # type: ignore[attr-defined]
    (tmp_path / "begun").touch()  # so that it is not slow
    task = slow_once.enqueue(str(tmp_path / "begun"))
    one = worker()
    wait_until(lambda: _status(task.id) == TaskResultStatus.SUCCESSFUL)

    one.send_signal(signal.SIGTERM)

    assert one.wait(timeout=10) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    events = [(line["level"], line.get("event")) for line in lines]
    assert events == [("INFO", "worker started"), ("INFO", "worker stopped")]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_working_after_a_migration(
    worker: Start, tmp_path: Path, settings: object
) -> None:
    settings.TASKS = BY_THE_WORKER  # type: ignore[attr-defined]
    first = worker()
    wait_until(Heartbeat.objects.exists)
    time.sleep(5)  # it polls every second, so its query would be prepared by now

    with columns_get_another_type():
        task = slow_once.enqueue(str(tmp_path / "begun"))
        (tmp_path / "begun").touch()  # so that it is not slow
        wait_until(lambda: _status(task.id) == TaskResultStatus.SUCCESSFUL or first.poll())

    assert first.poll() is None
    assert _status(task.id) == TaskResultStatus.SUCCESSFUL


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_a_database_that_is_away_and_goes_on(
    worker: Start, tmp_path: Path, settings: object
) -> None:
    settings.TASKS = BY_THE_WORKER  # type: ignore[attr-defined]
    (tmp_path / "begun").touch()  # so that it is not slow
    relay = Relay(int(connection.settings_dict["PORT"]))
    first = worker(relay.port)
    wait_until(Heartbeat.objects.exists)

    relay.cut()
    time.sleep(7)
    assert first.poll() is None
    relay.join()
    task = slow_once.enqueue(str(tmp_path / "begun"))
    wait_until(lambda: _status(task.id) == TaskResultStatus.SUCCESSFUL, 5)

    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=10) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(line["level"], line.get("event")) for line in lines] == [
        ("INFO", "worker started"),
        ("ERROR", "the database cannot be reached"),
        ("WARNING", "the database can be reached again"),
        ("INFO", "worker stopped"),
    ]


@pytest.mark.django_db
def test_a_task_of_a_living_worker_is_left_alone() -> None:
    maintenance.beat("alive")
    task = _running("alive")

    assert maintenance.free_orphans() == 0

    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


@pytest.mark.django_db
def test_a_task_that_crashes_workers_is_given_up() -> None:
    task = _running(*["dead"] * queue.MAX_TRIES)

    maintenance.free_orphans()

    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_a_worker_is_healthy_while_its_heartbeat_is_recent() -> None:
    assert not maintenance.is_any_worker_alive()

    maintenance.beat("somebody")
    assert maintenance.is_any_worker_alive()

    Heartbeat.objects.update(at=Now() - maintenance.DEAD_AFTER)
    assert not maintenance.is_any_worker_alive()


@pytest.mark.django_db
def test_expired_rows_are_deleted() -> None:
    lapsed = Session.objects.create(
        session_key="a" * 32, session_data="", expire_date=timezone.now() - timedelta(days=1)
    )
    kept = Session.objects.create(
        session_key="b" * 32, session_data="", expire_date=timezone.now() + timedelta(days=1)
    )

    maintenance.delete_expired()

    assert list(Session.objects.all()) == [kept]
    assert lapsed.session_key != kept.session_key


def _running(*workers: str) -> DBTaskResult[..., Any]:
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="tests.support.slow.slow_once",
        worker_ids=list(workers),
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path="",
        traceback="",
    )


def _status(task_id: str) -> str:
    return DBTaskResult.objects.values_list("status", flat=True).get(pk=task_id)


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
