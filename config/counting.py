"""Counts requests and waits for the database, for `manage.py metrics` to read.

Each process counts in files of its own in METRICS_FOLDER (the multi-process mode of
prometheus-client), so the counts of all are added up elsewhere, on an address that no visitor
reaches. No count says who asked, or for what: on a site of two, a count by route would say that.

django-prometheus 2.5 refuses Django 6.1, serves its page on the public port, and counts by view.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from config.logs import DURATION_LIMITS, POLLED_ROUTES

if settings.METRICS_FOLDER:  # which the settings have named to prometheus_client
    os.makedirs(settings.METRICS_FOLDER, mode=0o700, exist_ok=True)
responses = Counter(
    "common_ground_responses", "Responses by the first digit of their status.", ["status"]
)
took = Histogram(
    "common_ground_response_seconds", "How long a response took.", buckets=DURATION_LIMITS
)
pool_waits = Counter("common_ground_pool_waits", "Requests that waited for a connection.")
pool_wait_seconds = Counter("common_ground_pool_wait_seconds", "How long they waited, together.")
pool_failures = Counter("common_ground_pool_failures", "Requests that got no connection.")
for digit in range(2, 6):
    responses.labels(status=f"{digit}xx")  # from the start, so that the first failure is a rise


class CountingMiddleware:
    """Counts each response. The outermost, so that none is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pool = PoolCounts()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = self.get_response(request)
        # What is asked every few seconds would hide how others fare. Its paths are its names.
        if request.path_info.removeprefix("/") not in POLLED_ROUTES:
            responses.labels(status=f"{response.status_code // 100}xx").inc()
            took.observe(time.monotonic() - started)
        self.pool.count()
        return response


class PoolCounts:
    """Adds what this process's pool of connections has counted since the last time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.counted: dict[str, int] = {}

    def count(self) -> None:
        pool = getattr(connection, "pool", None)  # none on SQLite, and without DATABASE_POOL_SIZE
        if pool is None:
            return
        with self.lock:
            now: dict[str, int] = pool.get_stats()
            pool_waits.inc(self._more(now, "requests_queued"))
            pool_wait_seconds.inc(self._more(now, "requests_wait_ms") / 1000)
            pool_failures.inc(self._more(now, "requests_errors"))
            self.counted = now

    def _more(self, now: dict[str, int], name: str) -> int:
        return max(0, now.get(name, 0) - self.counted.get(name, 0))
