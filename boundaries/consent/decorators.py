"""A decorator for views that store something: the person must have agreed to that."""

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
    """Send whoever has not agreed to what is stored to the page where they can, and then back.

    A request in the background gets a notice for its own page instead.
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
