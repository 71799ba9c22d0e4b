"""The worker: runs tasks, and maintenance such as requeuing those of dead workers."""

from __future__ import annotations

import logging
import threading
import uuid
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection

from accounts import maintenance, queue

ROUND_INTERVAL = timedelta(seconds=10)

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """One thread does maintenance, the other runs tasks until a signal stops it."""

    help = "Run the tasks of the site (mails), and see to what a dead worker left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--healthy",
            action="store_true",
            help="only say by the exit code whether a worker has shown itself lately",
        )

    def handle(self, *args: Any, healthy: bool = False, **options: Any) -> None:
        if healthy:
            if not maintenance.is_any_worker_alive():
                raise CommandError("no worker has shown itself lately")
            return
        disable_prepared_statements()
        self.check(tags=[Tags.database], databases=["default"])
        name = uuid.uuid4().hex
        stop = threading.Event()
        keeper = threading.Thread(target=_maintain, args=(name, stop), daemon=True)
        keeper.start()
        logger.info("worker started")
        try:
            queue.run_tasks(name)
        finally:
            stop.set()
            keeper.join(timeout=5)
            maintenance.sign_off(name)
            logger.info("worker stopped")


def disable_prepared_statements() -> None:
    """After a migration a prepared statement fails once, and a failed task is not run again."""
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["prepare_threshold"] = None


def _maintain(name: str, stop: threading.Event) -> None:
    while True:
        close_old_connections()
        maintenance.run_round(name)
        if stop.wait(ROUND_INTERVAL.total_seconds()):
            close_old_connections()
            return
