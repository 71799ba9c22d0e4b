"""The time that decides who is signed in: that of the database, on all hosts of a site.

A host whose clock is wrong would otherwise sign people out, or leave them signed in for too long.
config/postgresql/clocks.py compares the two again and again. With SQLite, the database's clock is
this host's.
"""

from __future__ import annotations

import time as host
from datetime import UTC, datetime

# allauth takes this module for `time`.
monotonic = host.monotonic
sleep = host.sleep
ahead = 0.0  # seconds by which the database's clock is ahead of this host's


def time() -> float:
    """Seconds since 1970, as `time.time`."""
    return host.time() + ahead


def now() -> datetime:
    """The same moment with a time zone, as `django.utils.timezone.now`."""
    return datetime.fromtimestamp(time(), UTC)
