"""Loads an invented couple to try the site with, on a machine for development."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Letter, User
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.demo import couple
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

PASSWORD = "only for the demo"  # noqa: S105 there is nothing real behind it
DOMAIN = "demo.example"


class Command(BaseCommand):
    """Running it again resets the couple."""

    help = "Load a clearly labelled demo couple, and say how to sign in as either."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo couple has a known password. It is for development only.")
        with transaction.atomic():
            asha, ravi = map(self._person, couple.NAMES.values())
            self._pair(asha, ravi)
            self._answer(asha, Side.LEFT)
            self._answer(ravi, Side.RIGHT)
            for seat in (asha, ravi):
                answers.seal(seat, catalogue.deck(catalogue.ESSENTIALS))
            Letter.objects.filter(recipient__endswith=DOMAIN).delete()  # nobody reads them
        self.stdout.write("A demo couple is loaded. Everything about them is invented.")
        for name in ("asha", "ravi"):
            self.stdout.write(f"  Sign in as {name}@{DOMAIN} with the password: {PASSWORD}")
        self.stdout.write(f"  at {settings.SITE_URL}/account/login/ (start it with: make run)")

    def _person(self, name: str) -> Seat:
        """A new account for this person; one from an earlier run is deleted first."""
        email = f"{name.lower()}@{DOMAIN}"
        earlier = User.objects.filter(email=email).first()
        if earlier:
            with suppress(seats.NotPaired):
                pairing.part(seats.seat_of(earlier))
            earlier.delete()
        user = User.objects.create_user(
            email, PASSWORD, first_name=name, said_adult_at=timezone.now()
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        consent.agree(seats.seat_of(user), consent.VERSION)
        return seats.seat_of(user)

    def _pair(self, inviter: Seat, joiner: Seat) -> None:
        pairing.invite(inviter)
        standing = pairing.standing(inviter)
        pairing.join(joiner, pairing.offer(standing.code if standing else "", joiner).id)
        standing = pairing.standing(inviter)
        if standing and standing.joiner:
            pairing.confirm(inviter, standing.joiner.joining)
        for seat in (inviter, joiner):
            seat.refresh_from_db()

    def _answer(self, seat: Seat, side: Side) -> None:
        for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours:
            answer = couple.answers_of(side).get(behaviour.id)
            if answer:
                values = {field.name: getattr(answer, field.name) for field in fields(answer)}
                del values["skipped"], values["hidden"]
                answers.answer(seat, behaviour, version=sheets.UNTOUCHED, **values)
