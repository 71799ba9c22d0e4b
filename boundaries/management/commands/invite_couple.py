"""Makes a link by which the first of a couple can sign up, also while nobody else can."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format

from boundaries.pairing import admission
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.pairing.rules import LIFETIME

MAX_DAYS = 90


def days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_DAYS:
        raise ArgumentTypeError(f"must be a number of days from 1 to {MAX_DAYS}")
    return int(text)


class Command(BaseCommand):
    """The link is shown once. The site keeps a digest of it, and nothing about whom it is for."""

    help = "Print a link by which one person can sign up, whatever SIGN_UP says. It works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=days, default=LIFETIME.days, help="how long it works")
        parser.add_argument("--end", metavar="LINK", help="end this link instead of making one")

    def handle(self, *args: Any, days: int, end: str | None, **options: Any) -> None:
        if end is not None:
            if not admission.end(end):
                raise CommandError("No link like that is out. It may have been used or run out.")
            self.stdout.write("That link has ended.")
            return
        lifetime = timedelta(days=days)
        card = InvitationCard.of(admission.invite(lifetime))
        until = date_format(timezone.now() + lifetime, "j F Y")
        self.stdout.write(card.link)
        self.stdout.write(
            f"Give it to one of the two. It works once, until {until}."
            " They sign up with it, and then invite their partner as everybody does."
        )
