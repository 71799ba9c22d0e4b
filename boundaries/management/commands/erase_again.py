"""After a restore: whoever had deleted their account is gone again."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from boundaries import leaving


class Command(BaseCommand):
    """Deletes each account that a list names, as its owner had. Safe to run again."""

    help = "Delete again every account that was deleted after the backup was made."

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
            raise CommandError("Name a list of deleted accounts, or set ERASED_FILE.")
        try:
            erased = set(_ids(line for each in named for line in each.read_text().splitlines()))
        except (OSError, ValueError) as error:
            raise CommandError(
                f"The list cannot be read, and nothing was deleted: {error}"
            ) from None
        back = User.objects.filter(pk__in=erased)
        for user in back:
            leaving.delete(user)
        self.stdout.write(f"{len(back)} of {len(erased)} were back, and are deleted again.")


def _ids(lines: Iterable[str]) -> Iterator[uuid.UUID]:
    """Raises ValueError for a line that names nobody: a list that is cut short is not believed."""
    for line in lines:
        if line.strip():
            yield uuid.UUID(line.split()[-1])
