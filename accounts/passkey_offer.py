"""Whether to offer a passkey on this device. A cookie remembers a "not now" for a year."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse


def is_offered(request: HttpRequest) -> bool:
    """Whether somebody has neither used a passkey or second step here nor said "not now".

    It looks at the session and a cookie alone, so it costs no query.
    """
    if settings.UNENCRYPTED or settings.PASSKEY_COOKIE_NAME in request.COOKIES:
        return False
    records = get_authentication_records(request, request.user)
    return all(record["method"] != "mfa" for record in records)


def decline(response: HttpResponse) -> None:
    response.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        "later",
        max_age=settings.KNOWN_BROWSER_FOR,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
