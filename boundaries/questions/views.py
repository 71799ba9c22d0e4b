"""What two people want to be asked: the intimate deck, and behaviours of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.content import catalogue, control
from boundaries.questions import rules as questions
from boundaries.questions.forms import OwnForm, PutForwardForm
from boundaries.questions.rules import PutForward
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from boundaries.seats.models import Seat


@require_safe
@reauthentication.after_idling
@seated
def intimate(request: SeatedRequest) -> HttpResponse:
    context = {
        "partner": seats.partner_of(request.seat),
        "opting": questions.opting(request.seat),
        "together": seats.couple_token(request.seat),
        "deck": catalogue.intimate(),
    }
    return render(request, "boundaries/questions/intimate.html", context)


@require_POST
@reauthentication.after_idling
@seated
def opt_in(request: SeatedRequest) -> HttpResponse:
    try:
        questions.opt_in(request.seat, couple_token=request.POST.get("together", ""))
    except seats.NotPaired:
        return redirect("pairing")
    return redirect("questions-intimate")


@require_POST
@seated
def opt_out(request: SeatedRequest) -> HttpResponse:
    try:
        questions.opt_out(request.seat)
    except seats.NotPaired:
        return redirect("pairing")
    except sealing.IsOpen:
        messages.info(request, _("You have both said yes by now. You can skip or hide any."))
    return redirect("questions-intimate")


@require_safe
@reauthentication.after_idling
@seated
def own(request: SeatedRequest) -> HttpResponse:
    return _own(request, PutForwardForm())


@require_POST
@reauthentication.after_idling
@seated
def put_forward(request: SeatedRequest) -> HttpResponse:
    form = PutForwardForm(request.POST)
    if not form.is_valid():
        return _own(request, form, HTTPStatus.BAD_REQUEST)
    try:
        shown = request.POST.get("together", "")
        questions.put_forward(request.seat, form.cleaned_data["text"], couple_token=shown)
    except seats.NotPaired:
        request.seat = seats.seat_of(request.user)
        if seats.partner_of(request.seat) is None:
            raise Http404 from None  # and the words are given back
        form.add_error("text", _("You are with another partner by now. Is it meant for them too?"))
        return _own(request, form, HTTPStatus.CONFLICT)
    except questions.TooManyOwnBehaviours:
        form.add_error("text", _("Many of yours are waiting already. Take one back first."))
        return _own(request, form, HTTPStatus.BAD_REQUEST)
    except questions.TooManyTogether:
        full = _("You two have %(many)d questions of your own. There’s no room for more.")
        form.add_error("text", full % {"many": questions.MAX_TOGETHER})
        return _own(request, form, HTTPStatus.BAD_REQUEST)
    return redirect("questions-own")


@require_POST
@seated
def take_back(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.take_back)


@require_POST
@reauthentication.after_idling
@seated
def accept(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.accept)


@require_POST
@seated
def set_aside(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.set_aside)


def _press(request: SeatedRequest, act: Callable[[Seat, uuid.UUID], None]) -> HttpResponse:
    """One button beside one offer. Somebody else's offer is the same 404 as none."""
    form = OwnForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        act(request.seat, form.cleaned_data["own"])
    except seats.NotPaired:
        return redirect("pairing")
    return redirect("questions-own")


def _own(request: SeatedRequest, form: PutForwardForm, status: int = HTTPStatus.OK) -> HttpResponse:
    ours = questions.ours(request.seat)
    context = {
        "partner": seats.partner_of(request.seat),
        "form": form,
        "together": seats.couple_token(request.seat),
        "ours": ours,
        "mine": _with_care(ours.mine),
        "theirs": _with_care(ours.theirs),
    }
    return render(request, "boundaries/questions/own.html", context, status=status)


def _with_care(offers: tuple[PutForward, ...]) -> list[dict[str, Any]]:
    """Each offer, and whether its words may be about control rather than a boundary."""
    return [{"offer": each, "care": control.may_be_control(each.text)} for each in offers]
