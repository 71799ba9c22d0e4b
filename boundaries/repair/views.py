"""The pages of repairs: which line, before it begins, where one stands, and what can be sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.drafts import UNWRITTEN, StaleDraft
from boundaries.repair import drafts, notes, pages, reading, responses
from boundaries.repair import rules as repairs
from boundaries.repair.forms import (
    FORMS,
    REPAIR_PURPOSE,
    BeginForm,
    KeepForm,
    sent_form,
    unsent_form,
)
from boundaries.repair.pages import as_context
from boundaries.repair.reading import SeenRepair
from boundaries.repair.rules import AlreadyOpen, RepairMovedOn
from boundaries.vocabulary import RepairMove
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


def with_repair[**P](
    view: Callable[Concatenate[SeatedRequest, SeenRepair, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the repair in its address. Somebody else's is a 404, like none at all."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, repair: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        return view(request, reading.repair(request.seat, repair), *args, **kwargs)

    return wrapper


@require_safe
@reauthentication.after_idling
@seated
def show_all(request: SeatedRequest) -> HttpResponse:
    """What is going on, and which line a new one could be about."""
    page = pages.all_page(request.seat)
    return render(request, "boundaries/repair/all.html", as_context(page))


@require_safe
@seated
def about(request: SeatedRequest, behaviour: str = "") -> HttpResponse:
    """Before a repair: the four questions, and who crossed the line. Looking begins nothing."""
    page = pages.about_page(request.seat, behaviour)
    return render(request, "boundaries/repair/about.html", as_context(page))


@require_POST
@seated
def begin(request: SeatedRequest) -> HttpResponse:
    if refusal := limited(request, "begin_repair"):
        return refusal
    form = BeginForm(request.POST)
    if "behaviour" in form.errors:
        raise Http404
    if not form.is_valid():
        page = pages.about_page(request.seat, form.cleaned_data["behaviour"])
        context = as_context(page) | {"refused": True}
        return render(
            request, "boundaries/repair/about.html", context, status=HTTPStatus.BAD_REQUEST
        )
    repair = repairs.begin(
        request.seat,
        form.cleaned_data["behaviour"],
        i_crossed=form.cleaned_data["crossed"] == "me",
        couple_token=form.cleaned_data["together"],
    )
    return redirect("repair-show", repair)


@require_safe
@reauthentication.after_idling
@seated
@with_repair
def show(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    return responses.repair_response(request, repair)


@require_POST
@reauthentication.after_idling
@seated
@with_repair
def send(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """Take one turn. Words that cannot be sent are given back to their writer."""
    if refusal := limited(request, "turn"):
        return refusal
    move = _move(request)
    form = sent_form(request.POST, move)
    if move not in repair.allowed and not form.is_valid():
        return responses.moved_on(request, repair)
    if not form.is_valid():
        return responses.repair_response(request, repair, HTTPStatus.BAD_REQUEST, refused=form)
    if form.needs_care:
        care = {"refused": form, "noted": form.note_of_care}
        return responses.repair_response(request, repair, HTTPStatus.BAD_REQUEST, **care)
    try:
        repairs.send(
            request.seat,
            repair.id,
            move,
            form.content if move in FORMS else {},
            version=form.repair_version,
            draft_version=form.draft_version if move in FORMS else UNWRITTEN,
        )
    except AlreadyOpen as other:
        responses.recover(request, repair)
        return _already_open(request, other.repair)
    except RepairMovedOn:
        return responses.moved_on(request, repair)
    if move not in FORMS:
        responses.recover(request, repair)  # words of the same form, which its button did not send
    return _sent(request, repair, move)


@require_POST
@reauthentication.after_idling
@seated
@with_repair
def draft(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """Save words that are still being written."""
    form = unsent_form(request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return responses.draft_refused(request, repair, form, HTTPStatus.BAD_REQUEST)
    purpose = request.POST["purpose"]
    try:
        saved = drafts.save(
            request.seat, repair.id, purpose, form.draft, version=form.draft_version
        )
    except StaleDraft as stale:
        return responses.draft_refused(request, repair, form, HTTPStatus.CONFLICT, stale)
    if not request.htmx:
        return redirect("repair-show", repair.id)
    context = {"words": pages.in_form(request.seat, saved), "slots": notes.slots(saved.move)}
    return render(request, "boundaries/repair/saved.html", context)


@require_POST
@reauthentication.after_idling
@seated
@with_repair
def throw_away(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if not REPAIR_PURPOSE.fullmatch(purpose):
        raise Http404
    version = request.POST.get("seen", "")
    drafts.throw_away(request.seat, repair.id, purpose, version=version)
    return redirect("repair-show", repair.id)


@require_POST
@seated
@with_repair
def discard(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """Delete what was begun and never sent."""
    try:
        repairs.discard(request.seat, repair.id)
    except RepairMovedOn:
        return responses.moved_on(request, repair)
    messages.success(request, _("It’s gone. Nobody saw it."))
    return redirect("agreements")


@require_safe
@seated
@with_repair
def closing(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """What closing it means, before anybody does. Looking closes nothing."""
    if not repair.is_sent:
        raise Http404
    if repair.closed:
        return redirect("repair-show", repair.id)
    return render(request, "boundaries/repair/closing.html", {"repair": repair})


@require_POST
@seated
@with_repair
def close(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    try:
        repairs.close(request.seat, repair.id)
    except RepairMovedOn:
        return responses.moved_on(request, repair)
    return redirect("repair-show", repair.id)


@require_POST
@reauthentication.after_idling
@seated
@with_repair
def keep(request: SeatedRequest, repair: SeenRepair) -> HttpResponse:
    """Whether this person would like to keep its words. It takes both."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        return responses.repair_response(request, repair, HTTPStatus.BAD_REQUEST)
    try:
        repairs.wish_to_keep(request.seat, repair.id, form.keeps)
    except RepairMovedOn:
        return responses.moved_on(request, repair)
    return redirect("repair-show", repair.id)


def _move(request: SeatedRequest) -> RepairMove:
    """What was pressed. Anything else is a 404."""
    move = request.POST.get("move", "")
    if move not in RepairMove.values or move == RepairMove.CLOSE:
        raise Http404
    return RepairMove(move)


def _sent(request: SeatedRequest, repair: SeenRepair, move: RepairMove) -> HttpResponse:
    if move in FORMS:
        name = {"name": isolated(repair.names[repair.they])}
        messages.success(request, _("Sent: %(name)s can read it now.") % name)
    return redirect("repair-show", repair.id)


def _already_open(request: SeatedRequest, repair: uuid.UUID) -> HttpResponse:
    """Both wrote about the same line at once: this one was sent a moment too late."""
    messages.info(
        request,
        _("Not sent: something new about this line has just come in. Your words are still saved."),
    )
    return redirect("repair-show", repair)
