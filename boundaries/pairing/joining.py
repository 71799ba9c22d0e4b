"""The invited person's side: the code, what it offers, yes or no."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.consent.decorators import once_agreed
from boundaries.pairing import rules as pairing
from boundaries.pairing.forms import CodeForm
from boundaries.seats import rules as seats
from boundaries.web.codes_in_links import code_in_address, without_address
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from boundaries.pairing.rules import Offer
    from boundaries.seats.models import Seat

OFFERED = "offered"  # in the session: which invitation was looked at, never its code


@require_safe
@login_not_required
def show(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Where a link leads. The server sees its code only where a mail program has changed it."""
    form = CodeForm(initial={"code": code_in_address(request, rest, pairing.CODE)})
    return without_address(render(request, "boundaries/joining/show.html", {"form": form}))


@require_POST
@login_not_required
def enter(request: HttpRequest) -> HttpResponse:
    action = "try_code" if request.user.is_authenticated else "try_code_signed_out"
    if refusal := limited(request, action):
        return refusal
    form = CodeForm(request.POST)
    text = form.cleaned_data["code"] if form.is_valid() else ""
    seat = _seat(request)
    try:
        offer = pairing.offer(text, seat)
    except pairing.DeadLink:
        if seat and pairing.made(text, seat):
            messages.info(request, _("This is your own invitation. It works, for your partner."))
            return redirect("pairing")
        return _dead(request)
    request.session[OFFERED] = str(offer.id)
    return redirect("joining-offer")


@require_safe
@login_not_required
def offer(request: HttpRequest) -> HttpResponse:
    seat = _seat(request)
    try:
        offer = pairing.offer_again(_offered(request), seat)
    except pairing.DeadLink:
        return _dead(request)
    context = {"offer": offer, "partner": seats.partner_of(seat) if seat else None}
    return render(request, "boundaries/joining/offer.html", context)


@require_POST
@seated
@once_agreed
def join(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "join"):
        return refusal
    if not looked_at(request) and pairing.waiting_for(request.seat):
        return redirect("pairing")  # pressed twice
    if looked_at(request) and request.POST.get("join") != request.session[OFFERED]:
        return redirect("joining-offer")  # another one was looked at since
    try:
        pairing.join(request.seat, _offered(request))
    except pairing.DeadLink:
        return _dead(request)
    except pairing.AlreadyPaired:
        messages.info(request, _("You have a partner here already."))
        return redirect("pairing")
    request.session.pop(OFFERED, None)
    return redirect("pairing")


@require_POST
@login_not_required
def decline(request: HttpRequest) -> HttpResponse:
    """A graceful no: this browser forgets the invitation, and nobody is told."""
    request.session.pop(OFFERED, None)
    return render(request, "boundaries/joining/declined.html")


@require_POST
@seated
def withdraw(request: SeatedRequest) -> HttpResponse:
    pairing.withdraw(request.seat)
    messages.success(request, _("You have taken your joining back. No mail is sent about it."))
    return redirect("home")


def looked_at(request: HttpRequest) -> bool:
    """Whether an invitation was looked at in this browser, and neither taken nor refused."""
    return OFFERED in request.session


def still_offered(request: SeatedRequest) -> Offer | None:
    """The invitation that was looked at in this browser, if this person can accept it."""
    if not looked_at(request) or seats.partner_of(request.seat):
        return None
    try:
        return pairing.offer_again(_offered(request), request.seat)
    except pairing.DeadLink:
        return None


def _dead(request: HttpRequest) -> HttpResponse:
    request.session.pop(OFFERED, None)
    form = CodeForm(request.POST if request.method == "POST" else None)
    return render(
        request,
        "boundaries/joining/show.html",
        {"form": form, "dead": True},
        status=HTTPStatus.NOT_FOUND,
    )


def _offered(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.session[OFFERED])
    except (KeyError, ValueError):
        raise pairing.DeadLink from None


def _seat(request: HttpRequest) -> Seat | None:
    return seats.seat_of(request.user) if request.user.is_authenticated else None
