"""A second press on the button that signs up leads to the same page as the first.

Without script a double tap sends the form twice, and the browser drops the answer to the first:
the session in which the code is pending never reaches it. allauth mails one code in ten seconds,
so the second request is refused. It gets the session of the first instead, if it comes from the
same browser and names the same address.
"""

from __future__ import annotations

import time
from hashlib import sha256
from http import HTTPStatus
from importlib import import_module
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.allauth_internals import EMAIL_VERIFICATION_CODE_SESSION_KEY as SIGN_UP

WITHIN = 10  # seconds, as long as allauth mails no other code
PATIENCE, PAUSE = 1, 0.1  # seconds to wait for a first request that is still under way


def join_first(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response to a sign-up: as it is, or the way to the page that the first one led to."""
    match = request.resolver_match
    if not match or match.url_name != "account_signup" or request.method != "POST":
        return response
    if response.status_code == HTTPStatus.FOUND and SIGN_UP in request.session:
        request.session.save()
        cache.set(_name(request), request.session.session_key, WITHIN)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and (key := _first(request)):
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        request.session.modified = True  # so that its cookie is sent
        return redirect("account_email_verification_sent")
    return response


def _first(request: HttpRequest) -> str | None:
    """The key of the session of the first request, once that is answered."""
    until = time.monotonic() + PATIENCE
    while not (key := cache.get(_name(request))) and time.monotonic() < until:
        time.sleep(PAUSE)
    return cast("str | None", key)


def _name(request: HttpRequest) -> str:
    """Tells browsers apart by the secret of their forms, which no other site can read."""
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    email = request.POST.get("email", "").strip().lower()
    return "pressed-twice:" + sha256(f"{secret} {email}".encode()).hexdigest()
