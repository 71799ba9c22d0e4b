"""Who may make a new account: everybody, or whoever holds an invitation (the setting SIGN_UP)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest

from accounts import clock
from accounts.allauth_internals import EMAIL_VERIFICATION_CODE_SESSION_KEY

OPEN, INVITED, CLOSED = "open", "invited", "closed"
TYPED, TYPED_AT = "typed", "typed_at"  # session keys: what was sent with the form, and when
KEPT = ("first_name", "email", "adult")
ADMITTED = "admitted"  # session key: this browser has used an invitation up and is still signing up


class Invitations(Protocol):
    """Invitations that this browser may have looked at."""

    def admits(self, request: HttpRequest) -> bool:
        """Whether one of them can still be used for a new account."""

    def use_up(self, request: HttpRequest) -> bool:
        """Use one up for a new account, once. Of two people at the same time, one succeeds."""


invitations: list[Invitations] = []  # other apps add their own


def is_open(request: HttpRequest) -> bool:
    """Whether somebody in this browser may make an account. While sign-up is open: no query."""
    return (
        settings.SIGN_UP == OPEN
        or ADMITTED in request.session
        or any(invitation.admits(request) for invitation in invitations)
    )


def admit(request: HttpRequest) -> bool:
    """Whether the account may be made. Uses up the invitation that this browser has looked at.

    Until they have signed in, the same browser may try again: an address may be mistyped.
    """
    if ADMITTED in request.session:
        return True
    if any(invitation.use_up(request) for invitation in invitations):
        request.session[ADMITTED] = True
        return True
    return bool(settings.SIGN_UP == OPEN)


def remember_typed(request: HttpRequest, data: Mapping[str, Any]) -> None:
    """Keep what was typed until they have signed in, in case the address has to be mended."""
    request.session[TYPED] = {name: data[name] for name in KEPT}
    request.session[TYPED_AT] = int(clock.time())


def typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was typed at sign-up in this browser, for as long as an idle session lasts."""
    age = clock.time() - request.session.get(TYPED_AT, 0)
    fresh = age < settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()
    return dict(request.session.get(TYPED, {})) if fresh else {}


def finish(request: HttpRequest) -> None:
    """They have signed in: this browser makes no second account by the same invitation."""
    for key in (ADMITTED, TYPED, TYPED_AT):
        request.session.pop(key, None)


def cancel(request: HttpRequest) -> None:
    """Forget the code that is pending, alike for a new address and for one that is taken."""
    request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
