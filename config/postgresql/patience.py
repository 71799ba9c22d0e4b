"""A connection that notices when the database has stopped answering.

The server's own time limits do not help while the server is frozen, and the kernel of its machine
still acknowledges what is sent, so no option of libpq (`tcp_user_timeout`, keepalives) does either.
A slow statement is not taken for a frozen server: when a statement takes long, a new connection to
the same address is greeted, which a server answers at once however busy its backends are.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from enum import Enum
from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout
from psycopg_pool import ConnectionPool

PATIENCE = (
    0.5  # seconds that a statement may take before the server is greeted, and between greetings
)
GREETING_TIMEOUT = 1.0
WAIT_INTERVAL = 0.1  # psycopg's own
FRESH = 1.0  # seconds after an answer in which a connection is not asked if it still works
SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # a server answers it with one byte, S or N

Address = tuple[str, int]  # a host's address or the folder of a socket, and the port


class Greeting(Enum):
    """What a server does when it is greeted."""

    GIVEN = "given"
    MISSING = "missing"  # within GREETING_TIMEOUT
    REFUSED = "refused"


class NoAnswer(psycopg.OperationalError):
    """The database has stopped answering in the middle of a statement."""

    def __init__(self) -> None:
        super().__init__("the database does not answer: timeout expired")


class _Greetings:
    """Greets each server at most twice a second, however many threads wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last: dict[Address, tuple[float, Greeting]] = {}

    def answer(self, address: Address) -> Greeting:
        with self.lock:
            at, answer = self.last.get(address, (0.0, Greeting.REFUSED))
            if time.monotonic() > at + PATIENCE:
                answer = greet(address)
                self.last[address] = (time.monotonic(), answer)
            return answer


greetings = _Greetings()


class PatientConnection(psycopg.Connection[Any]):
    """Waits for a statement only while its server answers a greeting."""

    limit: float | None = 15.0  # seconds in all; behind a pooler a greeting says little
    answered = 0.0  # when it last did, on the clock of time.monotonic()

    def wait(self, gen: Any, interval: float = WAIT_INTERVAL, timeout: float | None = None) -> Any:
        """Raises NoAnswer, and closes the connection, when the server is gone."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        begun = time.monotonic()
        while True:
            try:
                result = super().wait(gen, interval, PATIENCE)
                self.answered = time.monotonic()
                return result
            except _WaitTimeout:
                over = self.limit and time.monotonic() > begun + self.limit
                if over or greetings.answer(address_of(self)) is not Greeting.GIVEN:
                    self.pgconn.finish()
                    raise NoAnswer from None


def check(connection: PatientConnection) -> None:
    """Look whether a connection of the pool still works. Raises an OperationalError.

    One that answered a moment ago is not asked again, which would be a statement more in every
    request; but a server that ends a connection says so on it, and that is looked at.
    """
    fresh = time.monotonic() < connection.answered + FRESH
    if not fresh or _has_something_to_say(connection):
        ConnectionPool.check_connection(connection)


def _has_something_to_say(connection: PatientConnection) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def address_of(connection: psycopg.Connection[Any]) -> Address:
    """Where a connection leads, without a name that would have to be looked up."""
    pgconn = connection.pgconn
    host = pgconn.hostaddr or pgconn.host
    return (host.decode(), int(pgconn.port))


def greet(address: Address) -> Greeting:
    try:
        return Greeting.GIVEN if _first_byte(address) in {b"S", b"N"} else Greeting.REFUSED
    except TimeoutError:
        return Greeting.MISSING
    except OSError:
        return Greeting.REFUSED


def _first_byte(address: Address) -> bytes:
    host, port = address
    is_folder = host.startswith(("/", "@"))
    with socket.socket(socket.AF_UNIX if is_folder else _family(host)) as greeting:
        greeting.settimeout(GREETING_TIMEOUT)
        greeting.connect(f"{host}/.s.PGSQL.{port}" if is_folder else (host, port))
        greeting.sendall(SSL_REQUEST)
        return greeting.recv(1)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
