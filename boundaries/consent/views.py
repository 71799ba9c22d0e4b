"""Is this right for us? Four questions that somebody asks themselves."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries.consent import rules as consent
from boundaries.seats import rules as seats

# Chromium keeps pages as they were for its back button, with all that was ticked on them, for some
# minutes and in spite of "no-store". It keeps none whose status is another than 200. Where scripts
# run, leaving.js sees to it as well.
NEVER_KEPT = HTTPStatus.NON_AUTHORITATIVE_INFORMATION


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """A page that answers by itself. Nothing on it can be sent, so nothing can be stored."""
    onward = "landing"  # and from there home, for who is signed in
    if request.user.is_authenticated and not consent.agreed(seats.seat_of(request.user)):
        onward = "consent"
    context = {"onward": onward}
    return render(
        request, "boundaries/consent/safety_questions/show.html", context, status=NEVER_KEPT
    )
