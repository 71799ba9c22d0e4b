"""A task for the tests of the worker: slow the first time, quick the second."""

from __future__ import annotations

import time
from pathlib import Path

from django.tasks import task


@task
def slow_once(marker: str) -> str:
    if Path(marker).exists():
        return "taken up again"
    Path(marker).touch()
    time.sleep(60)
    return "never interrupted"
