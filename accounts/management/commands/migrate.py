"""Django's migrate, with time limits of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.management.commands import migrate
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# A page may run for ten seconds, a migration for as long as it takes. But while it waits for a
# table, all who come after it wait as well: so it gives way after three seconds, and tries again.
LIMITS = {
    "lock_timeout": "3s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
TRIES = 20
RETRY_DELAY = 2.0  # seconds
LOCK_NOT_AVAILABLE = "55P03"


class Command(migrate.Command):
    """What was migrated before a table was in use stays; a migration itself is done or not."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        for tries_left in reversed(range(TRIES)):
            try:
                with limits(connection):
                    super().handle(*args, **options)
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE or not tries_left:
                    raise
            self.stdout.write("  A table is in use. Trying again.")
            time.sleep(RETRY_DELAY)


@contextmanager
def limits(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Set the limits of migrations on this connection, and take them back."""
    with connection.cursor() as cursor:
        for name, value in LIMITS.items():
            cursor.execute(f"SET {name} = '{value}'")
    patient: Any = connection.connection
    patient.limit = None  # see config/postgresql/patience.py
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            for name in LIMITS:
                cursor.execute(f"RESET {name}")
        if connection.connection is patient:
            del patient.limit
