"""Decorators that require consent before a view stores anything."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render, resolve_url

from accounts import reauthentication
from boundaries.consent import rules as consent
from boundaries.web.seated import SeatedRequest, SeatedView


def consent_required[**P](view: SeatedView[P]) -> SeatedView[P]:
    """Redirect to the consent page, and back, unless they agreed to the current text."""

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if consent.up_to_date(request.seat):
            return view(request, *args, **kwargs)
        return _to_consent(request)

    return wrapper


def any_consent_required[**P](view: SeatedView[P]) -> SeatedView[P]:
    """Like `consent_required`, but having agreed to an earlier text is enough.

    For views to which people submit words: a redirect would lose what they wrote before the text
    changed. The page they see next asks for consent to the new text. If they never agreed at all,
    an htmx request gets a notice to show in the page.
    """

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if consent.agreed(request.seat):
            return view(request, *args, **kwargs)
        if request.htmx:
            template = "boundaries/consent/first.html"
            return render(request, template, status=HTTPStatus.CONFLICT)
        return _to_consent(request)

    return wrapper


def redirect_to_new_text(request: SeatedRequest) -> HttpResponse | None:
    """A redirect to the consent page, and back, if they agreed to an earlier text; else None."""
    return _to_consent(request) if consent.asked_again(request.seat) else None


def _to_consent(request: SeatedRequest) -> HttpResponse:
    return redirect_to_login(reauthentication.page_before(request), resolve_url("consent"))
