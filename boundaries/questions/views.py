"""What two people want to be asked: the intimate deck, and their own behaviours."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.content import catalogue
from boundaries.content.control import may_be_control
from boundaries.errors import Refused
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.questions.decorators import for_couples
from boundaries.questions.forms import OwnForm, PutForwardForm
from boundaries.questions.pages import with_notes
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from boundaries.seats.models import Seat


@require_safe
@reauthentication.after_idling
@seated
def intimate(request: SeatedRequest) -> HttpResponse:
    partner = seats.partner_of(request.seat)
    context = {
        "partner": partner,
        "way": None if partner else pairing.way_to_partner(request.seat),
        "opting": questions.opting(request.seat),
        "couple_token": seats.couple_token(request.seat),
        "deck": catalogue.intimate(),
    }
    return render(request, "boundaries/questions/intimate.html", context)


@require_POST
@reauthentication.after_idling
@seated
@for_couples
def opt_in(request: SeatedRequest) -> HttpResponse:
    questions.opt_in(request.seat, couple_token=request.POST.get("together", ""))
    return redirect("questions-intimate")


@require_POST
@seated
@for_couples
def opt_out(request: SeatedRequest) -> HttpResponse:
    try:
        questions.opt_out(request.seat)
    except sealing.IsOpen:
        messages.info(
            request, _("You’ve both said yes now. You can still skip or hide any of them.")
        )
    return redirect("questions-intimate")


@require_safe
@reauthentication.after_idling
@seated
def own(request: SeatedRequest) -> HttpResponse:
    return _own_page(request, PutForwardForm())


@require_POST
@reauthentication.after_idling
@seated
def put_forward(request: SeatedRequest) -> HttpResponse:
    form = PutForwardForm(request.POST)
    if not form.is_valid():
        return _own_page(request, form, HTTPStatus.BAD_REQUEST)
    text, couple_token = form.cleaned_data["text"], request.POST.get("together", "")
    is_ours = couple_token == seats.couple_token(request.seat)
    if is_ours and may_be_control(text) and request.POST.get("noted") != text:
        return _own_page(request, form, noted=text)
    try:
        questions.put_forward(request.seat, text, couple_token=couple_token)
    except seats.NotPaired:
        request.seat = seats.seat_of(request.user)
        if seats.partner_of(request.seat) is None:
            raise
        form.add_error(
            "text", _("You’re connected with someone else now. Is this meant for them too?")
        )
        return _own_page(request, form, HTTPStatus.CONFLICT)
    except (questions.TooManyOwnBehaviours, questions.TooManyTogether) as refusal:
        form.add_error("text", _why_refused(refusal))
        return _own_page(request, form, HTTPStatus.BAD_REQUEST)
    return redirect("questions-own")


@require_POST
@seated
@for_couples
def take_back(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.take_back)


@require_POST
@reauthentication.after_idling
@seated
@for_couples
def accept(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.accept)


@require_POST
@seated
@for_couples
def set_aside(request: SeatedRequest) -> HttpResponse:
    return _press(request, questions.set_aside)


def _press(request: SeatedRequest, act: Callable[[Seat, uuid.UUID], None]) -> HttpResponse:
    """Do what a button does. Somebody else's behaviour is the same 404 as none."""
    form = OwnForm(request.POST)
    if not form.is_valid():
        raise Http404
    act(request.seat, form.cleaned_data["own"])
    return redirect("questions-own")


def _own_page(
    request: SeatedRequest,
    form: PutForwardForm,
    status: int = HTTPStatus.OK,
    *,
    noted: str = "",
) -> HttpResponse:
    """The page of own behaviours; `noted` are words that their writer reads a note on first."""
    ours = questions.ours(request.seat)
    partner = seats.partner_of(request.seat)
    context = {
        "partner": partner,
        "way": None if partner else pairing.way_to_partner(request.seat),
        "form": form,
        "couple_token": seats.couple_token(request.seat),
        "ours": ours,
        "noted": noted,
        "theirs": with_notes(ours.theirs),
    }
    return render(request, "boundaries/questions/own.html", context, status=status)


def _why_refused(refusal: Refused) -> str:
    if isinstance(refusal, questions.TooManyOwnBehaviours):
        return _("Many of your suggestions are still waiting. Take one back first.")
    full = ngettext(
        "You two have %(many)d question of your own. There’s no room for more.",
        "You two have %(many)d questions of your own. There’s no room for more.",
        questions.MAX_TOGETHER,
    )
    return full % {"many": questions.MAX_TOGETHER}
