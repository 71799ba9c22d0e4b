"""What `manage.py metrics` reads of the database: how much waits there, and for how long.

None of it is about one person, and a label names nothing but a state, a kind or a standby.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, DurationField, ExpressionWrapper, Max, Min, Q
from django.db.models.functions import Now
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from accounts import queue
from accounts.maintenance import DEAD_AFTER
from accounts.models import Heartbeat, Letter

# A role that is no member of pg_read_all_stats sees each row, with nothing in it.
STANDBYS = """
    SELECT application_name, sync_state, extract(epoch FROM coalesce(replay_lag, interval '0')),
        pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)
    FROM pg_stat_replication WHERE application_name IS NOT NULL ORDER BY 1
"""
OF_A_STANDBY = ["standby", "sync"]

type Source = Callable[[], Iterator[Gauge]]


def letters() -> Iterator[Gauge]:
    """Mails that wait to be sent. A reminder may wait for the morning, so its age says nothing."""
    is_reminder = ~Q(by_day_in="")
    waiting = Letter.objects.aggregate(
        reminders=Count("pk", filter=is_reminder),
        others=Count("pk", filter=~is_reminder),
        oldest=_age(Min("written_at", filter=~is_reminder)),
    )
    counts = Gauge("common_ground_letters_waiting", "Mails that wait.", labels=["kind"])
    counts.add_metric(["reminder"], waiting["reminders"])
    counts.add_metric(["other"], waiting["others"])
    yield counts
    yield Gauge(
        "common_ground_oldest_letter_seconds",
        "How long the oldest mail has waited, reminders apart.",
        value=_seconds(waiting["oldest"]),
    )


def tasks() -> Iterator[Gauge]:
    """Tasks of the last day and those that wait, by state."""
    counts = Gauge(
        "common_ground_tasks", "Tasks by state; finished ones of a day.", labels=["state"]
    )
    for state, count in queue.count_by_state().items():
        counts.add_metric([state], count)
    yield counts


def workers() -> Iterator[Gauge]:
    """Workers that are alive, and when one was last seen."""
    seen = Heartbeat.objects.aggregate(
        alive=Count("pk", filter=Q(at__gt=Now() - DEAD_AFTER)), last=_age(Max("at"))
    )
    yield Gauge("common_ground_workers", "Workers that are alive.", value=seen["alive"])
    if seen["last"] is not None:
        yield Gauge(
            "common_ground_worker_heartbeat_seconds",
            "Time since a worker last showed that it is alive.",
            value=_seconds(seen["last"]),
        )


def replication() -> Iterator[Gauge]:
    """How far each standby is behind; nothing unless this is the primary of a PostgreSQL."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        if cursor.fetchone() == (True,):
            return
        cursor.execute(STANDBYS)
        rows = cursor.fetchall()
    seconds = Gauge(
        "common_ground_replication_lag_seconds", "How far behind in time.", labels=OF_A_STANDBY
    )
    size = Gauge(
        "common_ground_replication_lag_bytes", "How far behind in bytes.", labels=OF_A_STANDBY
    )
    for name, state, lag, behind in rows:
        seconds.add_metric([name, state], float(lag))
        size.add_metric([name, state], float(behind or 0))
    yield from (seconds, size)


def others() -> Iterator[Gauge]:
    """What other apps count."""
    for name, meaning, count in counts:
        yield Gauge(name, meaning, value=count())


counts: list[tuple[str, str, Callable[[], int]]] = []  # other apps add their own
SOURCES: tuple[Source, ...] = (letters, tasks, workers, replication, others)


class DatabaseCollector(Collector):
    """Asks the database at each look. Says that it is down if it does not answer."""

    def collect(self) -> Iterator[Gauge]:
        found: list[Gauge] = []
        up = 1
        try:
            for source in SOURCES:
                found += source()
        except DatabaseError:
            found, up = [], 0
        finally:
            connection.close()  # each look is a thread of its own
        yield Gauge("common_ground_database_up", "1 if the database answers.", value=up)
        yield from found

    def describe(self) -> Iterator[Gauge]:
        """Nothing, so that registering it asks nothing."""
        return iter(())


def _age(moment: Max | Min) -> ExpressionWrapper[Any]:
    """How long ago, by the clock of the database."""
    return ExpressionWrapper(Now() - moment, output_field=DurationField())


def _seconds(age: timedelta | None) -> float:
    return age.total_seconds() if age else 0.0
