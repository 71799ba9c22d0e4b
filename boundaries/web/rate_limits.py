"""Rate limits on views."""

from __future__ import annotations

from typing import cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse


def limited(request: HttpRequest, action: str) -> HttpResponse | None:
    """The response (429) where an action was tried too often, or None.

    It is counted per person, or by network address for somebody who is signed out. The rates are in
    ACCOUNT_RATE_LIMITS, next to those for signing in. GET requests count too: what is costly here
    is mostly reading.
    """
    user = request.user if request.user.is_authenticated else None
    refusal = ratelimit.consume_or_429(request, action=action, user=user, limit_get=True)
    return cast("HttpResponse | None", refusal)
