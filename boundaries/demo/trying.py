"""Signing in by one tap, as one of an invented couple. Only a demo has these addresses."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from boundaries.demo import rules
from boundaries.vocabulary import Side
from boundaries.web.rate_limits import limited


@require_POST
@login_not_required
def sign_in_as(request: HttpRequest, side: Side) -> HttpResponse:
    """Each browser gets a couple of its own, so that no visitor reads what another wrote."""
    if refusal := limited(request, "sign_in_as"):
        return refusal
    tag = tag_of(request)
    user = rules.person(side, tag)
    if user is None:
        tag = rules.new_tag()
        user = rules.load(tag=tag)[side]
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    response = redirect("home")
    response.set_cookie(
        settings.DEMO_COOKIE_NAME,
        tag,
        max_age=settings.DEMO_RESET_MINUTES * 60,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def tag_of(request: HttpRequest) -> str:
    """The tag of this browser's couple, or "" if it has none."""
    return request.COOKIES.get(settings.DEMO_COOKIE_NAME, "")
