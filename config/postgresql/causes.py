"""Explains to whoever runs the site why the database cannot be reached, and what to check."""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class Cause:
    """A reason. `what` is one of a few fixed texts, so it may be logged."""

    what: str
    check: str
    passes: bool = False  # it may pass within seconds


WHO = "DATABASE_USER and DATABASE_PASSWORD (or DATABASE_URL, or POSTGRES_PASSWORD)"
WHERE = "DATABASE_HOST and DATABASE_PORT (or DATABASE_URL)"
POOL_IS_EMPTY = Cause(
    "it answers, but all connections of this process are in use", "DATABASE_POOL_SIZE", passes=True
)
ANOTHER_ENGINE = Cause(
    "what answers there is another engine than PostgreSQL", "DATABASE_URL, or DATABASE_HOST"
)
TOO_OLD = Cause("it is older than PostgreSQL 15", "docs/upgrade.md")
UNKNOWN = Cause("it refuses the connection", "DATABASE_URL, or DATABASE_HOST and the others")
# Patterns for messages of libpq, PostgreSQL and PgBouncer; the first match counts. Messages in
# other languages match none, but they are shown as well.
CAUSES = (
    (
        r"unsupported startup parameter",
        Cause("a PgBouncer in between refuses the site's time limits", "DATABASE_POOLER=pgbouncer"),
    ),
    (
        r"pg_hba\.conf",
        Cause(
            "its pg_hba.conf lets nobody in with this host, user, database and encryption",
            "pg_hba.conf, and DATABASE_USER, DATABASE_NAME and DATABASE_SSLMODE (or DATABASE_URL)",
        ),
    ),
    (
        r"authentication failed|no password supplied|no such user|role .* does not exist"
        r"|not permitted to log in|auth failed",
        Cause("it refuses the user or the password", WHO),
    ),
    (
        r"database .* does not exist|no such database",
        Cause("it has no database of this name", "DATABASE_NAME (or DATABASE_URL)"),
    ),
    (
        r"permission denied for database",
        Cause("this user may not use the database", "the rights of DATABASE_USER (CONNECT)"),
    ),
    (
        r"resolve host|translate host name|name or service not known|name resolution",
        Cause("its host is not found", "DATABASE_HOST (or DATABASE_URL)", passes=True),
    ),
    (
        r"invalid response to SSL negotiation|expected authentication request",
        Cause("something else than PostgreSQL answers at its host and port", WHERE),
    ),
    (
        r"\bSSL\b|\bTLS\b|certificate|GSSAPI|channel binding",
        Cause(
            "no encrypted connection comes about",
            "DATABASE_SSLMODE and DATABASE_SSLROOTCERT (or DATABASE_URL)",
        ),
    ),
    (
        r"starting up|shutting down|recovery|not yet accepting|closed the connection"
        r"|login has been failing|login failed|server conn crashed",
        Cause("it is starting or stopping", "the log of the database", passes=True),
    ),
    (
        r"too many (clients|connections)|connection slots|no more connections",
        Cause("all of its connections are taken", "max_connections, and DATABASE_POOL_SIZE", True),
    ),
    (r"connection refused", Cause("nothing answers at its host and port", WHERE, passes=True)),
    (
        r"timeout|timed out|no route to host|unreachable",
        Cause("its host does not answer in time", WHERE, passes=True),
    ),
    (
        r"on socket .*no such file",
        Cause("there is no socket of PostgreSQL in that folder", WHERE, passes=True),
    ),
)


class Unreachable(psycopg.OperationalError):
    """No connection. The message is one line, without the password."""

    def __init__(self, cause: Cause, message: str) -> None:
        says = f" (it says: {message})" if message else ""
        super().__init__(
            f"the database cannot be reached: {cause.what}{says}. Check {cause.check}."
        )
        self.cause = cause

    @classmethod
    def like(cls, other: Unreachable) -> Unreachable:
        """The same reason, for another thread to raise."""
        error = cls(other.cause, "")
        error.args = other.args
        return error


def cause_of(error: BaseException) -> Cause:
    message = re.sub('"[^"]*"', '""', str(error))  # a quoted name such as "tls" is no reason
    for pattern, cause in CAUSES:
        if re.search(pattern, message, re.IGNORECASE | re.DOTALL):
            return cause
    return UNKNOWN


def explained(error: BaseException, password: str) -> Unreachable:
    """The same error as one line, without any part of the password."""
    # libpq's hints are indented by a tab.
    lines = [line for line in str(error).splitlines() if not line.startswith("\t")]
    message = " ".join(" ".join(lines).split()).rstrip(".")
    if password and (password in str(error) or password in message):
        message = ""  # a gap in the message would reveal the password
    return Unreachable(cause_of(error), message)
