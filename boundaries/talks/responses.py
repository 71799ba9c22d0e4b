"""What a person gets to see when they open a talk, or when something is refused there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts import reauthentication
from boundaries.agreements import outcome_fields
from boundaries.agreements.rules import TickMissing, TooManyProposals, WordsChanged
from boundaries.seats import rules as seats
from boundaries.talks import drafts, flow, pages, reading, subjects
from boundaries.talks.drafts import StaleDraft
from boundaries.talks.forms import OpenForm, SentTurn, TurnForm, draft_form, writer_of
from boundaries.talks.open_drafts import OpenDraft
from boundaries.talks.reading import Talk
from boundaries.talks.rules import MovedOn, Paused
from boundaries.vocabulary import Mode, Move
from boundaries.web.seated import SeatedRequest

# Why a turn was not taken: too many in a while, a form with errors, or a rule.
type Refusal = (
    HttpResponse | TurnForm | MovedOn | Paused | TickMissing | TooManyProposals | WordsChanged
)


def turn_refused(
    request: SeatedRequest, talk: Talk, sent: SentTurn, refusal: Refusal
) -> HttpResponse:
    """The response for a turn that was not taken. Here every refusal becomes one."""
    match refusal:
        case HttpResponse():
            lost = recover(request, talk)
            return talk_page(request, talk, refusal.status_code, refused=lost) if lost else refusal
        case TurnForm() if sent.move == Move.LATER:
            return stuck_page(request, talk, refusal, HTTPStatus.BAD_REQUEST)
        case TurnForm() if sent.move not in flow.allowed(talk.place, sent.side):
            lost = recover(request, talk)  # what its form misses does not matter any more
            status = HTTPStatus.BAD_REQUEST if lost else HTTPStatus.CONFLICT
            return talk_page(request, talk, status, refused=lost, moved_on=True)
        case TurnForm():
            return talk_page(request, talk, HTTPStatus.BAD_REQUEST, refused=refusal)
        case TickMissing(digest=digest) if sent.move == Move.PROPOSE:
            form, status = sent.form, HTTPStatus.BAD_REQUEST
            return talk_page(request, talk, status, refused=form, tick=digest, same_words=True)
        case TickMissing(digest=digest):
            return talk_page(request, talk, HTTPStatus.BAD_REQUEST, tick=digest)
        case TooManyProposals():
            messages.info(request, outcome_fields.ENOUGH)
            return talk_page(request, talk, HTTPStatus.CONFLICT, refused=sent.form)
        case MovedOn() | Paused() | WordsChanged():
            lost = recover(request, talk)
            now = reading.talk(request.seat, talk.id)
            return talk_page(request, now, HTTPStatus.CONFLICT, refused=lost, moved_on=True)


def recover(request: SeatedRequest, talk: Talk) -> TurnForm | None:
    """Save words that were sent and not handed over. Returns those that cannot be saved."""
    form = draft_form(request.POST)
    if form is None or not form.is_valid():
        return form
    is_saved = drafts.recover(
        request.seat,
        talk.id,
        form.purpose,
        form.draft,
        version=form.draft_version,
        side=writer_of(request, talk),
    )
    return None if is_saved else form


def talk_page(
    request: SeatedRequest, talk: Talk, status: int = HTTPStatus.OK, **options: Any
) -> HttpResponse:
    """The page of a talk; see `pages.talk_context`. After idling it asks who this is first."""
    if reauthentication.has_idled(request):
        return reauthentication.ask(request, keep=True)
    context = pages.talk_context(request, talk, **options)
    return render(request, "boundaries/talks/talk.html", context, status=status)


def draft_refused(
    request: SeatedRequest,
    talk: Talk,
    form: TurnForm,
    status: int,
    stale: StaleDraft | None = None,
) -> HttpResponse:
    """The response for a draft that was not saved, with every word given back and the reason."""
    if not request.htmx:
        return talk_page(request, talk, status, refused=form, stale=stale)
    context = {"draft": OpenDraft.refused(form, stale), "form": form, "talk": talk}
    return render(request, "boundaries/talks/not_saved.html", context, status=status)


def stuck_page(
    request: SeatedRequest,
    talk: Talk,
    refused: forms.Form | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    if talk.over:
        raise Http404
    context = pages.stuck_context(request, talk, refused)
    return render(request, "boundaries/talks/stuck.html", context, status=status)


def about_page(
    request: SeatedRequest, behaviour: str, form: OpenForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    subject = subjects.subject(request.seat, behaviour)
    context = {
        "subject": subject,
        "form": form,
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
        "modes": Mode,
    }
    return render(request, "boundaries/talks/about.html", context, status=status)
