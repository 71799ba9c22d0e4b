"""What it takes a worker to write the reminders of many people. Run once, on a filled database."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any
from unittest import mock

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
django.setup()

from django.db import connection  # noqa: E402

from accounts import daytime  # noqa: E402
from accounts.models import Letter  # noqa: E402
from boundaries.reminders import mailing  # noqa: E402
from boundaries.reminders.models import Reminder, ReminderMails  # noqa: E402

MANY = 100_000
LATER = 10  # times as many reminders that are not due, the second time
# Both people of enough couples, each with so many reminders.
FILL = """
    INSERT INTO boundaries_reminder (id, couple_id, side, kind, subject, due_at, mail_at)
    SELECT gen_random_uuid(), couple_id, side, 'revisit', gen_random_uuid(), moment, moment
    FROM (SELECT couple_id, side FROM boundaries_seat WHERE couple_id IS NOT NULL LIMIT %s) AS seat,
         (SELECT now() + %s::interval AS moment FROM generate_series(1, %s)) AS times
"""


def main() -> None:
    """Print seconds of processor time: with few rows in the table, and with many more."""
    with mock.patch.multiple(daytime, BEGINS=0, ENDS=24):  # whatever the hour is
        few = _seconds()
        print(f"beside few others: {few:.1f} s", file=sys.stderr)
        with connection.cursor() as cursor:
            patient: Any = connection.connection
            limit, patient.limit = patient.limit, None  # a million rows take a while
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(FILL, [MANY, "30 days", LATER])
            cursor.execute("ANALYZE boundaries_reminder")
            patient.limit = limit
        many = _seconds()
    print(json.dumps({"few": few, "many": many, "plan": _plan()}))


def _seconds() -> float:
    ReminderMails.unscoped.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FILL, [MANY, "-1 minute", 1])
        due = cursor.rowcount
        cursor.execute("ANALYZE boundaries_reminder")
    begun, written = time.process_time(), 0
    while more := mailing.remind():
        written += more
    taken = time.process_time() - begun
    if written != due:
        raise RuntimeError(f"{written} of {due} were reminded")
    Letter.objects.all().delete()
    Reminder.objects.filter(mail_at=None).delete()
    return float(taken / due * MANY)


def _plan() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT * FROM boundaries_reminder WHERE mail_at <= now() ORDER BY mail_at"
            " LIMIT 500 FOR UPDATE SKIP LOCKED"
        )
        rows: list[Any] = cursor.fetchall()
    return "\n".join(line for (line,) in rows)


if __name__ == "__main__":
    main()
