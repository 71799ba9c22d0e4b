"""Couples that already agreed on days to look at an understanding again are reminded of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import migrations
from django.db.models import Count

from accounts.encryption import DataKey

AT_A_TIME = 200  # couples
MORNING = 9
KIND = "revisit"


def remind(apps: Any, schema_editor: Any) -> None:
    Reminder, Version = (apps.get_model("boundaries", name) for name in ("Reminder", "Version"))
    for keys in _batches_of_couples(apps):
        rows = Version._base_manager.filter(couple__in=keys).alias(yes=Count("assents"))
        agreed = rows.filter(yes=2).order_by("number")
        newest = {(row.couple_id, row.behaviour): row for row in agreed}
        ended = apps.get_model("boundaries", "Withdrawal")._base_manager
        ended = set(ended.filter(version__couple__in=keys).values_list("version", flat=True))
        Reminder._base_manager.bulk_create(
            Reminder(
                couple_id=row.couple_id,
                side=side,
                kind=KIND,
                subject=row.pk,
                due_at=moment,
                mail_at=moment,
            )
            for row in newest.values()
            if row.pk not in ended and (moment := _first_day(row, keys[row.couple_id]))
            for side in ("left", "right")
        )


def forget(apps: Any, schema_editor: Any) -> None:
    apps.get_model("boundaries", "Reminder")._base_manager.filter(kind=KIND).delete()


def _batches_of_couples(apps: Any) -> Iterator[dict[uuid.UUID, DataKey]]:
    couples = apps.get_model("boundaries", "Couple")._base_manager.exclude(kept_key=None)
    last = uuid.UUID(int=0)
    columns = ("pk", "kept_key__epoch", "kept_key__wrapped")
    while some := list(
        couples.filter(pk__gt=last).order_by("pk").values_list(*columns)[:AT_A_TIME]
    ):
        yield {pk: DataKey(str(pk), epoch, bytes(wrapped)) for pk, epoch, wrapped in some}
        last = some[-1][0]


def _first_day(row: Any, key: DataKey) -> datetime | None:
    place = (row.pk, row.behaviour, row.number, row.side)
    content = key.decrypt(bytes(row.content), "boundaries_version", "content", *place)
    days = [line["on"] for line in content.get("lines", ()) if line["on"]]
    if not days:
        return None
    return datetime.combine(date.fromisoformat(min(days)), time(MORNING), tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0022_reminders")]

    operations = [migrations.RunPython(remind, forget)]
