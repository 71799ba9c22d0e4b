"""The pages of the journal. Whatever shows an entry asks who this is when it is opened."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.agreements.pages import as_context
from boundaries.consent.decorators import any_consent_required, consent_required
from boundaries.journal import pages, rules
from boundaries.journal.forms import EntryForm, TalkDraftForm
from boundaries.journal.pages import JournalEntryPage
from boundaries.journal.rules import JournalFull, StaleEntry, Written
from boundaries.talks import early_drafts
from boundaries.web.seated import SeatedRequest, seated

PAGE_NUMBERS = {str(number) for number in range(1, rules.MAX_ENTRIES // rules.PER_PAGE + 1)}


@require_safe
@reauthentication.kept_open
@seated
def show(request: SeatedRequest) -> HttpResponse:
    number = request.GET.get("page", "1")
    if number not in PAGE_NUMBERS:
        raise Http404
    page = pages.journal_page(request.seat, int(number))
    return render(request, "boundaries/journal/show.html", as_context(page))


@require_safe
@reauthentication.kept_open
@seated
@consent_required
def begin(request: SeatedRequest) -> HttpResponse:
    return _entry(request, pages.blank_page(request.seat, request.GET.get("prompt", "")))


@require_safe
@reauthentication.kept_open
@seated
def entry(request: SeatedRequest, page: uuid.UUID) -> HttpResponse:
    return _entry(request, pages.entry_page(request.seat, rules.entry(request.seat, page)))


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
def save(request: SeatedRequest, page: uuid.UUID) -> HttpResponse:
    """Save an entry. It shows nothing that was not just sent, so it asks only after idling."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _refused(request, page, form, HTTPStatus.BAD_REQUEST)
    words, prompt = form.cleaned_data["words"], form.cleaned_data["prompt"]
    try:
        saved = rules.save(
            request.seat, page, words, prompt=prompt, version=form.cleaned_data["seen"]
        )
    except StaleEntry as stale:
        if not reauthentication.is_open(request):
            return reauthentication.ask(request, keep=True)
        return _refused(request, page, form, HTTPStatus.CONFLICT, stale)
    except JournalFull:
        return _refused(request, page, form, HTTPStatus.CONFLICT, is_full=True)
    return _saved(request, saved)


@require_POST
@reauthentication.kept_open
@seated
def delete(request: SeatedRequest, page: uuid.UUID) -> HttpResponse:
    rules.delete(request.seat, page)
    messages.success(request, _("Deleted."))
    return redirect("journal")


@require_POST
@reauthentication.kept_open
@seated
def delete_all(request: SeatedRequest) -> HttpResponse:
    rules.delete_all(request.seat)
    messages.success(request, _("Deleted."))
    return redirect("journal")


@require_safe
@reauthentication.kept_open
@seated
def to_talk(request: SeatedRequest, page: uuid.UUID) -> HttpResponse:
    """Choose a line of an entry for a talk. Nothing is sent."""
    return _to_talk(request, rules.entry(request.seat, page))


@require_POST
@reauthentication.kept_open
@seated
def keep_for_talk(request: SeatedRequest, page: uuid.UUID) -> HttpResponse:
    written = rules.entry(request.seat, page)
    lines, choices = pages.lines_of(written.words), early_drafts.choices(request.seat)
    form = TalkDraftForm(request.POST, lines=lines, behaviours=choices.ids)
    if not form.is_valid():
        return _to_talk(request, written, form, HTTPStatus.BAD_REQUEST)
    behaviour = form.cleaned_data["behaviour"]
    try:
        early_drafts.keep(request.seat, behaviour, form.cleaned_data["line"])
    except early_drafts.NoRoomInDraft:
        form.add_error("line", _("There is a draft on this already, with no room for more."))
        return _to_talk(request, written, form, HTTPStatus.CONFLICT)
    messages.success(request, _("Kept as your draft for this talk. Nothing was sent."))
    return redirect("talks-about", behaviour)


def _entry(
    request: SeatedRequest, page: JournalEntryPage, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "boundaries/journal/entry.html", {"entry": page}, status=status)


def _saved(request: SeatedRequest, saved: Written) -> HttpResponse:
    if reauthentication.is_open(request):
        reauthentication.keep_open(request)
    if request.htmx:
        return render(request, "boundaries/journal/saved.html", {"version": saved.version})
    if saved.is_saved:
        messages.success(request, _("Saved."))
    return redirect("journal")


def _refused(
    request: SeatedRequest,
    page: uuid.UUID,
    form: EntryForm,
    status: int,
    stale: StaleEntry | None = None,
    *,
    is_full: bool = False,
) -> HttpResponse:
    refused = pages.refused_page(request.seat, page, form, stale, is_full=is_full)
    if request.htmx:
        template = "boundaries/journal/not_saved.html"
        return render(request, template, {"entry": refused}, status=status)
    return _entry(request, refused, status)


def _to_talk(
    request: SeatedRequest,
    written: Written,
    form: TalkDraftForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    page = pages.to_talk_page(request.seat, written, form)
    return render(request, "boundaries/journal/to_talk.html", as_context(page), status=status)
