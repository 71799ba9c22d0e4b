"""Loads an invented couple to try the site with, on a machine for development."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from boundaries.demo import rules
from boundaries.vocabulary import Side

PASSWORD = "only for the demo"  # noqa: S105 there is nothing real behind it


class Command(BaseCommand):
    """Running it again resets the couple."""

    help = "Load a clearly labelled demo couple, and say how to sign in as either."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo couple has a known password. It is for development only.")
        rules.load(password=PASSWORD)
        self.stdout.write("A demo couple is loaded. Everything about them is invented.")
        for side in Side:
            self.stdout.write(
                f'  Sign in as {rules.address_of(side)} with the password "{PASSWORD}"'
            )
        self.stdout.write(f"  at {settings.SITE_URL}/account/login/ (start it with: make run)")
