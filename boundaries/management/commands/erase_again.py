"""After a restore: accounts that were deleted are gone again, and couples who parted."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from boundaries.leaving import rules as leaving

AT_A_TIME = 1_000  # ids: a database takes so many values in a query, and the list only grows


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
        named = lists or [Path(settings.ERASED_FILE)] if settings.ERASED_FILE else lists
        if not named:
            raise CommandError("Name a list of what was deleted, or set ERASED_FILE.")
        try:
            erased = set(_ids(line for each in named for line in each.read_text().splitlines()))
        except (OSError, ValueError) as error:
            raise CommandError(
                f"The list cannot be read, and nothing was deleted: {error}"
            ) from None
        in_turn = list(batched(erased, AT_A_TIME, strict=False))
        back = [user for some in in_turn for user in User.objects.filter(pk__in=some)]
        for user in back:
            leaving.delete(user)
        parted = sum(map(leaving.part_again, in_turn))
        self.stdout.write(f"Accounts deleted again: {len(back)}. Couples parted again: {parted}.")


def _ids(lines: Iterable[str]) -> Iterator[uuid.UUID]:
    """Raises ValueError for a line that names nobody: a list that is cut short is not believed."""
    for line in lines:
        if line.strip():
            yield uuid.UUID(line.split()[-1])
