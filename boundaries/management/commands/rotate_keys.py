"""Re-wraps every data key with the newest master key, while people go on writing."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts import second_steps
from accounts.encryption import Unreadable, current_epoch
from boundaries.seats import data_keys


class Command(BaseCommand):
    """It can be stopped and run again at any time, and continues where it stopped."""

    help = "Wrap all data keys by the first of MASTER_KEYS. docs/keys.md says when."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            done = data_keys.rewrap()
            secrets = second_steps.rewrap()
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError("A key was in use for too long. Please run this again.") from error
        took = time.monotonic() - begun
        self.stdout.write(
            f"{done:,} data keys and {secrets:,} secrets of second steps are wrapped by the master"
            f" key of epoch {current_epoch()} now ({took:.1f} s). None is left under another."
        )
