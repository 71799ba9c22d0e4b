"""Serves what a monitor asks for, on an address of its own that visitors cannot reach."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.metrics import DatabaseCollector


class Command(BaseCommand):
    """It reads the counts of the web processes as well, if it shares METRICS_FOLDER with them."""

    help = "Serve metrics in the form of OpenMetrics, at METRICS_ADDRESS, until a signal stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.METRICS_ADDRESS is None:
            raise CommandError("Set METRICS_ADDRESS, for example to 127.0.0.1:9464.")
        host, port = settings.METRICS_ADDRESS
        stopped = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stopped.set())
        try:
            server, thread = start_http_server(port, unpublished(host), registry())
        except OSError as why:
            raise CommandError(f"METRICS_ADDRESS cannot be used: {why.strerror}.") from why
        stopped.wait()
        server.shutdown()
        thread.join(timeout=5)


def registry() -> CollectorRegistry:
    """What is served: what the database says, and what the web processes have counted."""
    found = CollectorRegistry()
    found.register(DatabaseCollector())
    if settings.METRICS_FOLDER:
        found.register(WebCollector())
    return found


class WebCollector:
    """The counts of all web processes of this machine, also of those that have ended."""

    def collect(self) -> Any:
        try:
            counts: Any = MultiProcessCollector(None, settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
            return counts.collect()
        except ValueError:  # there is no folder before the site has started
            return []

    def describe(self) -> list[Any]:
        """Nothing, so that registering it reads nothing."""
        return []


def unpublished(host: str) -> str:
    """The address of a host. Raises CommandError if other networks could reach it."""
    addresses = {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    for address in sorted(addresses):
        number = ipaddress.ip_address(address)
        if number.is_unspecified or not number.is_private:
            raise CommandError("METRICS_ADDRESS must belong to this machine or its own network.")
    return sorted(addresses)[0]
