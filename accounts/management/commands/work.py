"""The worker: sends mails, runs tasks, and does maintenance."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
)

from accounts import maintenance, queue
from accounts.posting import Postman

ROUND_INTERVAL = timedelta(seconds=10)
RETRY_DELAY = 0.5  # seconds, while the database is away
PAUSE = 5.0  # seconds, while it takes no writes
LAST_MAILS = 100  # seconds for mails that are under way; what stops it must wait longer

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """One thread does maintenance, some send mails, one runs tasks until a signal stops it."""

    help = "Send the site's mails, run its tasks, and see to what a dead worker left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--healthy",
            action="store_true",
            help="only say by the exit code whether a worker is alive and mails go out",
        )

    def handle(self, *args: Any, healthy: bool = False, **options: Any) -> None:
        if healthy:
            return _look()
        disable_prepared_statements()
        self.check(tags=[Tags.database], databases=["default"])
        name = uuid.uuid4().hex
        stop, postman = threading.Event(), Postman(name)
        keeper = threading.Thread(target=_maintain, args=(name, postman, stop), daemon=True)
        keeper.start()
        postman.start()
        logger.info("worker started")
        try:
            _run_tasks(name)
        finally:
            postman.stop(LAST_MAILS)
            stop.set()
            keeper.join(timeout=5)
            with suppress(DatabaseError, InterfaceError):
                maintenance.sign_off(name)
            logger.info("worker stopped")


def _look() -> None:
    if not maintenance.is_any_worker_alive():
        raise CommandError("no worker has shown itself lately")
    if maintenance.is_mail_stuck():
        raise CommandError("mails have been waiting for more than two minutes")


def disable_prepared_statements() -> None:
    """After a migration a prepared statement fails once, and a failed task is not run again."""
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["prepare_threshold"] = None


def _run_tasks(name: str) -> None:
    """Run tasks, and wait whenever the database is away; config.postgresql logs that once."""
    while True:
        try:
            return queue.run_tasks(name)
        except (DatabaseError, InterfaceError) as error:
            if not maintenance.is_outage(error):
                logger.exception("upkeep failed")
                time.sleep(PAUSE)
        with suppress(DatabaseError, InterfaceError):
            _wait_for_database()
            queue.requeue_own(name)


def _wait_for_database() -> None:
    while True:
        with suppress(OperationalError, InterfaceError):
            connection.close()
            return connection.ensure_connection()
        time.sleep(RETRY_DELAY)


def _maintain(name: str, postman: Postman, stop: threading.Event) -> None:
    while True:
        close_old_connections()
        with suppress(OperationalError, InterfaceError):
            maintenance.run_round(name, postman.no_mail_since())
        if stop.wait(ROUND_INTERVAL.total_seconds()):
            close_old_connections()
            return
