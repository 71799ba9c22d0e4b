"""Looking for reminders that a wrong clock put off costs nothing while there are none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from boundaries.reminders.mailing import BATCH, PUT_OFF_FOR
from boundaries.reminders.models import Reminder

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

MANY = """
    WITH couples AS (
        INSERT INTO boundaries_couple (id, told)
        SELECT gen_random_uuid(), '[]' FROM generate_series(1, 20000) RETURNING id
    )
    INSERT INTO boundaries_reminder (id, couple_id, side, kind, subject, due_at, mail_at)
    SELECT gen_random_uuid(), id, 'left', 'check-in', gen_random_uuid(), due_at,
        CASE WHEN due_at > now() THEN due_at END
    FROM couples, LATERAL (
        SELECT now() + (get_byte(uuid_send(id), 0) - 200) * interval '1 day' AS due_at
    ) AS dates
"""


def test_it_reads_no_whole_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE boundaries_reminder")
    wrong = Reminder.looked_at_later_than(timezone.now() + PUT_OFF_FOR)

    with transaction.atomic():
        plan = wrong.select_for_update(skip_locked=True).values_list("pk")[:BATCH].explain()

    assert "reminder_looked_at" in plan
    assert "Seq Scan" not in plan
    assert not wrong.exists()
    assert Reminder.objects.filter(due_at__gt=timezone.now() + timedelta(days=20)).count() > BATCH
