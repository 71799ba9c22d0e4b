"""Django's backend for PostgreSQL, with three additions.

It reports why it cannot connect. psycopg's pool alone says "couldn't get a connection after 5.00
sec", whatever the reason is.

It refuses at once while the database is away, and notices at once when it is back: see
reachability. A frozen database is noticed as well: see patience.

It keeps working when a migration changes tables. PostgreSQL refuses to run a prepared statement
whose columns have changed their type ("cached plan must not change result type"), on every open
connection, until the statement is prepared again. A connection health check does not notice this.
"""

from __future__ import annotations

import logging
import threading
import time
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from accounts import repeating
from config.postgresql import clocks
from config.postgresql.causes import (
    ANOTHER_ENGINE,
    POOL_IS_EMPTY,
    TOO_OLD,
    Unreachable,
    cause_of,
    explained,
)
from config.postgresql.patience import Greeting, PatientConnection, check, greetings
from config.postgresql.reachability import CONNECT_TIMEOUT, Reachability

START_TIMEOUT = 10  # seconds to wait for a database that may be starting too
POOL_PATIENCE = 4  # seconds to wait for a connection that another thread gives back
MIN_VERSION = 150000  # as PostgreSQL counts: 15.0
TIME_LIMITS = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
LIMITS_NOT_SET = """
    SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0' ORDER BY name
"""
WRITES = (b"INSERT", b"UPDATE", b"DELETE", b"MERGE")
# Classes and codes of errors: connections, resources such as the disk, stopping, and the system's.
OUTAGES = ("08", "53", "57P", "58")
CACHE_TABLE = '"cache"'  # counts attempts; counting one twice is harmless

logger = logging.getLogger(__name__)


class _Writes(threading.local):
    """What this thread has written: the number of commits, and whether writes are pending."""

    committed = 0
    pending = False


reachability = Reachability()
writes = _Writes()
generation = 0  # number of outdated statements found in this process
_prepared_in: WeakKeyDictionary[psycopg.Connection[Any], int] = WeakKeyDictionary()


def is_outdated(error: BaseException | None) -> bool:
    """Whether the error may mean that a statement was prepared before a migration.

    Errors of class 42 may also be a bug of ours: a retry is harmless, and fails again.
    """
    while error is not None:
        if isinstance(error, psycopg.Error):
            state = error.sqlstate or ""
            return state.startswith(("0A", "42", "26"))
        error = error.__cause__
    return False


class Cursor(base.CursorMixin, psycopg.Cursor[Any]):
    """Records writes, and retries statements that were given up or prepared before a migration."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            self._execute(query, params, **options)
        except psycopg.Error as error:
            if not is_outdated(error) or self.connection.prepare_threshold is None:
                raise
            _mark_all_outdated()
            if self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
                raise  # the transaction is lost: config.middleware runs the view again
            forget_prepared(self.connection)
            super().execute(query, params, **options)
        done = self.pgresult.command_status if self.pgresult else None
        if done and done.startswith(WRITES) and CACHE_TABLE not in str(query):
            self._note_write()
        return self

    def _execute(self, query: Any, params: Any, **options: Any) -> None:
        """Repeat a statement that is a transaction of its own, if that was given up."""
        for tries in range(1, repeating.TRIES):
            try:
                super().execute(query, params, **options)
                return
            except psycopg.OperationalError as error:
                status = self.connection.pgconn.transaction_status
                if status != TransactionStatus.IDLE or not repeating.was_given_up(error):
                    raise
            repeating.pause(tries)
        super().execute(query, params, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        super().executemany(query, params_seq, **options)
        self._note_write()

    def _note_write(self) -> None:
        if self.connection.pgconn.transaction_status == TransactionStatus.IDLE:
            writes.committed += 1
        else:
            writes.pending = True


class DatabaseWrapper(base.DatabaseWrapper):
    # What Django calls without a pool.
    Database: Any = SimpleNamespace(**vars(psycopg) | {"connect": PatientConnection.connect})

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"].get("pool")
        if options:
            options.setdefault("connection_class", PatientConnection)
            options.setdefault("check", check)
        return super().pool

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        if parameters["cursor_factory"] is base.ServerBindingCursor:
            parameters["cursor_factory"] = Cursor
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises Unreachable, in one line, with the reason. During an outage it does so at once."""
        if not reachability.reached:
            self._connect_at_start(conn_params)
        if outage := reachability.outage:
            raise Unreachable.like(outage)
        try:
            connection = self._pooled(conn_params) if self.pool else self._single(conn_params)
        except Unreachable as reason:
            reachability.failed(reason, conn_params, self._after_outage)
            raise
        except psycopg.OperationalError as error:
            why = self._explained(error)
            reachability.failed(why, conn_params, self._after_outage)
            raise why from error
        if reachability.logged and not reachability.outage:
            reachability.over()
        if settings.GOES_BY_DATABASE_CLOCK:
            clocks.compare(connection)
        return self._without_outdated(connection)

    def refuse_other_engines(self, connection: psycopg.Connection[Any]) -> None:
        """Raise Unreachable if it is no PostgreSQL, or one that Django does not support."""
        row = connection.execute("SELECT version()").fetchone()
        version = str(row[0]) if row else ""
        if not version.startswith("PostgreSQL ") or "-YB-" in version:
            raise Unreachable(ANOTHER_ENGINE, " ".join(version.split()[:2]))
        if connection.info.server_version < MIN_VERSION:
            raise Unreachable(TOO_OLD, " ".join(version.split()[:2]))

    def _single(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        reachability.note(connection)
        return connection

    def _pooled(self, conn_params: dict[str, Any]) -> Any:
        """A connection of the pool. Looks at the server whenever that takes long."""
        deadline = time.monotonic() + POOL_PATIENCE
        while True:
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                self._diagnose(conn_params)
                if time.monotonic() > deadline:
                    raise Unreachable(POOL_IS_EMPTY, "") from None

    def _diagnose(self, conn_params: dict[str, Any]) -> None:
        """Raises an error with the reason if it is not the pool alone that has no connection."""
        if reachability.outage:
            raise Unreachable.like(reachability.outage)
        address = reachability.address
        if address and greetings.answer(address) is Greeting.MISSING:
            raise psycopg.OperationalError("timeout expired")  # connecting would take longer
        psycopg.connect(**conn_params | {"connect_timeout": CONNECT_TIMEOUT}).close()

    def _after_outage(self) -> None:
        """Replace the connections of the pool that are broken, before anybody asks for one."""
        if self.pool and not self.pool.closed:
            self.pool.check()

    def _connect_at_start(self, conn_params: dict[str, Any]) -> None:
        """Connect without the pool, which would retry and hide the reason."""
        waits = False
        if reachability.deadline is None:
            reachability.deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                with psycopg.connect(**conn_params | {"autocommit": True}) as connection:
                    self.refuse_other_engines(connection)
                    missing = connection.execute(LIMITS_NOT_SET, [list(TIME_LIMITS)]).fetchall()
                    reachability.note(connection)
                break
            except psycopg.OperationalError as error:
                if isinstance(error, Unreachable):
                    raise
                if not cause_of(error).passes or time.monotonic() > reachability.deadline:
                    raise self._explained(error) from error
                if not waits:
                    logger.warning("waiting for the database", extra={"what": cause_of(error).what})
                waits = True
                time.sleep(0.5)
        reachability.reached = True
        if missing:
            names = ", ".join(name for (name,) in missing)
            logger.warning("the database sets no time limit", extra={"what": names})

    def _explained(self, error: psycopg.OperationalError) -> Unreachable:
        return explained(error, self.settings_dict["PASSWORD"])

    def _without_outdated(self, connection: Any) -> Any:
        """Forget prepared statements if another connection has found one outdated since."""
        if _prepared_in.setdefault(connection, generation) != generation:
            _prepared_in[connection] = generation
            if connection.info.transaction_status == TransactionStatus.IDLE:
                forget_prepared(connection)
        return connection

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]
        writes.committed += writes.pending
        writes.pending = False
        return done

    def _rollback(self) -> Any:
        writes.pending = False
        return super()._rollback()  # type: ignore[misc]


def is_outage(error: BaseException | None) -> bool:
    """Whether the error means that the database is away or takes no writes, which may pass."""
    while error is not None:
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            return True
        if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
            state = error.sqlstate or ""
            return not state or state.startswith(OUTAGES)
        error = error.__cause__
    return False


def forget_prepared(connection: psycopg.Connection[Any]) -> None:
    """Roll back, which makes psycopg forget its prepared statements; DEALLOCATE ALL works once."""
    with connection.transaction(force_rollback=True):
        pass


def _mark_all_outdated() -> None:
    global generation
    generation += 1
