"""The pages about leaving: parting, taking data along, and deleting the account."""

from __future__ import annotations

import uuid
from contextlib import suppress
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.repeating import was_given_up
from boundaries.agreements import copies, downloads
from boundaries.downloads.responses import file_response, json_response, pdf_response
from boundaries.downloads.typesetting import Paper
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated

PARTED = _("You’re no longer connected. Your answers and notes are still yours.")
PARTED_AND_SIGNED_OUT = _("You’re no longer connected, and you’re signed out here.")


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    """The ways to leave, and what each of them does."""
    context = {"partner": seats.partner_of(request.seat)}
    return render(request, "boundaries/leaving/show.html", context)


@require_safe
@seated
def parting(request: SeatedRequest) -> HttpResponse:
    """Before parting: what happens, what each keeps, and what the other sees."""
    partner = seats.partner_of(request.seat)
    if partner is None:
        return redirect("leaving")
    context = {"partner": partner, "together": seats.couple_token(request.seat)}
    return render(request, "boundaries/leaving/parting.html", context)


@require_safe
@reauthentication.after_idling
@seated
def list_copies(request: SeatedRequest) -> HttpResponse:
    """What was agreed when this person parted from somebody, to download or to delete."""
    context = {"copies": copies.all_of(request.seat)}
    return render(request, "boundaries/leaving/copies.html", context)


@require_safe
@reauthentication.after_idling
@seated
def copy_pdf(request: SeatedRequest, copy: uuid.UUID, paper: Paper) -> HttpResponse:
    if refusal := limited(request, "typeset"):
        return refusal
    page = downloads.page_of_copy(_copy(request, copy))
    data = reverse("leaving-copy-data", args=[copy])
    return pdf_response(request, page, paper, back=reverse("leaving-copies"), data=data)


@require_safe
@reauthentication.after_idling
@seated
def copy_data(request: SeatedRequest, copy: uuid.UUID) -> HttpResponse:
    return json_response(downloads.data_of_copy(_copy(request, copy)))


@require_POST
@reauthentication.after_idling
@seated
def throw_away(request: SeatedRequest, copy: uuid.UUID) -> HttpResponse:
    copies.delete(request.seat, copy)
    messages.success(request, _("Your copy is deleted."))
    return redirect("leaving-copies")


@require_safe
@reauthentication.just_now
@seated
def export(request: SeatedRequest) -> HttpResponse:
    """Asking for a copy of all of this person's data, and fetching it."""
    return _export(request)


@require_POST
@reauthentication.just_now
@seated
def ask(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "export"):
        return refusal
    with suppress(data_export.ExportExists):
        data_export.ask(request.seat)
    return redirect("leaving-export")


@require_POST
@reauthentication.just_now
@seated
def take(request: SeatedRequest) -> HttpResponse:
    """Send the copy, once. After that, the page says it is gone, and how to get another."""
    try:
        return file_response(data_export.take(request.seat), "application/zip", "my-data.zip")
    except data_export.NoExport:
        return _export(request, HTTPStatus.GONE, gone=True)


@require_safe
@seated
def deleting(request: SeatedRequest) -> HttpResponse:
    """What is deleted with an account, and what is not."""
    context = {"partner": seats.partner_of(request.seat)}
    return render(request, "boundaries/leaving/deleting.html", context)


@require_safe
@reauthentication.just_now
@seated
def deleting_for_sure(request: SeatedRequest) -> HttpResponse:
    """The page with the button that deletes the account."""
    return _for_sure(request)


@require_POST
@reauthentication.just_now
@seated
def delete(request: SeatedRequest) -> HttpResponse:
    try:
        leaving.delete(request.user)
    except OperationalError as error:
        if was_given_up(error):
            raise
        # A row of theirs is locked, perhaps a mail that is being posted.
        return _for_sure(request, HTTPStatus.SERVICE_UNAVAILABLE, busy=True)
    logout(request)
    response = render(request, "boundaries/leaving/deleted.html")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
@seated
def part(request: SeatedRequest) -> HttpResponse:
    """Part at once. After idling it asks who is there, and lets them part without an answer too.

    Whoever parts without answering is signed out, so that they reach nothing else.
    """
    has_idled = reauthentication.has_idled(request)
    if has_idled and "anyway" not in request.POST:
        return _is_it_you(request)
    try:
        leaving.part(request.seat, couple_token=request.POST.get("together"))
    except seats.NotPaired:
        if seats.partner_of(request.seat):
            messages.info(request, _("That page was about someone else. Nothing has changed."))
        return redirect("home")
    if has_idled:
        logout(request)
    messages.success(request, PARTED_AND_SIGNED_OUT if has_idled else PARTED)
    return redirect("account_login" if has_idled else "leaving-copies")


@require_POST
@seated
def acknowledge_parting(request: SeatedRequest) -> HttpResponse:
    pairing.acknowledge_parting(request.seat)
    return redirect("home")


def _export(
    request: SeatedRequest, status: int = HTTPStatus.OK, *, gone: bool = False
) -> HttpResponse:
    context = {
        "standing": data_export.standing(request.seat),
        "states": data_export.ExportState.__members__,
        "gone": gone,
    }
    return render(request, "boundaries/leaving/export.html", context, status=status)


def _copy(request: SeatedRequest, copy: uuid.UUID) -> copies.AgreementCopy:
    return copies.one_of(request.seat, copy)


def _for_sure(
    request: SeatedRequest, status: int = HTTPStatus.OK, *, busy: bool = False
) -> HttpResponse:
    context = {"partner": seats.partner_of(request.seat), "busy": busy}
    return render(request, "boundaries/leaving/for_sure.html", context, status=status)


def _is_it_you(request: SeatedRequest) -> HttpResponse:
    context = {
        "way": reauthentication.url_of_method(request),
        "together": request.POST.get("together", ""),
    }
    status = HTTPStatus.UNAUTHORIZED
    return render(request, "boundaries/pairing/still_you.html", context, status=status)
