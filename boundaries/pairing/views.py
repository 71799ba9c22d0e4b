"""Inviting a partner, joining, and confirming who joined."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.consent.decorators import consent_required
from boundaries.consent.pages import NEVER_KEPT
from boundaries.content import catalogue
from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.pairing.forms import JoiningForm, TypedCodeForm
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.pairing.offered import FROM_THE_SITE, OFFERED, looked_at, offered_id, still_offered
from boundaries.seats import rules as seats
from boundaries.web.codes_in_links import code_in_address, without_address
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

READ = "questions"  # a form has it that is sent from the page with the four safety questions


@require_safe
@reauthentication.after_idling
@seated
def show(request: SeatedRequest) -> HttpResponse:
    partner = seats.partner_of(request.seat)
    way = pairing.WayToPartner() if partner else pairing.way_to_partner(request.seat)
    standing = way.invitation
    context = {
        "partner": partner,
        "standing": standing,
        "awaited": way.awaited,
        "stage": way.stage,
        "until": localdate(standing.expires_at) if standing else None,
        "card": InvitationCard.of(standing.code) if standing and standing.code else None,
        "first_deck": catalogue.deck(catalogue.ESSENTIALS),
    }
    return render(request, "boundaries/pairing/show.html", context)


@require_safe
@seated
def state(request: SeatedRequest) -> HttpResponse:
    """Whether this stage has changed since a page was loaded, for that page to ask repeatedly."""
    is_same = request.GET.get("stage") == pairing.stage(request.seat)
    status = HTTPStatus.NO_CONTENT if is_same else HTTPStatus.OK
    return HttpResponse(status=status, content_type="text/plain")


@require_safe
@seated
@consent_required
def show_questions(request: SeatedRequest) -> HttpResponse:
    """The four safety questions before a first link. What is ticked is sent nowhere."""
    if seats.partner_of(request.seat) or pairing.standing(request.seat):
        return redirect("pairing")
    return render(request, "boundaries/pairing/before_inviting.html", status=NEVER_KEPT)


@require_POST
@seated
@consent_required
def invite(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "invite"):
        return refusal
    is_first = pairing.standing(request.seat) is None
    if is_first and READ not in request.POST:
        return redirect("pairing-questions")
    if READ in request.POST and not is_first:
        return redirect("pairing")  # pressed twice, or on a page that is old: the link stays
    try:
        pairing.invite(request.seat)
    except pairing.AlreadyPaired:
        messages.info(request, _("You already have a partner here."))
    return redirect("pairing")


@require_POST
@seated
def revoke(request: SeatedRequest) -> HttpResponse:
    pairing.revoke(request.seat)
    messages.success(request, _("That link has ended."))
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
    messages.success(request, _("You’re connected now."))
    return redirect("home")


@require_POST
@seated
def refuse(request: SeatedRequest) -> HttpResponse:
    pairing.refuse(request.seat)
    messages.success(request, _("That link has ended, and nothing was shared."))
    return redirect("pairing")


@require_safe
@login_not_required
def show_joining(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Where a link leads. The server sees its code only if a mail program changed the link."""
    form = TypedCodeForm(initial={"code": code_in_address(request, rest, pairing.CODE)})
    return without_address(render(request, "boundaries/pairing/join.html", {"form": form}))


@require_POST
@login_not_required
def enter_code(request: HttpRequest) -> HttpResponse:
    action = "try_code" if request.user.is_authenticated else "try_code_signed_out"
    if refusal := limited(request, action):
        return refusal
    form = TypedCodeForm(request.POST)
    if form.has_error("code", "required"):
        status = HTTPStatus.BAD_REQUEST
        return render(request, "boundaries/pairing/join.html", {"form": form}, status=status)
    text = form.cleaned_data["code"] if form.is_valid() else ""
    seat = _seat(request)
    try:
        offer = pairing.offer(text, seat)
    except pairing.DeadLink:
        if seat and pairing.made(text, seat):
            messages.info(request, _("This is your own invitation. It works for your partner."))
            return redirect("pairing")
        return _from_the_site(request, text) or _dead_link(request)
    request.session[OFFERED] = str(offer.id)
    return redirect("joining-offer")


@require_safe
@login_not_required
def show_offer(request: HttpRequest) -> HttpResponse:
    seat = _seat(request)
    try:
        offer = pairing.offer_again(offered_id(request), seat)
    except pairing.DeadLink:
        return _dead_link(request)
    context = {"offer": offer, "partner": seats.partner_of(seat) if seat else None}
    return render(request, "boundaries/pairing/offer.html", context)


@require_safe
@seated
@consent_required
def show_joining_questions(request: SeatedRequest) -> HttpResponse:
    """The four safety questions before joining. What is ticked is sent nowhere."""
    offer = still_offered(request)
    if offer is None:
        return redirect("joining-offer")
    context = {"offer": offer}
    return render(request, "boundaries/pairing/before_joining.html", context, status=NEVER_KEPT)


@require_POST
@seated
@consent_required
def join(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "join"):
        return refusal
    if not looked_at(request) and pairing.waiting_for(request.seat):
        return redirect("pairing")  # pressed twice
    if looked_at(request) and request.POST.get("join") != request.session[OFFERED]:
        return redirect("joining-offer")  # another one was looked at since
    if READ not in request.POST:
        return redirect("joining-questions")
    try:
        pairing.join(request.seat, offered_id(request))
    except pairing.DeadLink:
        return _dead_link(request)
    except pairing.AlreadyPaired:
        messages.info(request, _("You already have a partner here."))
        return redirect("pairing")
    request.session.pop(OFFERED, None)
    return redirect("pairing")


@require_POST
@login_not_required
def decline(request: HttpRequest) -> HttpResponse:
    """This browser forgets the invitation, and nobody is notified."""
    request.session.pop(OFFERED, None)
    return render(request, "boundaries/pairing/declined.html")


@require_POST
@seated
def withdraw(request: SeatedRequest) -> HttpResponse:
    pairing.withdraw(request.seat)
    messages.success(request, _("You’ve taken it back. Nobody gets a mail about it."))
    return redirect("home")


def _from_the_site(request: HttpRequest, text: str) -> HttpResponse | None:
    """Where the invitation by whoever runs the site leads, if the code is of one."""
    invitation = admission.found(text)
    if invitation is None:
        return None
    if request.user.is_authenticated:
        messages.info(request, _("That link is for somebody without an account. It still works."))
        return redirect("home")
    request.session[FROM_THE_SITE] = str(invitation)
    return redirect("account_signup")


def _dead_link(request: HttpRequest) -> HttpResponse:
    request.session.pop(OFFERED, None)
    form = TypedCodeForm(request.POST if request.method == "POST" else None)
    return render(
        request,
        "boundaries/pairing/join.html",
        {"form": form, "dead": True},
        status=HTTPStatus.NOT_FOUND,
    )


def _seat(request: HttpRequest) -> Seat | None:
    return seats.seat_of(request.user) if request.user.is_authenticated else None
