"""The pages of talks: the list, setting one up, its turns, drafts, pauses, and ways on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.seats import rules as seats
from boundaries.talks import (
    drafts,
    early_drafts,
    notes,
    overview,
    private_agenda,
    reading,
    responses,
    screens,
    together,
    turn_taking,
)
from boundaries.talks import rules as talks
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.forms import (
    PARTS,
    PURPOSE,
    ModeForm,
    OpenForm,
    PauseForm,
    ProposeForm,
    TogetherForm,
    TurnForm,
    draft_form,
    sent_turn,
    writer_of,
)
from boundaries.talks.open_drafts import OpenDraft
from boundaries.talks.reading import Talk
from boundaries.talks.rules import MovedOn, Paused
from boundaries.vocabulary import Mode, Move, Side
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


def with_talk[**P](
    view: Callable[Concatenate[SeatedRequest, Talk, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the talk in its address. Somebody else's is a 404, like no talk at all."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, talk: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        return view(request, reading.talk(request.seat, talk), *args, **kwargs)

    return wrapper


@require_safe
@reauthentication.after_idling
@seated
def agenda(request: SeatedRequest) -> HttpResponse:
    talks = overview.agenda(request.seat)
    context = {
        "agenda": talks,
        "on_my_mind": private_agenda.on_my_mind(request.seat, talks.progress),
        "partner": seats.partner_of(request.seat),
    }
    return render(request, "boundaries/talks/agenda.html", context)


@require_safe
@seated
def about(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """Before a talk: what it is, and whether now is good. Looking opens nothing."""
    return responses.about_page(request, behaviour, OpenForm())


@require_POST
@seated
def open(request: SeatedRequest, behaviour: str) -> HttpResponse:
    if refusal := limited(request, "offer_talk"):
        return refusal
    form = OpenForm(request.POST)
    if not form.is_valid():
        return responses.about_page(request, behaviour, form, HTTPStatus.BAD_REQUEST)
    talk = talks.open(
        request.seat,
        behaviour,
        mode=form.cleaned_data["mode"],
        begins=form.cleaned_data["begins"] == "me",
        couple_token=form.cleaned_data["together"],
    )
    return redirect("talks-talk", talk)


@require_POST
@reauthentication.after_idling
@seated
def drop_draft(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """Throw away words that were kept for a talk to come."""
    early_drafts.throw_away(request.seat, behaviour)
    return redirect("talks")


@require_safe
@reauthentication.after_idling
@seated
@with_talk
def show(request: SeatedRequest, talk: Talk) -> HttpResponse:
    return responses.talk_page(request, talk)


@require_safe
@seated
def state(request: SeatedRequest, talk: uuid.UUID) -> HttpResponse:
    """Whether the talk has moved on since a page was loaded, for that page to ask repeatedly."""
    is_same = request.GET.get("look") == reading.version(request.seat, talk)
    return HttpResponse(status=HTTPStatus.NO_CONTENT if is_same else HTTPStatus.OK)


@require_POST
@seated
@with_talk
def turn(request: SeatedRequest, talk: Talk, move: Move) -> HttpResponse:
    """Take a turn in the talk. Words that cannot be handed over are given back to their writer.

    After idling it asks who this is before words are handed over or said yes to. Turns without
    words, such as a pause or an end, ask nothing.
    """
    sent = sent_turn(request, talk, move)
    if reauthentication.has_idled(request) and sent.hands_over:
        return reauthentication.ask(request, keep=True)
    if refusal := turn_taking.take_turn(request, talk, sent):
        return responses.turn_refused(request, talk, sent, refusal)
    if sent.move == Move.PROPOSE:
        them = isolated(talk.names[sent.side.other])
        messages.success(request, _("Sent: %(name)s can read these words now.") % {"name": them})
    if sent.beside and (lost := responses.recover(request, talk)):
        return responses.talk_page(request, reading.talk(request.seat, talk.id), refused=lost)
    is_written = request.POST.get("part") == screens.WRITTEN
    if is_written and talk.together and reading.talk(request.seat, talk.id).step != talk.step:
        return _back(talk)  # both look at it again, and at what was just written
    return _back(talk, sent.side, screens.WRITTEN if is_written else "")


@require_POST
@seated
@with_talk
def both(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """What two people who share a screen do at one press. Nothing is written in it."""
    form = TogetherForm(request.POST)
    if refusal := _press_refused(request, talk, form):
        return refusal
    reply, version = form.cleaned_data["reply"], form.talk_version
    try:
        together.press(request.seat, talk.id, reply, version=version)
    except (MovedOn, Paused):
        now = reading.talk(request.seat, talk.id)
        return responses.talk_page(request, now, HTTPStatus.CONFLICT, moved_on=True)
    return _back(talk)


@require_POST
@reauthentication.after_idling
@seated
@with_talk
def draft(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Save words that are still being written."""
    form = draft_form(request.POST)
    if form is None:
        raise Http404
    if not form.is_valid():
        return responses.draft_refused(request, talk, form, HTTPStatus.BAD_REQUEST)
    try:
        saved = _save(request, talk, form)
    except StaleDraft as stale:
        return responses.draft_refused(request, talk, form, HTTPStatus.CONFLICT, stale)
    part = request.POST.get("part", "")
    if not request.htmx:  # it shows what was saved, and the note on it
        return _back(talk, writer_of(request, talk), request.POST.get("then", part))
    shown = OpenDraft.saved(saved)
    context: dict[str, Any] = {
        "draft": shown,
        "note": notes.first(request.seat, shown, part),
        "slots": notes.slots(form.purpose, part, request.POST),
    }
    if isinstance(form, ProposeForm):
        context["read_out"] = form.read_out(shown.content, talk.wording, talk.names)
    return render(request, "boundaries/talks/saved.html", context)


@require_POST
@reauthentication.after_idling
@seated
@with_talk
def throw_away(request: SeatedRequest, talk: Talk) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if not PURPOSE.fullmatch(purpose.rstrip("+")) or len(purpose) > 24:
        raise Http404
    side = writer_of(request, talk)
    version = request.POST.get("seen", "")
    drafts.throw_away(request.seat, talk.id, purpose, side, version=version)
    return _back(talk, side)


@require_safe
@seated
@with_talk
def stuck(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Where a talk gets stuck: five ways on, and when a third person helps."""
    return responses.stuck_page(request, talk)


@require_POST
@seated
@with_talk
def pause(request: SeatedRequest, talk: Talk) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return responses.stuck_page(request, talk, form, HTTPStatus.BAD_REQUEST)
    length = timedelta(minutes=form.cleaned_data["minutes"])
    talks.pause(request.seat, talk.id, length)
    return _back(talk)


@require_POST
@seated
@with_talk
def come_back(request: SeatedRequest, talk: Talk) -> HttpResponse:
    try:
        talks.come_back(request.seat, talk.id)
    except talks.TooSoon:
        messages.info(request, _("Give it the twenty minutes. It won’t run away."))
    return _back(talk)


@require_POST
@seated
@with_talk
def switch(request: SeatedRequest, talk: Talk) -> HttpResponse:
    form = ModeForm(request.POST)
    if refusal := _press_refused(request, talk, form):
        return refusal
    mode = form.cleaned_data["mode"]
    talks.switch(request.seat, talk.id, mode)
    # Whoever pressed it on a shared screen may not own this account: hand the screen over first.
    was_shared = talk.together and not talk.on_other_screen
    return _back(talk, talk.they if was_shared and mode == Mode.APART else None)


@require_POST
@seated
@with_talk
def advice(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Turn the notes on wording on or off, for this person alone."""
    talks.set_advised(request.seat, request.POST.get("advised") == "on")
    return _back(talk, writer_of(request, talk), request.POST.get("part", ""))


def _press_refused(request: SeatedRequest, talk: Talk, form: Form) -> HttpResponse | None:
    """Why a press without words does nothing, or None."""
    if too_often := limited(request, "turn"):
        return too_often
    if not form.is_valid():
        return responses.talk_page(request, talk, HTTPStatus.BAD_REQUEST)
    return None


def _save(request: SeatedRequest, talk: Talk, form: TurnForm) -> drafts.DraftWords:
    return drafts.save(
        request.seat,
        talk.id,
        form.purpose,
        form.draft,
        version=form.draft_version,
        side=writer_of(request, talk),
    )


def _back(talk: Talk, side: Side | None = None, part: str = "") -> HttpResponse:
    """Redirect to the talk. The address names who holds the screen, if it isn't its owner.

    A part that there is not is left out: Django refuses to redirect to a very long address, when
    everything is written already.
    """
    if part not in PARTS and part != screens.WRITTEN:
        part = ""
    holder = side if talk.together or side == talk.they else None
    asked = {"with": holder.value if holder else "", "part": part}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = reverse("talks-talk", args=[talk.id])
    return redirect(f"{path}?{query}" if query else path)
