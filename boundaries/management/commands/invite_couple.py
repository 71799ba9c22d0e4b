"""Makes links by which the first of a couple can sign up, also while nobody else can."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format

from boundaries.pairing import admission
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.pairing.rules import LIFETIME

MAX_DAYS = 90
MAX_COUNT = 100


def up_to(most: int, what: str) -> Callable[[str], int]:
    """Reads a whole number from 1 to `most`. Raises ArgumentTypeError."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= most:
            raise ArgumentTypeError(f"must be a number of {what} from 1 to {most}")
        return int(text)

    return number


class Command(BaseCommand):
    """A link is shown once. The site keeps a digest of it, and nothing about whom it is for."""

    help = "Print a link by which one person can sign up, whatever SIGN_UP says. It works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        days, count = up_to(MAX_DAYS, "days"), up_to(MAX_COUNT, "links")
        parser.add_argument("--days", type=days, default=LIFETIME.days, help="how long it works")
        parser.add_argument("--count", type=count, default=1, help="how many links to make")
        parser.add_argument("--end", metavar="LINK", help="end this link instead of making one")

    def handle(self, *args: Any, days: int, count: int, end: str | None, **options: Any) -> None:
        if end is not None:
            if not admission.end(end):
                raise CommandError("No link like that is out. It may have been used or run out.")
            self.stdout.write("That link has ended.")
            return
        lifetime = timedelta(days=days)
        until = date_format(timezone.now() + lifetime, "j F Y")
        for _ in range(count):
            self.stdout.write(InvitationCard.of(admission.invite(lifetime)).link)
        them, works = ("it", "It works") if count == 1 else ("each", "Each works")
        self.stdout.write(
            f"Give {them} to one of the two. {works} once, until {until}."
            " They sign up with it, and then invite their partner as everybody does."
        )
