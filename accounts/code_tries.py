"""Counts the tries of a mailed code, also those of requests at the same time.

The session holds a count as well, but two requests at the same time overwrite each other's
sessions, so that many tries could count as one.
"""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest

from accounts import code_times
from accounts.expired_codes import pending_code


def count(request: HttpRequest, pending: dict[str, Any]) -> bool:
    """Count one try of a code that is pending in the session. Returns whether it is allowed."""
    key = f"{request.session.session_key}:{code_times.asked_at(pending)}"
    return bool(ratelimit.consume(request, action="try_mailed_code", key=key))


def count_on_page(request: HttpRequest) -> bool:
    """The same for the code that the requested page asks for. True if the page asks for none."""
    pending = pending_code(request)
    return pending is None or count(request, pending)
