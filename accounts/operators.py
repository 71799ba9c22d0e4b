"""What whoever runs the site can do about somebody's account; docs/people.md explains each act.

Nothing here reads what people wrote, or who is connected to whom.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts import devices, languages
from accounts.models import User
from accounts.pseudonyms import pseudonym, pseudonyms
from accounts.tasks import task

logger = logging.getLogger(__name__)

SECOND_STEPS = {
    Authenticator.Type.TOTP: "app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


class NoSuchAccount(Exception):
    """No account has this address or pseudonym."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What there is to know about an account without reading anything of its owner's."""

    pseudonyms: list[str]  # as in the log: the one in use, and those by earlier secret keys
    is_confirmed: bool
    created_on: date
    last_signed_in_on: date | None
    second_steps: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCounts:
    """How many accounts there are, and how many browsers are signed in."""

    total: int
    confirmed: int
    with_second_step: int
    active: int  # signed in within the given time
    sessions: int


def find(email: str) -> User:
    """The account with this address, in whatever case. Raises NoSuchAccount."""
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is None:
        raise NoSuchAccount
    return user


def named(mark: str) -> User:
    """The account that the log names by this pseudonym. Raises NoSuchAccount."""
    wanted = mark.strip().lower()
    for user in User.objects.iterator():
        if wanted in pseudonyms(user.pk):
            return user
    raise NoSuchAccount


def facts(user: User) -> AccountFacts:
    addresses = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    return AccountFacts(
        pseudonyms=pseudonyms(user.pk),
        is_confirmed=addresses.exists(),
        created_on=user.date_joined.date(),
        last_signed_in_on=user.last_login.date() if user.last_login else None,
        second_steps=sorted(SECOND_STEPS[Authenticator.Type(kind)] for kind in set(kinds)),
    )


def counts(active_within: timedelta) -> AccountCounts:
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    return AccountCounts(
        total=User.objects.count(),
        confirmed=User.objects.filter(Exists(confirmed)).count(),
        with_second_step=User.objects.filter(Exists(factors)).count(),
        active=User.objects.filter(last_login__gte=Now() - active_within).count(),
        sessions=len(devices.open_rows(UserSession.objects.all())),
    )


@transaction.atomic
def end_sessions(user: User) -> int:
    """Sign a person out everywhere. Returns in how many browsers they were signed in."""
    ended = len(devices.open_rows(UserSession.objects.filter(user=user)))
    devices.sign_out_everywhere(user)
    record("end-sessions", user)
    return ended


@transaction.atomic
def reset_second_step(user: User) -> bool:
    """Remove passkeys, app and recovery codes, sign out everywhere, and mail the person.

    A code by mail signs them in from then on, also where they had switched that off: there is no
    other way in. Returns whether there was anything to remove; if not, nothing happens.
    """
    current = User.objects.select_for_update().get(pk=user.pk)
    removed, _by_model = Authenticator.objects.filter(user=current).delete()
    if not removed:
        return False
    current.takes_mailed_codes = True
    current.save(update_fields=["takes_mailed_codes"])
    devices.sign_out_everywhere(current)
    mail(current, "second_step_reset")
    record("reset-second-step", current)
    return True


def record(act: str, user: User | None = None) -> None:
    """Have the worker log an act, so that the line is where the site's other lines are.

    What a command itself logs goes to the terminal of whoever runs it.
    """
    log_act.enqueue(act, pseudonym(user.pk) if user else "")


@task
def log_act(act: str, account: str) -> None:
    about = {"account": account} if account else {}
    logger.warning("an operator has acted", extra={"what": act, **about})


def mail(user: User, name: str) -> None:
    """Tell somebody in their language what was done about their account, and whom to ask."""
    contact = settings.OPERATOR_CONTACT.removeprefix("mailto:").removeprefix("tel:")
    context = {"site_url": settings.SITE_URL, "contact": contact}
    with languages.written_for(user):
        subject = render_to_string(f"account/email/{name}_subject.txt").strip()
        body = render_to_string(f"account/email/{name}_message.txt", context)
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
