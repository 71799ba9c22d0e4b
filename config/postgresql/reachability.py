"""What a process knows about whether its database can be reached, shared by all threads.

While it cannot, one thread tries again and again, and all others are refused at once: no request
waits, and the first one after the outage finds a connection. psycopg's pool alone waits longer and
longer between its attempts, and each request waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from config.postgresql.causes import POOL_IS_EMPTY, Cause, Unreachable, explained
from config.postgresql.patience import Address, PatientConnection, address_of

RETRY_DELAY = 0.25  # seconds between two attempts during an outage
CONNECT_TIMEOUT = 2  # seconds; libpq takes no fewer

logger = logging.getLogger(__name__)


class Reachability:
    """Whether the database was ever reached, and the outage there is."""

    def __init__(self) -> None:
        self.reached = False
        self.deadline: float | None = None  # for the first connection
        self.address: Address | None = None
        self.outage: Unreachable | None = None
        self.logged: Cause | None = None
        self._lock = threading.Lock()

    def note(self, connection: psycopg.Connection[Any]) -> None:
        """Remember where the database is, so that it can be greeted without its name."""
        self.address = address_of(connection)

    def failed(self, why: Unreachable, params: dict[str, Any], then: Callable[[], None]) -> None:
        """Log why no connection came about. If that may pass, an outage begins.

        `then` is called when the outage is over, before anybody connects.
        """
        with self._lock:
            self._log(why.cause)
            may_pass = why.cause.passes and why.cause != POOL_IS_EMPTY
            if self.outage or not (self.reached and may_pass):
                return
            self.outage = why
        threading.Thread(target=self._wait, args=(params, then), daemon=True).start()

    def _wait(self, params: dict[str, Any], then: Callable[[], None]) -> None:
        attempt = {**params, "autocommit": True, "connect_timeout": CONNECT_TIMEOUT}
        while self.outage:
            time.sleep(RETRY_DELAY)
            try:
                with PatientConnection.connect(**attempt) as connection:
                    connection.execute("SELECT 1")
                    self.note(connection)
            except psycopg.Error as error:
                self._update(explained(error, params.get("password", "")))
            else:
                then()
                self.over()

    def _update(self, why: Unreachable) -> None:
        """Another reason than before, such as a server that is starting after it was away."""
        if self.outage and why.cause != self.outage.cause:
            self.outage = why

    def over(self) -> None:
        with self._lock:
            self.outage = None
            if self.logged:
                self.logged = None
                logger.warning("the database can be reached again")

    def _log(self, cause: Cause) -> None:
        """Once for each outage, and for each other reason."""
        if self.logged is None or not (cause.passes and self.logged.passes):
            if cause != self.logged:
                logger.error("the database cannot be reached", extra={"what": cause.what})
            self.logged = cause
