"""After a restore: delete accounts again that were deleted, and part couples that had parted."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from boundaries.leaving import rules as leaving

BATCH_SIZE = 1_000  # ids in one query; databases limit the number of values


class Command(BaseCommand):
    """Deletes each account, and parts each couple, that a list names. Safe to run again."""

    help = "Delete again what was deleted after the backup was made: accounts, and couples."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "lists",
            nargs="*",
            type=Path,
            help="files with a date and an id a line; without any, the one that ERASED_FILE names",
        )

    def handle(self, *args: Any, lists: list[Path], **options: Any) -> None:
        own = Path(settings.ERASED_FILE) if settings.ERASED_FILE else None
        if not lists and not own:
            raise CommandError("Name a list of what was deleted, or set ERASED_FILE.")
        if not lists and own and own.parent.is_dir() and not own.exists():
            self.stdout.write(f"There is no list at {own}: nobody has left. Nothing to do.")
            return
        paths = lists or [own] if own else lists
        try:
            erased = _ids(line for path in paths for line in path.read_text().splitlines())
        except (OSError, ValueError) as error:
            raise CommandError(
                f"The list cannot be read, and nothing was deleted: {error}"
            ) from None
        batches = list(batched(erased, BATCH_SIZE, strict=False))
        restored = [user for batch in batches for user in User.objects.filter(pk__in=batch)]
        for user in restored:
            leaving.delete(user)
        parted = sum(leaving.part_again({id: erased[id] for id in batch}) for batch in batches)
        self.stdout.write(
            f"Accounts deleted again: {len(restored)}. Couples parted again: {parted}."
        )


def _ids(lines: Iterable[str]) -> dict[uuid.UUID, date]:
    """The ids, with the day of each.

    Raises ValueError for a line without them: a list that was cut short is not trusted.
    """
    parts = [line.split() for line in lines if line.strip()]
    return {uuid.UUID(part[-1]): date.fromisoformat(part[0]) for part in parts}
