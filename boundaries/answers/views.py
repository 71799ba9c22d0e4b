"""One's own answers: the list, one card at a time, the last look, the seal, a new round."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.answers import responses, sheets
from boundaries.answers import rules as answers
from boundaries.answers.pages import (
    Card,
    last_look_lines,
)
from boundaries.answers.sheets import OwnSheet
from boundaries.consent.decorators import (
    any_consent_required,
    consent_required,
    redirect_to_new_text,
)
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.pairing import rules as pairing
from boundaries.questions.decorators import for_couples, with_behaviour, with_deck
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
@any_consent_required
@with_deck
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    sheet = sheets.own_sheet(request.seat, deck)
    if not sheet.sealed and (redirection := redirect_to_new_text(request)):
        return redirection
    return responses.list_page(request, sheet)


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def next_card(request: SeatedRequest, deck: Deck) -> HttpResponse:
    """Where to go on: the first card without an answer, or the deck if there is none."""
    sheet = sheets.own_sheet(request.seat, deck)
    if sheet.sealed or sheet.next is None:
        return redirect("answers", deck)
    return redirect("answers-card", sheet.next.behaviour)


@require_safe
@reauthentication.after_idling
@seated
@consent_required
@with_behaviour
def card(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    sheet = sheets.own_sheet(request.seat, deck)
    return responses.card_page(request, sheet, Card.kept(sheet.row(behaviour)))


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def answer(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    if responses.BEFORE in request.POST:
        return responses.undo_before(request, deck, behaviour)
    row = responses.saved(request, deck, behaviour)
    if isinstance(row, HttpResponse):
        return row
    if request.htmx:
        context = {"card": Card.kept(row), "on_list": responses.from_list(request)}
        return render(request, "boundaries/answers/saved.html", context)
    return responses.to_next_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def skip(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = responses.press(request, deck, behaviour, answers.skip)
    return refusal or responses.to_next_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def hide(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    if refusal := responses.press(request, deck, behaviour, answers.hide):
        return refusal
    messages.info(request, _("It is hidden. You find it at the end of the whole list."))
    return redirect("answers", deck)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def show_again(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = responses.press(request, deck, behaviour, answers.show_again)
    return refusal or responses.to_same_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def undo(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = responses.press(request, deck, behaviour, answers.undo)
    return refusal or responses.to_same_card(request, deck, behaviour, "?undone")


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def last_look(request: SeatedRequest, deck: Deck) -> HttpResponse:
    sheet = sheets.own_sheet(request.seat, deck)
    if not sheet.sealed and (redirection := redirect_to_new_text(request)):
        return redirection
    return _last_look_page(request, sheet)


@require_POST
@reauthentication.after_idling
@seated
@for_couples
@with_deck
def seal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        opened = answers.seal(request.seat, deck, version=request.POST.get("seen", ""))
    except answers.AnswersChanged:
        request.seat = seats.seat_of(request.user)
        sheet = sheets.own_sheet(request.seat, deck)
        return _last_look_page(request, sheet, HTTPStatus.CONFLICT)
    if not opened:
        return redirect("answers", deck)
    return redirect("comparison-opened", deck)


@require_safe
@seated
@with_deck
def sealed(request: SeatedRequest, deck: Deck) -> HttpResponse:
    """Whether a deck has opened, for its sealed page to ask repeatedly: 200, until then 204."""
    is_open = sheets.is_open(request.seat, deck)
    status = HTTPStatus.OK if is_open else HTTPStatus.NO_CONTENT
    return HttpResponse(status=status, content_type="text/plain")


@require_POST
@seated
@for_couples
@with_deck
def unseal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        answers.break_seal(request.seat, deck)
    except sealing.IsOpen:
        messages.info(request, _("You’ve both sealed now, so it’s open."))
        return redirect("comparison", deck)
    messages.success(request, _("Your seal is taken back. You can change your answers again."))
    return redirect("answers", deck)


@require_POST
@reauthentication.after_idling
@seated
@with_deck
def again(request: SeatedRequest, deck: Deck) -> HttpResponse:
    answers.begin_again(request.seat, deck)
    return redirect("answers", deck)


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def history(request: SeatedRequest, deck: Deck) -> HttpResponse:
    context = {"deck": deck, "past": sheets.past_rounds(request.seat, deck)}
    return render(request, "boundaries/answers/history.html", context)


def _last_look_page(
    request: SeatedRequest, sheet: OwnSheet, status: int = HTTPStatus.OK
) -> HttpResponse:
    partner = seats.partner_of(request.seat)
    context = {
        "partner": partner,
        "page": sheet,
        "lines": last_look_lines(sheet, partner),
        "version": answers.sheet_version(request.seat, sheet),
        "changed": status == HTTPStatus.CONFLICT,
        "way": None if partner else pairing.way_to_partner(request.seat),
    }
    return render(request, "boundaries/answers/last_look.html", context, status=status)
