"""Logs sign-ins and changes of credentials, with a pseudonym of the account.

These events are what an attack would leave behind. allauth reports them as signals; nothing but
the log depends on them.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import signals as of_accounts
from allauth.account.models import EmailAddress
from allauth.mfa import signals as of_factors
from django.contrib.auth import signals as of_sessions
from django.db.models.signals import post_delete
from django.dispatch import Signal, receiver

from accounts.models import User
from accounts.pseudonyms import pseudonym

CHANGES: dict[Signal, str] = {
    of_accounts.password_changed: "password changed",
    of_accounts.password_set: "password set",
    of_accounts.password_reset: "password reset",
    of_accounts.email_added: "address added",
    of_accounts.email_removed: "address removed",
    of_factors.authenticator_added: "factor added",
    of_factors.authenticator_removed: "factor removed",
    of_factors.authenticator_reset: "factor reset",
}

logger = logging.getLogger(__name__)


@receiver(of_sessions.user_logged_in)
def _signed_in(user: User, **_: Any) -> None:
    logger.info("signed in", extra={"account": pseudonym(user.pk)})


@receiver(of_sessions.user_logged_out)
def _signed_out(user: User | None, **_: Any) -> None:
    if user:
        logger.info("signed out", extra={"account": pseudonym(user.pk)})


@receiver(of_accounts.user_signed_up)
def _signed_up(user: User, **_: Any) -> None:
    logger.info("signed up", extra={"account": pseudonym(user.pk)})


@receiver(of_accounts.authentication_step_completed)
def _showed_who_they_are(user: User, method: str, **_: Any) -> None:
    logger.info("showed who they are", extra={"account": pseudonym(user.pk), "way": method})


@receiver(list(CHANGES))
def _changed(signal: Signal, user: User, **_: Any) -> None:
    logger.warning(
        "a way in was changed", extra={"account": pseudonym(user.pk), "what": CHANGES[signal]}
    )


@receiver(of_accounts.email_changed)
def _address_changed(user: User, from_email_address: EmailAddress | None, **_: Any) -> None:
    """allauth says so of the first address too, when it is confirmed at sign-up."""
    account = {"account": pseudonym(user.pk)}
    if from_email_address is None:
        logger.info("address confirmed", extra=account)
    else:
        logger.warning("a way in was changed", extra=account | {"what": "address changed"})


@receiver(post_delete, sender=User)
def _closed(instance: User, **_: Any) -> None:
    logger.warning("account deleted", extra={"account": pseudonym(instance.pk)})
