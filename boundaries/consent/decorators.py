"""Decorators for views that store something: the person must have agreed to that."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render, resolve_url

from accounts import reauthentication
from boundaries.consent import rules as consent
from boundaries.web.seated import SeatedRequest, SeatedView


def once_agreed[**P](view: SeatedView[P]) -> SeatedView[P]:
    """Send whoever has not agreed to the text as it is now to the page where they can, and back."""

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if consent.up_to_date(request.seat):
            return view(request, *args, **kwargs)
        return _to_consent(request)

    return wrapper


def once_agreed_to_any[**P](view: SeatedView[P]) -> SeatedView[P]:
    """The same for forms with words in them, but a yes to an earlier text is enough.

    Such a form was on the screen before the text changed, and what it holds would be lost. The
    page that follows it asks again. A request in the background gets a notice for its own page.
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


def ask_again(request: SeatedRequest) -> HttpResponse | None:
    """The way to the new text, and back, for somebody who agreed to an earlier one; else None."""
    return _to_consent(request) if consent.asked_again(request.seat) else None


def _to_consent(request: SeatedRequest) -> HttpResponse:
    return redirect_to_login(reauthentication.page_before(request), resolve_url("consent"))
