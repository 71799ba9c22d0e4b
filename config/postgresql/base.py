"""Django's backend for PostgreSQL, with two additions.

It reports why it cannot connect. psycopg's pool alone says "couldn't get a connection after 5.00
sec", whatever the reason is.

It keeps working when a migration changes tables. PostgreSQL refuses to run a prepared statement
whose columns have changed their type ("cached plan must not change result type"), on every open
connection, until the statement is prepared again. A connection health check does not notice this.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from config.postgresql.causes import POOL_IS_EMPTY, Cause, Unreachable, cause_of, explained

START_TIMEOUT = 10  # seconds to wait for a database that may be starting too
DIAGNOSIS_INTERVAL = 60  # seconds; a diagnosis can take as long as connecting
TIME_LIMITS = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
LIMITS_NOT_SET = """
    SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0' ORDER BY name
"""
WRITES = (b"INSERT", b"UPDATE", b"DELETE", b"MERGE")
CACHE_TABLE = '"cache"'  # counts attempts; counting one twice is harmless

logger = logging.getLogger(__name__)


class _Reachability:
    """What this process knows about its database, shared by all threads."""

    def __init__(self) -> None:
        self.reached = False
        self.deadline: float | None = None
        self.logged: Cause | None = None
        self.diagnosed_at = -float(DIAGNOSIS_INTERVAL)
        self.diagnosis: Unreachable | None = None


class _Writes(threading.local):
    """What this thread has written: the number of commits, and whether writes are pending."""

    committed = 0
    pending = False


reachability = _Reachability()
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
    """Records writes, and retries statements that were prepared before a migration."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            super().execute(query, params, **options)
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

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        super().executemany(query, params_seq, **options)
        self._note_write()

    def _note_write(self) -> None:
        if self.connection.pgconn.transaction_status == TransactionStatus.IDLE:
            writes.committed += 1
        else:
            writes.pending = True


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        if parameters["cursor_factory"] is base.ServerBindingCursor:
            parameters["cursor_factory"] = Cursor
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raises Unreachable, in one line, with the reason."""
        if not reachability.reached:
            self._connect_at_start(conn_params)
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            why = self._why(error, conn_params)
            if why.cause != reachability.logged:
                reachability.logged = why.cause
                logger.error("the database cannot be reached", extra={"what": why.cause.what})
            raise why from error
        if reachability.logged:
            reachability.logged = None
            logger.warning("the database can be reached again")
        return self._without_outdated(connection)

    def _connect_at_start(self, conn_params: dict[str, Any]) -> None:
        """Connect without the pool, which would retry and hide the reason."""
        waits = False
        if reachability.deadline is None:
            reachability.deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                with psycopg.connect(**conn_params | {"autocommit": True}) as connection:
                    missing = connection.execute(LIMITS_NOT_SET, [list(TIME_LIMITS)]).fetchall()
                break
            except psycopg.OperationalError as error:
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

    def _why(self, error: psycopg.OperationalError, conn_params: dict[str, Any]) -> Unreachable:
        """The reason. For a pool, a plain connection finds it out, once per DIAGNOSIS_INTERVAL."""
        if not isinstance(error, PoolTimeout):
            return self._explained(error)
        last = reachability.diagnosis
        if last and time.monotonic() < reachability.diagnosed_at + DIAGNOSIS_INTERVAL:
            return last
        try:
            psycopg.connect(**conn_params).close()
            diagnosis = Unreachable(POOL_IS_EMPTY, "")
        except psycopg.OperationalError as reason:
            diagnosis = self._explained(reason)
        reachability.diagnosed_at, reachability.diagnosis = time.monotonic(), diagnosis
        return diagnosis

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


def forget_prepared(connection: psycopg.Connection[Any]) -> None:
    """Roll back, which makes psycopg forget its prepared statements; DEALLOCATE ALL works once."""
    with connection.transaction(force_rollback=True):
        pass


def _mark_all_outdated() -> None:
    global generation
    generation += 1
