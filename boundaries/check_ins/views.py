"""The pages of check-ins: writing one, what both have finished, the rhythm, and the picture."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication, time_zones
from boundaries.agreements.pages import as_context
from boundaries.check_ins import closeness, downloads, pages, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.forms import NOT_AHEAD, HalfForm, RhythmForm
from boundaries.downloads.responses import file_response
from boundaries.questions.decorators import for_couples
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def show(request: SeatedRequest) -> HttpResponse:
    page = pages.show_page(request.seat)
    return render(request, "boundaries/check_ins/show.html", as_context(page))


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def now(request: SeatedRequest) -> HttpResponse:
    if check_ins.own_half(request.seat).sealed:
        return redirect("check-ins-show")
    return _half_page(request)


@require_POST
@reauthentication.after_idling
@seated
def seal(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "check_in"):
        return refusal
    form = HalfForm(request.POST)
    if not form.is_valid():
        return _half_page(request, form, HTTPStatus.BAD_REQUEST)
    sent = form.cleaned_data
    try:
        opened = check_ins.seal(
            request.seat, form.replies, seen=sent["seen"], couple_token=sent["together"]
        )
    except check_ins.CheckInMovedOn:
        return _moved_on(request, form)
    return redirect("check-ins-finished", opened) if opened else redirect("check-ins-show")


@require_POST
@seated
@for_couples
def take_back(request: SeatedRequest) -> HttpResponse:
    check_ins.take_back(request.seat)
    return redirect("check-ins-now")


@require_POST
@reauthentication.after_idling
@seated
def pass_on(request: SeatedRequest) -> HttpResponse:
    """Keep one's own half, for the other to write theirs on this phone."""
    form = HalfForm(request.POST)
    if not form.is_valid():
        return _half_page(request, form, HTTPStatus.BAD_REQUEST)
    sent = form.cleaned_data
    try:
        check_ins.keep_for_passing_on(
            request.seat, form.replies, seen=sent["seen"], couple_token=sent["together"]
        )
    except check_ins.CheckInMovedOn:
        return _moved_on(request, form)
    return redirect("check-ins-passed-on")


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def passed_on(request: SeatedRequest) -> HttpResponse:
    """Pass the phone: between the two halves, so that nobody sees the other's."""
    if check_ins.own_half(request.seat).replies is None:
        return redirect("check-ins-show")
    context = as_context(pages.half_page(request.seat, None, for_other=True))
    return render(request, "boundaries/check_ins/pass_on.html", context)


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def other(request: SeatedRequest) -> HttpResponse:
    if check_ins.own_half(request.seat).replies is None:
        return redirect("check-ins-show")
    return _half_page(request, for_other=True)


@require_POST
@reauthentication.after_idling
@seated
def finish(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "check_in"):
        return refusal
    form = HalfForm(request.POST)
    if not form.is_valid():
        return _half_page(request, form, HTTPStatus.BAD_REQUEST, for_other=True)
    try:
        opened = check_ins.finish_on_one_phone(
            request.seat, form.replies, couple_token=form.cleaned_data["together"]
        )
    except check_ins.NothingToPassOn:
        return _moved_on(request, form, for_other=True)
    return redirect("check-ins-finished", opened)


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def finished(request: SeatedRequest, check_in: uuid.UUID) -> HttpResponse:
    page = pages.finished_page(request.seat, check_in)
    return render(request, "boundaries/check_ins/finished.html", as_context(page))


@require_POST
@reauthentication.after_idling
@seated
def delete(request: SeatedRequest, check_in: uuid.UUID) -> HttpResponse:
    check_ins.delete(request.seat, check_in, couple_token=request.POST.get("together"))
    messages.success(request, _("It’s deleted for you both."))
    return redirect("check-ins-show")


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def rhythm(request: SeatedRequest) -> HttpResponse:
    return _rhythm_page(request)


@require_POST
@reauthentication.after_idling
@seated
@for_couples
def set_rhythm(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "rhythm"):
        return refusal
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return _rhythm_page(request, form, HTTPStatus.BAD_REQUEST)
    sent = form.cleaned_data
    pattern = form.pattern(time_zones.name_for(request.user))
    try:
        rhythms.set_rhythm(
            request.seat, pattern, version=sent["version"], couple_token=sent["together"]
        )
    except rhythms.FirstTimeNotAhead:
        form.add_error("first_on", NOT_AHEAD)
        return _rhythm_page(request, form, HTTPStatus.BAD_REQUEST)
    except rhythms.RhythmChanged:
        messages.info(request, _("It was changed just now. Here it is, as it is now."))
        return _rhythm_page(request, status=HTTPStatus.CONFLICT)
    return redirect("check-ins-show")


@require_POST
@seated
@for_couples
def end_rhythm(request: SeatedRequest) -> HttpResponse:
    rhythms.end(request.seat, couple_token=request.POST.get("together"))
    return redirect("check-ins-show")


@require_POST
@seated
@for_couples
def mute(request: SeatedRequest) -> HttpResponse:
    rhythms.mute(request.seat)
    return redirect("check-ins-rhythm")


@require_POST
@seated
@for_couples
def unmute(request: SeatedRequest) -> HttpResponse:
    rhythms.unmute(request.seat)
    return redirect("check-ins-rhythm")


@require_safe
@seated
def calendar(request: SeatedRequest) -> HttpResponse:
    found = rhythms.rhythm(request.seat)
    if found is None:
        raise Http404
    file = downloads.calendar_of(found, time_zones.name_for(request.user))
    return file_response(file, "text/calendar", "dates.ics")


@require_safe
@reauthentication.after_idling
@seated
@for_couples
def show_closeness(request: SeatedRequest) -> HttpResponse:
    page = pages.closeness_page(request.seat)
    return render(request, "boundaries/check_ins/closeness.html", as_context(page))


@require_POST
@reauthentication.after_idling
@seated
@for_couples
def want_closeness(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "check_in"):
        return refusal
    closeness.want(request.seat, couple_token=request.POST.get("together"))
    return redirect("check-ins-closeness")


@require_POST
@seated
@for_couples
def stop_closeness(request: SeatedRequest) -> HttpResponse:
    closeness.stop_wanting(request.seat)
    return redirect("check-ins-closeness")


def _half_page(
    request: SeatedRequest,
    form: HalfForm | None = None,
    status: int = HTTPStatus.OK,
    *,
    for_other: bool = False,
) -> HttpResponse:
    page = pages.half_page(request.seat, form, for_other=for_other)
    return render(request, "boundaries/check_ins/half.html", as_context(page), status=status)


def _moved_on(request: SeatedRequest, form: HalfForm, *, for_other: bool = False) -> HttpResponse:
    """The same words again, with the version of now: sending them once more begins the next one."""
    form.add_error(None, _("A check-in was finished or sealed since you opened this page."))
    return _half_page(request, form, HTTPStatus.CONFLICT, for_other=for_other)


def _rhythm_page(
    request: SeatedRequest, form: RhythmForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    page = pages.rhythm_page(request.seat, form)
    return render(request, "boundaries/check_ins/rhythm.html", as_context(page), status=status)
