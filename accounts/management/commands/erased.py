"""Lists what has to be deleted again if an older copy of the database is restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Tombstone


class Command(BaseCommand):
    """One line per account or couple, in the format of ERASED_FILE."""

    help = "List the deleted accounts that are written down in no file yet, by their random ids."

    def handle(self, *args: Any, **options: Any) -> None:
        for tombstone in Tombstone.objects.order_by("on", "pk"):
            self.stdout.write(tombstone.line)
