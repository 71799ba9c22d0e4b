"""What has to be deleted again if an older copy of the database comes back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Tombstone


class Command(BaseCommand):
    """One line an account, in the form of the file that ERASED_FILE names."""

    help = "List the deleted accounts that are written down in no file yet, by their random ids."

    def handle(self, *args: Any, **options: Any) -> None:
        for each in Tombstone.objects.order_by("on", "pk"):
            self.stdout.write(each.line)
