"""Loads an invented couple to look around with, on a machine for development."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Letter, User
from boundaries import answering, catalogue, pairing
from boundaries.models.couples import Seat
from boundaries.vocabulary import Stance

PASSWORD = "only for the demo"  # noqa: S105 there is nothing real behind it
DOMAIN = "demo.example"

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE

# What Asha says (when Ravi does it, when she does it), then what Ravi says, on each behaviour.
# Where a behaviour is missing, one of them has left it out.
SAID: dict[str, tuple[tuple[Stance, Stance], tuple[Stance, Stance]]] = {
    "a1": ((A, A), (A, A)),
    "a2": ((C, A), (A, A)),
    "a3": ((A, A), (A, A)),
    "b1": ((C, C), (A, A)),
    "b4": ((N, N), (C, A)),
    "c1": ((C, C), (C, C)),
    "c2": ((A, A), (A, A)),
    "c6": ((U, A), (A, A)),
    "d1": ((N, C), (A, A)),
    "e1": ((C, C), (C, C)),
    "e2": ((A, A), (C, A)),
    "e3": ((A, A), (N, C)),
    "e5": ((A, A), (A, A)),
    "f1": ((N, N), (N, N)),
    "f3": ((N, N), (C, A)),
    "f5": ((N, N), (N, N)),
    "f6": ((C, C), (U, U)),
    "f8": ((A, A), (A, A)),
    "f9": ((N, N), (N, N)),
    "g1": ((C, C), (A, C)),
    "g6": ((A, A), (A, A)),
    "i1": ((N, N), (N, N)),
    "j4": ((C, A), (N, C)),
}
NOTES = {
    ("Asha", "d1"): "A birthday message is fine. Evenings of texting would make me feel far away.",
    ("Ravi", "d1"): "We share old friends. I would always tell you.",
    ("Asha", "f8"): "Privacy is not secrecy. I like having a corner of my own.",
}


class Command(BaseCommand):
    """Running it again brings the couple back to how it began."""

    help = "Load a clearly labelled demo couple, and say how to sign in as either."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo couple has a known password. It is for development only.")
        with transaction.atomic():
            asha, ravi = self._person("Asha"), self._person("Ravi")
            self._pair(asha, ravi)
            self._answer(asha, "Asha", which=0)
            self._answer(ravi, "Ravi", which=1)
            for seat in (asha, ravi):
                answering.seal(seat, catalogue.deck(catalogue.ESSENTIALS))
            Letter.objects.filter(recipient__endswith=DOMAIN).delete()  # nobody reads them
        self.stdout.write("A demo couple is loaded. Everything about them is invented.")
        for name in ("asha", "ravi"):
            self.stdout.write(f"  Sign in as {name}@{DOMAIN} with the password: {PASSWORD}")
        self.stdout.write(f"  at {settings.SITE_URL}/account/login/ (start it with: make run)")

    def _person(self, name: str) -> Seat:
        """This person anew, with all they had in an earlier run gone."""
        email = f"{name.lower()}@{DOMAIN}"
        earlier = User.objects.filter(email=email).first()
        if earlier:
            with suppress(pairing.NotPaired):
                pairing.part(pairing.seat_of(earlier))
            earlier.delete()
        user = User.objects.create_user(
            email, PASSWORD, first_name=f"{name} (demo)", said_adult_at=timezone.now()
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return pairing.seat_of(user)

    def _pair(self, inviter: Seat, joiner: Seat) -> None:
        pairing.invite(inviter)
        standing = pairing.standing(inviter)
        pairing.join(joiner, pairing.offer(standing.code if standing else "", joiner).id)
        standing = pairing.standing(inviter)
        if standing and standing.joiner:
            pairing.confirm(inviter, standing.joiner.joining)
        for seat in (inviter, joiner):
            seat.refresh_from_db()

    def _answer(self, seat: Seat, name: str, *, which: int) -> None:
        for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours:
            if behaviour.id in SAID:
                partners, mine = SAID[behaviour.id][which]
                note = NOTES.get((name, behaviour.id), "")
                answering.answer(
                    seat,
                    behaviour,
                    seen=answering.UNTOUCHED,
                    mine=mine,
                    partners=partners,
                    note=note,
                )
