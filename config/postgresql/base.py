"""Django's backend for PostgreSQL, with two things more.

It says why no connection comes about. psycopg's pool alone says "couldn't get a connection after
5.00 sec", whatever the reason is.

It outlives a change of tables below it. PostgreSQL refuses to run a prepared statement whose
columns have another type since ("cached plan must not change result type"), on each connection
that is open, until the statement is prepared again. A check of the connection does not notice.
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

PATIENCE = 10  # seconds that a process waits at start for a database that may be starting too
DIAGNOSED_EVERY = 60  # seconds; finding the reason can take as long as a connection may
TIME_LIMITS = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
LIMITS_NOT_SET = """
    SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0' ORDER BY name
"""
WRITES = (b"INSERT", b"UPDATE", b"DELETE", b"MERGE")
OF_THE_CACHE = '"cache"'  # it counts attempts: one counted twice harms nobody

logger = logging.getLogger(__name__)


class _Reachability:
    """What this process knows of its database, for all threads."""

    def __init__(self) -> None:
        self.reached = False
        self.patient_until: float | None = None
        self.logged: Cause | None = None
        self.diagnosed_at = -float(DIAGNOSED_EVERY)
        self.diagnosis: Unreachable | None = None


class _Writes(threading.local):
    """What this thread has written: how often something was committed, and is anything pending."""

    committed = 0
    pending = False


reachability = _Reachability()
writes = _Writes()
generation = 0  # how often a statement was found outdated in this process
_prepared_in: WeakKeyDictionary[psycopg.Connection[Any], int] = WeakKeyDictionary()


def is_outdated(error: BaseException | None) -> bool:
    """Whether a statement was prepared for tables that have changed since.

    PostgreSQL says so, or that a column does not go with what was prepared (class 42). The latter
    may also be a mistake of ours: to try again does no harm, and it shows the second time.
    """
    while error is not None:
        if isinstance(error, psycopg.Error):
            state = error.sqlstate or ""
            return state.startswith(("0A", "42", "26"))
        error = error.__cause__
    return False


class Cursor(base.CursorMixin, psycopg.Cursor[Any]):
    """Notes what is written, and asks again, unprepared, what was prepared for older tables."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            super().execute(query, params, **options)
        except psycopg.Error as error:
            if not is_outdated(error) or self.connection.prepare_threshold is None:
                raise
            _all_are_outdated()
            if self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
                raise  # what came before it in the transaction is gone: see config.middleware
            forget_prepared(self.connection)
            super().execute(query, params, **options)
        done = self.pgresult.command_status if self.pgresult else None
        if done and done.startswith(WRITES) and OF_THE_CACHE not in str(query):
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
            self._reach_for_the_first_time(conn_params)
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

    def _reach_for_the_first_time(self, conn_params: dict[str, Any]) -> None:
        """One plain connection: a pool would try again and again, and keep the reason to itself."""
        waits = False
        if reachability.patient_until is None:
            reachability.patient_until = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(**conn_params | {"autocommit": True}) as connection:
                    missing = connection.execute(LIMITS_NOT_SET, [list(TIME_LIMITS)]).fetchall()
                break
            except psycopg.OperationalError as error:
                if not cause_of(error).passes or time.monotonic() > reachability.patient_until:
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
        """The reason; of a pool it is found out by a plain connection, and not on each request."""
        if not isinstance(error, PoolTimeout):
            return self._explained(error)
        last = reachability.diagnosis
        if last and time.monotonic() < reachability.diagnosed_at + DIAGNOSED_EVERY:
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
        """What another connection has found outdated is not tried on this one too."""
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
    """psycopg forgets what it has prepared at a rollback. It overlooks a second DEALLOCATE ALL."""
    with connection.transaction(force_rollback=True):
        pass


def _all_are_outdated() -> None:
    global generation
    generation += 1
