"""Metrics: what a monitor is told, never on the address of the site, and about nobody."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

import pytest
import yaml
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from accounts import metrics
from accounts.management.commands.metrics import registry, unpublished
from accounts.models import Heartbeat, Letter
from boundaries.reminders.models import Reminder
from boundaries.vocabulary import ReminderKind, Side
from config import counting
from tests.conftest import Person
from tests.support.databases import free_port
from tests.support.hosted import Hosted

ROOT = Path(__file__).parent.parent
MONITORING = ROOT / "deploy/monitoring"
NAME = re.compile(r"common_ground_\w+")
# Every label that there is, and what it may say.
LABELS = {
    "kind": r"reminder|other",
    "le": r"[0-9.]+|\+Inf",
    "standby": r"\w+",  # the name of a server
    "state": r"ready|running|failed|successful",
    "status": r"[2-5]xx",
    "sync": r"\w+",
}
pytestmark = pytest.mark.django_db


def samples() -> dict[tuple[str, ...], float]:
    """What the database says, by the name and the labels of each value."""
    with mock.patch.object(connection, "close"):  # the test's own transaction is in it
        families = list(registry().collect())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_letters_are_counted_and_the_oldest_is_dated() -> None:
    kinds: list[dict[str, str]] = [
        {},
        {},
        {"by_day_in": "UTC", "unsubscribe": "https://example.org/off"},
    ]
    mail = {"sender": "hello@example.org", "recipient": "anna@example.org", "body": ""}
    Letter.objects.bulk_create(Letter(**mail, **kind) for kind in kinds)
    Letter.objects.filter(by_day_in="").update(written_at=timezone.now() - timedelta(hours=2))
    Letter.objects.exclude(by_day_in="").update(written_at=timezone.now() - timedelta(hours=9))

    found = samples()

    assert found["common_ground_letters_waiting", "other"] == 2
    assert found["common_ground_letters_waiting", "reminder"] == 1
    assert 7190 < found["common_ground_oldest_letter_seconds",] < 7290


def test_nothing_waits_at_first() -> None:
    nothing: dict[tuple[str, ...], float] = {
        ("common_ground_letters_waiting", "reminder"): 0,
        ("common_ground_letters_waiting", "other"): 0,
        ("common_ground_oldest_letter_seconds",): 0,
        ("common_ground_workers",): 0,
        ("common_ground_reminders_due",): 0,
    }
    for state in ("ready", "running", "failed", "successful"):
        nothing["common_ground_tasks", state] = 0

    assert samples() == nothing | {("common_ground_database_up",): 1}


def test_a_dead_worker_is_not_alive_and_was_last_seen() -> None:
    for name, ago in (("one", 5), ("another", 300)):
        Heartbeat.objects.create(worker=name, at=timezone.now() - timedelta(seconds=ago))

    found = samples()

    assert found["common_ground_workers",] == 1
    assert 4 < found["common_ground_worker_heartbeat_seconds",] < 60


def test_reminders_that_are_due_are_counted(alice: Person, bob: Person) -> None:
    couple = alice.seat.couple
    assert couple
    for side, when in ((Side.LEFT, -1), (Side.RIGHT, 1)):
        Reminder.objects.create(
            couple=couple,
            side=side,
            kind=ReminderKind.values[0],
            subject=alice.user.pk,
            due_at=timezone.now(),
            mail_at=timezone.now() + timedelta(hours=when),
        )

    assert samples()["common_ground_reminders_due",] == 1


def test_a_database_that_is_down_is_all_that_is_said() -> None:
    with mock.patch.object(metrics, "SOURCES", (metrics.letters, failing)):
        assert samples() == {("common_ground_database_up",): 0}


def failing() -> Iterator[Any]:
    raise OperationalError
    yield


@pytest.mark.once
def test_waits_for_a_connection_are_counted_once() -> None:
    counts = counting.PoolCounts()
    pool = mock.Mock()
    before = {
        counter: counter._value.get()
        for counter in (counting.pool_waits, counting.pool_wait_seconds)
    }
    with mock.patch.object(counting, "connection", mock.Mock(pool=pool)):
        for waits, milliseconds in ((2, 500), (3, 700), (3, 700)):
            pool.get_stats.return_value = {
                "requests_queued": waits,
                "requests_wait_ms": milliseconds,
            }
            counts.count()

    assert [counter._value.get() - then for counter, then in before.items()] == [
        3,
        pytest.approx(0.7),
    ]


@pytest.mark.once
def test_a_response_is_counted_by_its_first_digit_and_health_checks_are_not() -> None:
    def counted() -> list[float]:
        return [counting.responses.labels(status=f"{digit}xx")._value.get() for digit in (2, 4, 5)]

    before = counted()
    for path, status in (("/home/", 200), ("/home/", 404), ("/home/", 503), ("/healthz", 200)):
        answer = HttpResponse(status=status)
        counting.CountingMiddleware(mock.Mock(return_value=answer))(RequestFactory().get(path))

    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1]


@pytest.mark.once
@pytest.mark.parametrize("address", ["0.0.0.0", "8.8.8.8", "::"])  # noqa: S104
def test_an_address_that_others_reach_is_refused(address: str) -> None:
    with pytest.raises(CommandError):
        unpublished(address)


@pytest.mark.once
def test_without_an_address_nothing_is_served() -> None:
    with pytest.raises(CommandError, match="Set METRICS_ADDRESS"):
        call_command("metrics")
    with (
        mock.patch.object(site_settings, "METRICS_ADDRESS", ("127.0.0.1", 9)),
        socket.socket() as taken,
    ):
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site_settings.METRICS_ADDRESS = taken.getsockname()
        with pytest.raises(CommandError, match="METRICS_ADDRESS cannot be used"):
            call_command("metrics")


@pytest.mark.once
def test_the_site_itself_has_no_page_of_metrics(client: Client) -> None:
    for path in ("/metrics", "/metrics/", "/-/metrics", "/healthz/metrics"):
        assert client.get(path).status_code == 404, path


@pytest.mark.turns(4)
@pytest.mark.once
def test_two_web_processes_and_a_worker_are_added_up_and_nobody_is_named(tmp_path: Path) -> None:
    """The real thing: granian, a worker, `manage.py metrics`, and both forms of what it serves."""
    address = f"127.0.0.1:{free_port()}"
    more = {"METRICS_ADDRESS": address, "METRICS_FOLDER": str(tmp_path / "counts")}
    site = Hosted("http://localhost", tmp_path, more=more)
    exporter = subprocess.Popen(
        [sys.executable, "manage.py", "metrics"], cwd=ROOT, env=site.variables
    )
    try:
        for at in range(30):
            path = "help/" if at % 3 else "zqnowhere/anna@example.org"
            visit(f"http://127.0.0.1:{site.port}/{path}")
        # The worker beats when it starts, a moment after the site.
        text = eventually(address, "common_ground_workers 1.0")
    finally:
        exporter.terminate()
        exporter.wait(10)
        site.stop()

    families: list[Any] = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    values = {
        (one.name, *one.labels.values()): one.value for family in families for one in family.samples
    }
    assert values["common_ground_responses_total", "2xx"] == 20
    assert values["common_ground_responses_total", "4xx"] == 10
    assert values["common_ground_response_seconds_count",] == 30
    for family in families:
        for sample in family.samples:
            for name, value in sample.labels.items():
                assert re.fullmatch(LABELS[name], value), sample
    assert exporter.returncode == 0
    assert "zqnowhere" not in text
    assert named_by_the_rules() <= {name for name, *_ in values} | OF_A_CLUSTER


# What only the primary of a cluster has.
OF_A_CLUSTER = {"common_ground_replication_lag_seconds", "common_ground_replication_lag_bytes"}


def visit(url: str) -> None:
    request = Request(url, headers={"Host": "localhost"})  # noqa: S310
    with suppress(OSError):
        urlopen(request, timeout=10).close()  # noqa: S310


def eventually(address: str, text: str) -> str:
    """What is served, as OpenMetrics, as soon as this is in it."""
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    found = ""
    for _ in range(200):
        try:
            request = Request(f"http://{address}/metrics", headers=accept)
            with urlopen(request, timeout=5) as response:  # noqa: S310
                found = response.read().decode()
        except OSError:
            pass
        if text in found:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def named_by_the_rules() -> set[str]:
    """Every metric that an alert or a panel asks for."""
    return {name for text in expressions() for name in NAME.findall(text)}


def expressions() -> list[str]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    dashboard = json.loads((MONITORING / "grafana.json").read_text())
    return [
        *(rule["expr"] for group in groups for rule in group["rules"]),
        *(target["expr"] for panel in dashboard["panels"] for target in panel["targets"]),
    ]


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (apt install prometheus)")
def test_prometheus_reads_the_alerts_and_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{at}", "expr": text} for at, text in enumerate(expressions())]
    panels = tmp_path / "panels.yml"
    panels.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    for command in (
        ["check", "rules", str(MONITORING / "alerts.yml"), str(panels)],
        ["test", "rules", str(MONITORING / "alerts.test.yml")],
    ):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True)  # noqa: S607
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (apt install prometheus)")
def test_prometheus_finds_no_fault_in_the_names() -> None:
    with mock.patch.object(connection, "close"):
        text = generate_latest(registry())
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)  # noqa: S607

    assert (done.returncode, done.stdout) == (0, b""), done.stderr
