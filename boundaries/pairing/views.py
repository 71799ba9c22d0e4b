"""Inviting a partner, confirming who joined, and parting."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries import dates
from boundaries.consent.decorators import once_agreed
from boundaries.leaving import rules as leaving
from boundaries.pairing import rules as pairing
from boundaries.pairing.forms import JoiningForm
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.seats import rules as seats
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
def show(request: SeatedRequest) -> HttpResponse:
    partner = seats.partner_of(request.seat)
    standing = None if partner else pairing.standing(request.seat)
    context = {
        "partner": partner,
        "standing": standing,
        "awaited": None if partner else pairing.waiting_for(request.seat),
        "together": seats.couple_token(request.seat),
        "until": dates.first_day_of(standing.expires_at) if standing else None,
        "card": InvitationCard.of(standing.code) if standing else None,
    }
    return render(request, "boundaries/pairing/show.html", context)


@require_POST
@seated
@once_agreed
def invite(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "invite"):
        return refusal
    try:
        pairing.invite(request.seat)
    except pairing.AlreadyPaired:
        messages.info(request, _("You have a partner here already."))
    return redirect("pairing")


@require_POST
@seated
def revoke(request: SeatedRequest) -> HttpResponse:
    pairing.revoke(request.seat)
    messages.success(request, _("The link no longer works."))
    return redirect("pairing")


@require_POST
@reauthentication.after_idling
@seated
def confirm(request: SeatedRequest) -> HttpResponse:
    form = JoiningForm(request.POST)
    try:
        if not form.is_valid():
            raise pairing.NobodyJoined
        pairing.confirm(request.seat, form.cleaned_data["joining"])
    except (pairing.NobodyJoined, pairing.AlreadyPaired):
        return render(request, "boundaries/pairing/nobody_joined.html", status=HTTPStatus.CONFLICT)
    messages.success(request, _("You are paired now."))
    return redirect("home")


@require_POST
@seated
def refuse(request: SeatedRequest) -> HttpResponse:
    pairing.refuse(request.seat)
    messages.success(request, _("The link no longer works, and nothing was shared."))
    return redirect("pairing")


@require_POST
@seated
def part(request: SeatedRequest) -> HttpResponse:
    """After idling it asks who it is, and lets part all the same: leaving is gated by nothing.

    Who parts without an answer is signed out with it, so that they get at nothing else.
    """
    has_idled = reauthentication.has_idled(request)
    if has_idled and "anyway" not in request.POST:
        context = {
            "way": reauthentication.way(request),
            "together": request.POST.get("together", ""),
        }
        status = HTTPStatus.UNAUTHORIZED
        return render(request, "boundaries/pairing/still_you.html", context, status=status)
    try:
        leaving.part(request.seat, shown=request.POST.get("together"))
    except seats.NotPaired:
        if seats.partner_of(request.seat):
            messages.info(request, _("That page was about somebody else. Nothing has changed."))
        return redirect("home")
    if has_idled:
        logout(request)
        messages.success(request, _("You are no longer paired, and you are signed out here."))
        return redirect("account_login")
    messages.success(
        request, _("You are no longer paired. Your answers and notes are still yours.")
    )
    return redirect("leaving-copies")


@require_POST
@seated
def acknowledge_parting(request: SeatedRequest) -> HttpResponse:
    pairing.acknowledge_parting(request.seat)
    return redirect("home")
