"""Rewrites rows of older versions in the smaller format of this one, while the site is running."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.encryption import Unreadable
from boundaries.sealing import compacting


class Command(BaseCommand):
    """It can be stopped and run again at any time."""

    help = "Rewrite rows of older versions in a smaller format. docs/upgrade.md says when."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            for table, changed in compacting.compact():
                self.stdout.write(f"{table}: {changed:,} rewritten")
        except Unreadable as error:
            raise CommandError(str(error) or "A row cannot be read.") from error
        self.stdout.write(
            f"Everything has the format of this version ({time.monotonic() - begun:.1f} s)."
        )
