"""Compares this host's clock with the database's, so that all hosts of a site go by one."""

from __future__ import annotations

import logging
import time
from typing import Any

import psycopg

from accounts import clock

INTERVAL = 60  # seconds between two comparisons
TOLERANCE = 1.0  # seconds that do not matter
ALARMING = 30  # seconds
ASK = "SELECT extract(epoch FROM clock_timestamp())::float8"

logger = logging.getLogger(__name__)


class _Comparison:
    """The last comparison of this process."""

    at = -float(INTERVAL)  # by the clock that only counts seconds
    host = 0.0  # this host's clock, less that one: it changes when the clock is set


last = _Comparison()


def compare(connection: psycopg.Connection[Any]) -> None:
    """Find out how far the database's clock is ahead, on a connection that was just opened.

    Does nothing if that was done just now, unless this host's clock was set since.
    """
    counted, host = time.monotonic(), time.time()
    was_set = abs(host - counted - last.host) > TOLERANCE
    if counted < last.at + INTERVAL and not was_set:
        return
    row = connection.execute(ASK, prepare=False).fetchone()
    if not connection.autocommit:
        connection.rollback()
    last.at, last.host = counted, host - counted
    ahead = float(row[0]) - (host + time.time()) / 2 if row else 0.0
    is_alarming = abs(ahead) > ALARMING and abs(ahead - clock.ahead) > ALARMING
    clock.ahead = ahead if abs(ahead) > TOLERANCE else 0.0
    if is_alarming:
        what = "slow" if ahead > 0 else "fast"
        logger.warning("this host has another time than the database", extra={"what": what})
