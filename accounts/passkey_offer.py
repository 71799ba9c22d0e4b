"""A passkey is offered once on a device. A cookie remembers that for a year."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse


def is_offered(request: HttpRequest) -> bool:
    """Whether somebody has neither used a passkey or second step here nor been offered one.

    It looks at the session and a cookie alone, so it costs no query.
    """
    if settings.UNENCRYPTED or settings.PASSKEY_COOKIE_NAME in request.COOKIES:
        return False
    records = get_authentication_records(request, request.user)
    return all(record["method"] != "mfa" for record in records)


def remember(response: HttpResponse) -> None:
    """Offer it no more on this device. It stays under Account."""
    response.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        "offered",
        max_age=settings.KNOWN_BROWSER_FOR,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
