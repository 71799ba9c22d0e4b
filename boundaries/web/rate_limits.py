"""The page that says something was tried too often."""

from __future__ import annotations

from typing import cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse


def limited(request: HttpRequest, action: str) -> HttpResponse | None:
    """The page for when something was tried too often, or nothing.

    Counted for each person alone, and for who is signed out by their network address.

    The rates stand in ACCOUNT_RATE_LIMITS, next to those for signing in. A look counts as well as
    an act: what is costly here is mostly a look.
    """
    user = request.user if request.user.is_authenticated else None
    refusal = ratelimit.consume_or_429(request, action=action, user=user, limit_get=True)
    return cast("HttpResponse | None", refusal)
