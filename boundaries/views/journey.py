"""The front door, and the home page that says what is next."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import still_you
from boundaries import example, journey
from boundaries.http import SeatedRequest, seated
from boundaries.views import joining
from boundaries.views.answering import Card, direction


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    picture = example.pictured()
    context = {
        "card": Card.kept(picture.row),
        "direction": direction(example.partner()),
        "lines": picture.lines,
        "names": {str(side): name for side, name in example.NAMES.items()},
        "talk": picture.talk,
        "kept": picture.kept,
        "invited": joining.looked_at(request),
    }
    return render(request, "boundaries/journey/landing.html", context)


@require_safe
@still_you.after_idling
@seated
def home(request: SeatedRequest) -> HttpResponse:
    context = {
        "home": journey.home(request.seat),
        "steps": journey.Step.__members__,
        "invited": joining.looked_at(request),
    }
    return render(request, "boundaries/journey/home.html", context)
