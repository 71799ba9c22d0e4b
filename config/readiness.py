"""Whether this process can serve people: the database takes writes, and has room for them.

A read would succeed on a full disk, and on a standby that was not promoted.
"""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models.functions import Now

from accounts.models import ReadinessCheck

# A sort that does not fit into memory takes space on the database's disk, and gives it back.
# PostgreSQL overwrites a row in place, so writing one alone would succeed on a full disk.
LITTLE_MEMORY = "SET LOCAL work_mem = '64kB'"
TAKES_SPACE = "SELECT max(t) FROM (SELECT g::text t FROM generate_series(1, 9000) g ORDER BY 1) s"


class _LastCheck:
    """The last check of this process: anybody can ask, so it is not made for each request."""

    lock = threading.Lock()
    at = -1.0
    result = False


def is_ready() -> bool:
    if time.monotonic() < _LastCheck.at + settings.READINESS_INTERVAL:
        return _LastCheck.result
    with _LastCheck.lock:
        if time.monotonic() >= _LastCheck.at + settings.READINESS_INTERVAL:
            _LastCheck.result, _LastCheck.at = _takes_writes(), time.monotonic()
        return _LastCheck.result


def _takes_writes() -> bool:
    try:
        with transaction.atomic():
            ReadinessCheck.objects.bulk_create(
                [ReadinessCheck(pk=1, at=Now())],
                update_conflicts=True,
                update_fields=["at"],
                unique_fields=["id"],
            )
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(LITTLE_MEMORY)
                    cursor.execute(TAKES_SPACE)
    except (DatabaseError, InterfaceError):
        return False
    return True
