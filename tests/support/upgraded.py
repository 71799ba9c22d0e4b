"""Run in a process of its own by tests/test_upgrade.py: the new code on a database of an older one.

Migrates the database that DATABASE_URL names, reads every page as each of the two who are signed in
there, runs the tasks that wait, and prints what it found as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import django

MOMENT = datetime(2026, 12, 1, 5, 36, tzinfo=UTC)  # minutes after the dumps were made


def main(sessions: dict[str, str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    import time_machine
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with time_machine.travel(MOMENT):
        call_command("db_worker", batch=True, interval=0, reload=False, verbosity=0)
        found: dict[str, Any] = {name: _read_as(key) for name, key in sessions.items()}
        found["tasks"] = _tasks()
    print(json.dumps(found))


def _read_as(session_key: str) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from tests.support import routes
    from tests.support.policy import POLICY

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    statuses, texts = {}, {}
    for route in routes.every():
        if "GET" in POLICY[route.name] and route.name != routes.LEAVE:
            answer = client.get(route.path)
            statuses[route.name] = answer.status_code
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                texts[route.name] = answer.content.decode()
    return {"statuses": statuses, "texts": texts, "data": _taken_along(client)}


def _taken_along(client: Any) -> Any:
    """The data in the copy of everything of theirs, if one was made."""
    answer = client.post("/leaving/export/take/")
    if answer.headers.get("Content-Type") != "application/zip":
        return None
    with ZipFile(io.BytesIO(answer.content)) as files:
        return json.loads(files.read("my-data.json"))


def _tasks() -> list[tuple[str, str]]:
    from django_tasks_db.models import DBTaskResult

    return list(DBTaskResult.objects.order_by("task_path").values_list("task_path", "status"))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
