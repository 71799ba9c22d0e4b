"""One's own answers: the list, one card at a time, the last look, the seal, a new round."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.forms import BriefForm, CardForm
from boundaries.answers.pages import (
    LAST_LOOK,
    Card,
    card_context,
    last_look_lines,
    list_context,
    next_page,
    sealed_context,
)
from boundaries.answers.sheets import OwnSheet, Row
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

BEFORE = "before"  # a press on the next card has it: the version of the card to undo


@require_safe
@reauthentication.after_idling
@seated
@any_consent_required
@with_deck
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    sheet = sheets.own_sheet(request.seat, deck)
    if not sheet.sealed and (redirection := redirect_to_new_text(request)):
        return redirection
    return _list_page(request, sheet)


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
    return _card_page(request, sheet, Card.kept(sheet.row(behaviour)))


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def answer(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    if BEFORE in request.POST:
        return _undo_before(request, deck, behaviour)
    row = _saved(request, deck, behaviour)
    if isinstance(row, HttpResponse):
        return row
    if request.htmx:
        context = {"card": Card.kept(row), "on_list": _from_list(request)}
        return render(request, "boundaries/answers/saved.html", context)
    return _to_next_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def skip(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = _press(request, deck, behaviour, answers.skip)
    return refusal or _to_next_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def hide(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    if refusal := _press(request, deck, behaviour, answers.hide):
        return refusal
    messages.info(request, _("It is hidden. You find it at the end of the whole list."))
    return redirect("answers", deck)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def show_again(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = _press(request, deck, behaviour, answers.show_again)
    return refusal or _to_same_card(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@any_consent_required
@with_behaviour
def undo(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    refusal = _press(request, deck, behaviour, answers.undo)
    return refusal or _to_same_card(request, deck, behaviour, "?undone")


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
        messages.info(request, _("You have both sealed by now, so it is open."))
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


def _list_page(
    request: SeatedRequest, sheet: OwnSheet, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    if sheet.sealed:
        following = sheets.next_deck(request.seat, sheet.deck)
        context = sealed_context(sheet, request.seat.side, following)
    else:
        undone = "undone" in request.GET
        context = list_context(sheet, seats.partner_of(request.seat)) | {"undone": undone}
    return render(request, "boundaries/answers/show.html", context | more, status=status)


def _card_page(
    request: SeatedRequest, sheet: OwnSheet, card: Card, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = card_context(
        sheet,
        card,
        seats.partner_of(request.seat),
        arrived=request.GET,
        from_last_look=_from_last_look(request),
    )
    return render(request, "boundaries/answers/card.html", context, status=status)


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


def _saved(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> Row | HttpResponse:
    """Save what was sent of a card: the card as it is stored now, or the page that says why not."""
    form = (BriefForm if _from_list(request) else CardForm)(request.POST)
    if not form.is_valid():
        return _not_saved(request, deck, behaviour, form)
    try:
        return answers.answer(
            request.seat,
            behaviour,
            version=form.cleaned_data["seen"],
            aside=form.aside,
            **form.answer_values,
        )
    except answers.AlreadySealed:
        return _already_sealed(request, deck)
    except answers.StaleCard as stale:
        return _not_saved(request, deck, behaviour, form, newer=stale.row)


def _version_with_words(
    request: SeatedRequest, deck: Deck, behaviour: Behaviour
) -> str | HttpResponse:
    """The version of a card after saving what was typed on it and not saved, if anything was.

    Without script every button of a card sends the whole card, and no word on it may be lost.
    """
    version = request.POST.get("seen", "")
    if not _is_whole_card(request):
        return version
    form = CardForm(request.POST)
    stored = sheets.own_sheet(request.seat, deck)
    if stored.sealed or (form.is_valid() and form.says(stored.row(behaviour))):
        return version
    row = _saved(request, deck, behaviour)
    return row if isinstance(row, HttpResponse) else row.version


def _undo_before(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """Undo the answer to the card before this one, whose form has the button."""
    version = _version_with_words(request, deck, behaviour)
    if isinstance(version, HttpResponse):
        return version
    before = sheets.own_sheet(request.seat, deck).before(behaviour)
    try:
        if before is None:
            raise answers.StaleCard(Row(behaviour=behaviour))
        answers.undo(request.seat, before.behaviour, version=request.POST[BEFORE])
    except answers.AlreadySealed:
        return _already_sealed(request, deck)
    except answers.StaleCard:
        messages.info(request, _("That card was changed on another page, so nothing was undone."))
        return redirect("answers-card", behaviour)
    return _to_same_card(request, deck, before.behaviour, "?undone")


def _not_saved(
    request: SeatedRequest,
    deck: Deck,
    behaviour: Behaviour,
    form: BriefForm,
    newer: Row | None = None,
) -> HttpResponse:
    """The refused card, with everything that was typed and the reason next to it.

    `newer` is what another page has saved since this one was loaded.
    """
    status = HTTPStatus.CONFLICT if newer else HTTPStatus.BAD_REQUEST
    if request.htmx:
        card = Card.typed(newer or Row(behaviour=behaviour), form, newer)
        context = {"form": form, "card": card}
        return render(request, "boundaries/answers/not_saved.html", context, status=status)
    sheet = sheets.own_sheet(request.seat, deck)
    return _card_page(request, sheet, Card.typed(sheet.row(behaviour), form, newer), status)


def _press(
    request: SeatedRequest, deck: Deck, behaviour: Behaviour, act: Callable[..., Row]
) -> HttpResponse | None:
    """Do what a button on a card does. Returns the page to show if it was refused, else None."""
    version = _version_with_words(request, deck, behaviour)
    if isinstance(version, HttpResponse):
        return version
    try:
        act(request.seat, behaviour, version=version)
    except answers.AlreadySealed:
        return _already_sealed(request, deck)
    except answers.StaleCard as stale:
        sheet = sheets.own_sheet(request.seat, deck)
        card = Card.typed(stale.row, BriefForm(request.POST), stale.row)
        return _card_page(request, sheet, card, HTTPStatus.CONFLICT)
    return None


def _already_sealed(request: SeatedRequest, deck: Deck) -> HttpResponse:
    status = HTTPStatus.CONFLICT
    if request.htmx:
        return render(request, "boundaries/answers/is_sealed.html", status=status)
    sheet = sheets.own_sheet(request.seat, deck)
    return _list_page(request, sheet, status, refused=True)


def _to_next_card(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """The response to a save without script: the next card, or the same place on the list."""
    if _from_list(request):
        return _to_same_card(request, deck, behaviour)
    sheet = sheets.own_sheet(request.seat, deck)
    return redirect(next_page(sheet, behaviour, from_last_look=_from_last_look(request)))


def _to_same_card(
    request: SeatedRequest, deck: Deck, behaviour: Behaviour, query: str = ""
) -> HttpResponse:
    if _from_list(request):
        return redirect(f"{reverse('answers', args=[deck])}{query}#{behaviour.id}")
    return redirect(reverse("answers-card", args=[behaviour]) + query)


def _from_list(request: SeatedRequest) -> bool:
    return request.POST.get("from") == "list"


def _is_whole_card(request: SeatedRequest) -> bool:
    """Whether a card was sent with all its fields, and not only the version of it."""
    return "back" in request.POST


def _from_last_look(request: SeatedRequest) -> bool:
    return LAST_LOOK in (request.GET.get("back"), request.POST.get("back"))
