"""Views that need a person's yes to what is stored."""

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
    """Lead whoever has not said yes to what is kept to where they can, and from there back.

    A page that saves in the background is told so in place.
    """

    @wraps(view)
    def wrapper(request: SeatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if consent.agreed(request.seat):
            return view(request, *args, **kwargs)
        if request.htmx:
            template = "boundaries/consent/first.html"
            return render(request, template, status=HTTPStatus.CONFLICT)
        return redirect_to_login(reauthentication.page_before(request), resolve_url("consent"))

    return wrapper
