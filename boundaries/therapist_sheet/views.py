"""Therapist sheets: making one, releasing it, and reading it with a code."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.agreements.forms import DigestForm
from boundaries.agreements.pages import as_context
from boundaries.downloads.responses import pdf_response
from boundaries.downloads.typesetting import Paper
from boundaries.pairing.forms import TypedCodeForm
from boundaries.therapist_sheet import downloads
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.contents import NoSuchSheet, choices
from boundaries.therapist_sheet.forms import SheetForm
from boundaries.therapist_sheet.pages import sheet_page
from boundaries.web.codes_in_links import code_in_address, without_address
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request)


@require_POST
@reauthentication.after_idling
@seated
def make(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "issue"):
        return refusal
    form = SheetForm(request.POST, offered=choices(request.seat))
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST)
    sent = form.cleaned_data
    try:
        therapist_sheet.make(
            request.seat, sent["behaviours"], sent["days"], couple_token=sent["together"]
        )
    except therapist_sheet.SheetExists:
        messages.info(request, _("There is a sheet already. Here it is."))
        return _page(request, status=HTTPStatus.CONFLICT)
    return redirect("therapist-sheet")


@require_POST
@reauthentication.after_idling
@seated
def release(request: SeatedRequest) -> HttpResponse:
    form = DigestForm(request.POST)
    if not form.is_valid():
        return _sheet_changed(request)
    sent = form.cleaned_data
    try:
        therapist_sheet.release(request.seat, sent["digest"], couple_token=sent["together"])
    except (therapist_sheet.SheetChanged, NoSuchSheet):
        return _sheet_changed(request)
    return redirect("therapist-sheet")


@require_POST
@seated
def end(request: SeatedRequest) -> HttpResponse:
    therapist_sheet.end(request.seat, couple_token=request.POST.get("together"))
    messages.success(request, _("The sheet is deleted. Its link doesn’t work any more."))
    return redirect("therapist-sheet")


@require_safe
@seated
def pdf(request: SeatedRequest, paper: Paper) -> HttpResponse:
    """The sheet as a PDF, once both have released it."""
    if refusal := limited(request, "typeset"):
        return refusal
    issue = therapist_sheet.issue(request.seat)
    if issue is None or issue.until is None or issue.has_ended:
        raise Http404
    sheet = downloads.sheet_of(issue.sheet, issue.until)
    return pdf_response(request, sheet, paper, back=reverse("therapist-sheet"))


@require_safe
@login_not_required
def enter(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Where a link leads. The server gets its code only if a mail program has changed the link."""
    context = {"code": code_in_address(request, rest, therapist_sheet.CODE)}
    return without_address(render(request, "boundaries/therapist_sheet/enter.html", context))


@require_POST
@login_not_required
def read(request: HttpRequest) -> HttpResponse:
    """The sheet, for anybody with its code. Nothing is stored in the browser."""
    return _read(request, on_paper=False)


@require_POST
@login_not_required
def read_on_paper(request: HttpRequest) -> HttpResponse:
    return _read(request, on_paper=True)


def _read(request: HttpRequest, *, on_paper: bool) -> HttpResponse:
    action = "try_code" if request.user.is_authenticated else "try_code_signed_out"
    if refusal := limited(request, action):
        return refusal
    form = TypedCodeForm(request.POST)
    if form.has_error("code", "required"):
        status = HTTPStatus.BAD_REQUEST
        return render(
            request, "boundaries/therapist_sheet/enter.html", {"form": form}, status=status
        )
    code = form.cleaned_data["code"] if form.is_valid() else ""
    try:
        sheet, until = therapist_sheet.read(code)
    except therapist_sheet.DeadSheetCode:
        context = {"dead": True, "code": request.POST.get("code", "")}
        status = HTTPStatus.NOT_FOUND
        return render(request, "boundaries/therapist_sheet/enter.html", context, status=status)
    if on_paper:
        back = reverse("therapist-sheet-read")
        return pdf_response(request, downloads.sheet_of(sheet, until), Paper.A4, back=back)
    context = {"sheet": sheet, "face": downloads.on_its_face(sheet, until), "code": code}
    return render(request, "boundaries/therapist_sheet/read.html", context)


def _page(
    request: SeatedRequest, form: SheetForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        issue = therapist_sheet.issue(request.seat)
    except NoSuchSheet:
        return render(request, "boundaries/agreements/alone.html")
    page = sheet_page(request.seat, issue, form)
    template = "boundaries/therapist_sheet/show.html"
    return render(request, template, as_context(page), status=status)


def _sheet_changed(request: SeatedRequest) -> HttpResponse:
    if request.seat.couple_id is None:
        raise NoSuchSheet
    messages.info(request, _("The sheet has changed since you saw it. Please read it again."))
    return _page(request, status=HTTPStatus.CONFLICT)
