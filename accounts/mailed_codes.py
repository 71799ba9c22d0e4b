"""Signing in by mailed code, which a person can switch off.

Whoever can read a mailbox can sign in as its owner. People with another secure method can switch
codes off; their address is then treated like an unknown one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


class NoOtherWay(Exception):
    """Mailed codes must stay on, because this person has no other secure way to sign in."""


def has_other_way(user: User) -> bool:
    """Whether a person can sign in securely without their mailbox.

    That takes a passkey that works without a password, or a password with a passkey or an
    authenticator app as a second step.
    """
    factors = _factors(user)
    if user.has_usable_password():
        return factors.exists()
    passkeys = factors.filter(type=Authenticator.Type.WEBAUTHN)
    return any(passkey.wrap().is_passwordless for passkey in passkeys)


@transaction.atomic
def switch_off(user: User) -> None:
    """Stop this person from signing in by mailed code. Raises NoOtherWay."""
    User.objects.select_for_update().get(pk=user.pk)  # another request may be removing a factor
    if not has_other_way(user):
        raise NoOtherWay
    _set(user, takes=False)


@transaction.atomic
def switch_on(user: User) -> None:
    """Let this person sign in by mailed code, and notify them in case somebody else did this."""
    current = User.objects.select_for_update().get(pk=user.pk)  # `user` may be out of date
    if current.takes_mailed_codes:
        return
    _set(current, takes=True)
    get_adapter().send_notification_mail("account/email/mailed_codes_on", current)


@transaction.atomic
def switch_on_if_needed(request: HttpRequest, user: User, **_more: object) -> None:
    """Switch codes on if removing a passkey or app leaves no other secure way to sign in."""
    current = User.objects.select_for_update().get(pk=user.pk)
    if current.takes_mailed_codes or has_other_way(current):
        return
    switch_on(current)
    messages.info(request, _("From now on, a code by e-mail signs you in again."))


def discard_unproven_password(user: User) -> bool:
    """Discard a password that was chosen at sign-up by somebody who has never signed in.

    Anybody can sign up with somebody else's address and wait until its owner confirms it. Returns
    whether there was a password.
    """
    if user.last_login is not None or not user.has_usable_password():
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True


def _factors(user: User) -> QuerySet[Authenticator]:
    """The person's passkeys and authenticator apps, without recovery codes."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=kinds)
    return found


def _set(user: User, *, takes: bool) -> None:
    user.takes_mailed_codes = takes
    user.save(update_fields=["takes_mailed_codes"])
