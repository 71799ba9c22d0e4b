"""The front door, and the home page that says what is next."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import reauthentication
from boundaries.answers.views import Card, direction
from boundaries.demo import couple
from boundaries.home import rules
from boundaries.pairing import joining
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    picture = couple.pictured()
    context = {
        "card": Card.kept(picture.row),
        "direction": direction(couple.partner()),
        "lines": picture.lines,
        "names": {str(side): name for side, name in couple.NAMES.items()},
        "talk": picture.talk,
        "kept": picture.kept,
        "invited": joining.looked_at(request),
    }
    return render(request, "boundaries/journey/landing.html", context)


@require_safe
@reauthentication.after_idling
@seated
def home(request: SeatedRequest) -> HttpResponse:
    context = {
        "home": rules.home(request.seat),
        "steps": rules.Step.__members__,
        "invited": joining.looked_at(request),
    }
    return render(request, "boundaries/journey/home.html", context)
