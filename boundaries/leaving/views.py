"""Leaving: the ways there are, parting, what one takes along, and deleting the account."""

from __future__ import annotations

import uuid
from contextlib import suppress
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.agreements import downloads
from boundaries.agreements import rules as agreements
from boundaries.agreements.views import as_data, download, printed
from boundaries.downloads.typesetting import Paper
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.seats import rules as seats
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    """The ways there are to leave, and what each of them does."""
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
def copies(request: SeatedRequest) -> HttpResponse:
    """What held when this person parted from somebody, to take along or to throw away."""
    context = {"copies": agreements.copies(request.seat)}
    return render(request, "boundaries/leaving/copies.html", context)


@require_safe
@reauthentication.after_idling
@seated
def copy_pdf(request: SeatedRequest, copy: uuid.UUID, paper: Paper) -> HttpResponse:
    if refusal := limited(request, "typeset"):
        return refusal
    sheet = downloads.page_of_copy(_copy(request, copy))
    data = reverse("leaving-copy-data", args=[copy])
    return printed(request, sheet, paper, back=reverse("leaving-copies"), data=data)


@require_safe
@reauthentication.after_idling
@seated
def copy_data(request: SeatedRequest, copy: uuid.UUID) -> HttpResponse:
    return as_data(downloads.data_of_copy(_copy(request, copy)))


@require_POST
@reauthentication.after_idling
@seated
def throw_away(request: SeatedRequest, copy: uuid.UUID) -> HttpResponse:
    try:
        agreements.throw_away(request.seat, copy)
    except agreements.NotThere:
        raise Http404 from None
    messages.success(request, _("The copy is deleted."))
    return redirect("leaving-copies")


@require_safe
@reauthentication.just_now
@seated
def export(request: SeatedRequest) -> HttpResponse:
    """A copy of everything of this person: asking for it, and fetching it."""
    return _export(request)


@require_POST
@reauthentication.just_now
@seated
def ask(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "export"):
        return refusal
    with suppress(data_export.AlreadyOne):
        data_export.ask(request.seat)
    return redirect("leaving-export")


@require_POST
@reauthentication.just_now
@seated
def take(request: SeatedRequest) -> HttpResponse:
    """The copy, once. Whoever presses again is told that it is gone, and how to get another."""
    try:
        return download(data_export.take(request.seat), "application/zip", "my-data.zip")
    except data_export.NotThere:
        return _export(request, HTTPStatus.GONE, gone=True)


@require_safe
@seated
def deleting(request: SeatedRequest) -> HttpResponse:
    """What goes with an account, and what does not."""
    context = {"partner": seats.partner_of(request.seat)}
    return render(request, "boundaries/leaving/deleting.html", context)


@require_safe
@reauthentication.just_now
@seated
def deleting_for_sure(request: SeatedRequest) -> HttpResponse:
    """The page with the one button that deletes. Looking at it deletes nothing."""
    return _for_sure(request)


@require_POST
@reauthentication.just_now
@seated
def delete(request: SeatedRequest) -> HttpResponse:
    try:
        leaving.delete(request.user)
    except OperationalError:  # somebody holds a row of theirs, a mail that is just posted perhaps
        return _for_sure(request, HTTPStatus.SERVICE_UNAVAILABLE, busy=True)
    logout(request)
    answer = render(request, "boundaries/leaving/deleted.html")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _export(
    request: SeatedRequest, status: int = HTTPStatus.OK, *, gone: bool = False
) -> HttpResponse:
    context = {
        "standing": data_export.standing(request.seat),
        "states": data_export.State.__members__,
        "gone": gone,
    }
    return render(request, "boundaries/leaving/export.html", context, status=status)


def _copy(request: SeatedRequest, copy: uuid.UUID) -> agreements.PlainCopy:
    try:
        return agreements.copy(request.seat, copy)
    except agreements.NotThere:
        raise Http404 from None


def _for_sure(
    request: SeatedRequest, status: int = HTTPStatus.OK, *, busy: bool = False
) -> HttpResponse:
    context = {"partner": seats.partner_of(request.seat), "busy": busy}
    return render(request, "boundaries/leaving/for_sure.html", context, status=status)
