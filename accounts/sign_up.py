"""Who may make a new account: everybody, or whoever holds an invitation (the setting SIGN_UP)."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.http import HttpRequest

OPEN, INVITED, CLOSED = "open", "invited", "closed"
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
        or any(each.admits(request) for each in invitations)
    )


def admit(request: HttpRequest) -> bool:
    """Whether the account may be made. Uses up the invitation that this browser has looked at.

    Until they have signed in, the same browser may try again: an address may be mistyped.
    """
    if ADMITTED in request.session:
        return True
    if any(each.use_up(request) for each in invitations):
        request.session[ADMITTED] = True
        return True
    return bool(settings.SIGN_UP == OPEN)


def finish(request: HttpRequest) -> None:
    """They have signed in: this browser makes no second account by the same invitation."""
    request.session.pop(ADMITTED, None)
