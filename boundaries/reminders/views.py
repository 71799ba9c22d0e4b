"""Choosing which reminders come by mail, and what the home page and a mail's link offer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries.reminders import preferences
from boundaries.reminders import rules as reminders
from boundaries.reminders.forms import ReminderForm, ReminderMailsForm
from boundaries.vocabulary import ReminderKind
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from boundaries.seats.models import Seat


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request, ReminderMailsForm(initial={"on": preferences.kinds_on(request.seat)}))


@require_POST
@seated
def save(request: SeatedRequest) -> HttpResponse:
    form = ReminderMailsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    preferences.switch_on_only(request.seat, map(ReminderKind, form.cleaned_data["on"]))
    messages.success(request, _("Saved."))
    return redirect("reminders")


@require_POST
@seated
def put_off(request: SeatedRequest) -> HttpResponse:
    return _deal_with(request, reminders.put_off)


@require_POST
@seated
def cancel(request: SeatedRequest) -> HttpResponse:
    return _deal_with(request, reminders.cancel)


@csrf_exempt  # mail programs send it (RFC 8058); whoever has the link may
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def switch_off(request: HttpRequest, link: uuid.UUID) -> HttpResponse:
    """Looking changes nothing, since mail scanners open links. Any link gets the same page."""
    if request.method == "POST":
        preferences.switch_all_off(link)
    context = {"link": link, "done": request.method == "POST"}
    return render(request, "boundaries/reminders/off.html", context)


def _deal_with(
    request: SeatedRequest, rule: Callable[[Seat, ReminderKind, uuid.UUID], None]
) -> HttpResponse:
    """Do this with the reminder that the page showed. One that is gone needs nothing done."""
    form = ReminderForm(request.POST)
    if form.is_valid():
        rule(request.seat, ReminderKind(form.cleaned_data["kind"]), form.cleaned_data["subject"])
    return redirect("home")


def _page(
    request: SeatedRequest, form: ReminderMailsForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "boundaries/reminders/show.html", {"form": form}, status=status)
