"""The four safety questions, which people answer for themselves."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries.consent import rules as consent
from boundaries.consent.pages import NEVER_KEPT
from boundaries.seats import rules as seats


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """Nothing on the page can be sent, so nothing can be stored."""
    onward = "landing"  # which leads home if they are signed in
    if request.user.is_authenticated and not consent.agreed(seats.seat_of(request.user)):
        onward = "consent"
    context = {"onward": onward}
    return render(
        request, "boundaries/consent/safety_questions/show.html", context, status=NEVER_KEPT
    )
