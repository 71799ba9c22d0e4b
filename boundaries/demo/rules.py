"""An invented couple with accounts, for trying the site out. Loading it again starts it over."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Letter, User
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.check_ins import rules as check_ins
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.demo import check_in, couple
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

DOMAIN = settings.DEMO_ADDRESSES
TAG = re.compile("[0-9a-f]{12}")


def new_tag() -> str:
    """What tells one visitor's couple from another's; nobody can guess it."""
    return secrets.token_hex(6)


def address_of(side: Side, tag: str = "") -> str:
    name = couple.NAMES[side].lower()
    return f"{name}-{tag}@{DOMAIN}" if tag else f"{name}@{DOMAIN}"


def who(email: str) -> tuple[Side, str] | None:
    """Which of the two has this address, and the tag of their couple; None for anybody else."""
    for side in Side:
        form = re.escape(address_of(side, "TAG")).replace("TAG", f"({TAG.pattern})")
        if found := re.fullmatch(form, email):
            return side, found[1]
    return None


def person(side: Side, tag: str) -> User | None:
    """One of the couple with this tag, if both still have an account."""
    if not TAG.fullmatch(tag):  # without a tag, it would be the couple whose password is secret
        return None
    both = {user.email: user for user in User.objects.filter(email__in=_addresses(tag))}
    return both.get(address_of(side, tag)) if len(both) == len(Side) else None


@transaction.atomic
def load(*, tag: str = "", password: str | None = None) -> dict[Side, User]:
    """Make the couple: connected, with their first deck open and one check-in behind them.

    With a password, that is the only way in: whoever guesses the address gets no code.
    """
    _delete(tag)
    both = {side: _person(side, tag, password) for side in Side}
    _pair(both[Side.LEFT], both[Side.RIGHT])
    deck = catalogue.deck(catalogue.ESSENTIALS)
    for side, seat in both.items():
        _answer(seat, side)
    for seat in both.values():
        answers.seal(seat, deck)
    for side, seat in both.items():
        check_ins.seal(seat, check_in.halves()[side], seen="")
    Letter.objects.filter(recipient__in=_addresses(tag)).delete()  # nobody reads them
    return {side: seat.user for side, seat in both.items()}


def _addresses(tag: str) -> list[str]:
    return [address_of(side, tag) for side in Side]


def _delete(tag: str) -> None:
    for earlier in User.objects.filter(email__in=_addresses(tag)):
        with suppress(seats.NotPaired):
            pairing.part(seats.seat_of(earlier))
        earlier.delete()


def _person(side: Side, tag: str, password: str | None) -> Seat:
    email = address_of(side, tag)
    user = User.objects.create_user(
        email,
        password,
        first_name=couple.names()[side],
        said_adult_at=timezone.now(),
        takes_mailed_codes=password is None,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    consent.agree(seats.seat_of(user), consent.VERSION)
    return seats.seat_of(user)


def _pair(inviter: Seat, joiner: Seat) -> None:
    pairing.invite(inviter)
    standing = pairing.standing(inviter)
    pairing.join(joiner, pairing.offer(standing.code if standing else "", joiner).id)
    standing = pairing.standing(inviter)
    if standing and standing.joiner:
        pairing.confirm(inviter, standing.joiner.joining)
    for seat in (inviter, joiner):
        seat.refresh_from_db()


def _answer(seat: Seat, side: Side) -> None:
    for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours:
        answer = couple.answers_of(side).get(behaviour.id)
        if answer:
            values = {field.name: getattr(answer, field.name) for field in fields(answer)}
            del values["skipped"], values["hidden"]
            answers.answer(seat, behaviour, version=sheets.UNTOUCHED, **values)
