"""What a person gets to see when something is refused in a repair."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from boundaries.drafts import StaleDraft
from boundaries.repair import drafts, pages, reading
from boundaries.repair.forms import RepairForm, unsent_form
from boundaries.repair.pages import as_context
from boundaries.repair.reading import SeenRepair
from boundaries.web.seated import SeatedRequest


def repair_response(
    request: SeatedRequest, repair: SeenRepair, status: int = HTTPStatus.OK, **options: Any
) -> HttpResponse:
    page = pages.repair_page(request.seat, repair, **options)
    return render(request, "boundaries/repair/show.html", as_context(page), status=status)


def moved_on(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """The page as it is now, with the words that were sent kept for their writer alone."""
    lost = recover(request, repair)
    now = reading.repair(request.seat, repair.id)
    return repair_response(request, now, HTTPStatus.CONFLICT, refused=lost, moved_on=True)


def recover(request: SeatedRequest, repair: SeenRepair) -> RepairForm | None:
    """Save words that were sent and not taken. Returns those that cannot be saved."""
    form = unsent_form(request.POST)
    if form is None or not form.is_valid():
        return form
    purpose = request.POST["purpose"].rstrip("+")
    is_saved = drafts.recover(
        request.seat, repair.id, purpose, form.draft, version=form.draft_version
    )
    return None if is_saved else form


def draft_refused(
    request: SeatedRequest,
    repair: SeenRepair,
    form: RepairForm,
    status: int,
    stale: StaleDraft | None = None,
) -> HttpResponse:
    """The response for a draft that was not saved, with every word given back and the reason."""
    if not request.htmx:
        return repair_response(request, repair, status, refused=form, stale=stale)
    draft = {
        "purpose": form.data.get("purpose", ""),
        "version": stale.version if stale else form.data.get("seen", ""),
    }
    context = {
        "draft": draft,
        "form": form,
        "repair": repair,
        "newer": stale is not None,
    }
    return render(request, "boundaries/repair/not_saved.html", context, status=status)
