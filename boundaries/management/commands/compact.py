"""Stores what people wrote in the form of this version, while they go on writing."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.encryption import Unreadable
from boundaries.sealing import compacting


class Command(BaseCommand):
    """It can be stopped and run again at any time."""

    help = "Store what was written under an older version in less room. docs/upgrade.md says when."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            for table, changed in compacting.compact():
                self.stdout.write(f"{table}: {changed:,} rewritten")
        except Unreadable as error:
            raise CommandError(str(error) or "A row cannot be read.") from error
        self.stdout.write(
            f"Everything has the form of this version ({time.monotonic() - begun:.1f} s)."
        )
