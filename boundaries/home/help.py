"""Where to turn when this site is not the way, and what leaving quickly can and cannot do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries.content import help


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """Everybody sees all countries; the one they choose stands first. Nothing guesses it."""
    asked = request.GET.get("country", "")
    countries = help.countries()
    if asked and asked not in countries:
        raise Http404
    context = {"countries": countries.values(), "chosen": countries.get(asked)}
    return render(request, "boundaries/help/show.html", context)
