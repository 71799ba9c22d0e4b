"""Signing in by mailed code, which a person can switch off.

Whoever can read a mailbox signs in as its owner. Who has another whole way in can shut this
one; their address then takes codes no more than one that nobody has.
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
    """Without mailed codes this person could not sign in."""


def has_other_way(user: User) -> bool:
    """Whether a person can sign in without their mailbox, and nobody can by a password alone.

    That is a passkey that works alone, or a password with any passkey or app as a second step.
    """
    factors = _factors(user)
    if user.has_usable_password():
        return factors.exists()
    passkeys = factors.filter(type=Authenticator.Type.WEBAUTHN)
    return any(each.wrap().is_passwordless for each in passkeys)


@transaction.atomic
def switch_off(user: User) -> None:
    """No code is mailed any more to sign in with. Raises NoOtherWay."""
    User.objects.select_for_update().get(pk=user.pk)  # a factor may be going just now
    if not has_other_way(user):
        raise NoOtherWay
    _set(user, takes=False)


@transaction.atomic
def switch_on(user: User) -> None:
    """A mailed code signs this person in. They are told by mail: somebody else may have done it."""
    now = User.objects.select_for_update().get(pk=user.pk)  # `user` may be of a moment ago
    if now.takes_mailed_codes:
        return
    _set(now, takes=True)
    get_adapter().send_notification_mail("account/email/mailed_codes_on", now)


@transaction.atomic
def switch_on_if_needed(request: HttpRequest, user: User, **_more: object) -> None:
    """Nobody is left without a way in when their last passkey or second step goes."""
    now = User.objects.select_for_update().get(pk=user.pk)
    if now.takes_mailed_codes or has_other_way(now):
        return
    switch_on(now)
    messages.info(request, _("From now on you sign in with mailed codes again."))


def discard_unproven_password(user: User) -> bool:
    """Make unusable what was chosen at sign-up, where its chooser has never been in.

    Anybody can sign up with anybody's address, and wait with a password of theirs until its owner
    comes and confirms it. Returns whether there was one.
    """
    if user.last_login is not None or not user.has_usable_password():
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True


def _factors(user: User) -> QuerySet[Authenticator]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=kinds)
    return found


def _set(user: User, *, takes: bool) -> None:
    user.takes_mailed_codes = takes
    user.save(update_fields=["takes_mailed_codes"])
