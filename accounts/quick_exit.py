"""Ending a session that somebody left while the site could not be reached."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse


def end_what_was_left(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """End a session before its next request is answered, once its owner has left quickly.

    leaving.js says so in a cookie: whoever leaves without a line must not be found signed in when
    the line is back.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.LEFT_COOKIE_NAME) != "1":
            return get_response(request)
        logout(request)
        response = get_response(request)
        response.delete_cookie(settings.LEFT_COOKIE_NAME, samesite="Strict")
        return response

    return middleware
