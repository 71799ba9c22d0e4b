"""What a save or a press on a card leads to: the next page, or the same with what was refused."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.forms import BriefForm, CardForm
from boundaries.answers.pages import (
    LAST_LOOK,
    Card,
    card_context,
    list_context,
    next_page,
    sealed_context,
)
from boundaries.answers.sheets import OwnSheet, Row
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.seats import rules as seats
from boundaries.web.seated import SeatedRequest

BEFORE = "before"  # a press on the next card has it: the version of the card to undo


def list_page(
    request: SeatedRequest, sheet: OwnSheet, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    """The list of a deck; under one's own seal the envelope."""
    if sheet.sealed:
        following = sheets.next_deck(request.seat, sheet.deck)
        context = sealed_context(sheet, request.seat.side, following)
    else:
        undone = "undone" in request.GET
        context = list_context(sheet, seats.partner_of(request.seat)) | {"undone": undone}
    return render(request, "boundaries/answers/show.html", context | more, status=status)


def card_page(
    request: SeatedRequest, sheet: OwnSheet, card: Card, status: int = HTTPStatus.OK
) -> HttpResponse:
    """One card alone, with what its address says about where its reader came from."""
    context = card_context(
        sheet,
        card,
        seats.partner_of(request.seat),
        arrived=request.GET,
        from_last_look=_from_last_look(request),
    )
    return render(request, "boundaries/answers/card.html", context, status=status)


def saved(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> Row | HttpResponse:
    """Save what was sent of a card: the card as it is stored now, or the page that says why not."""
    form = (BriefForm if from_list(request) else CardForm)(request.POST)
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
    row = saved(request, deck, behaviour)
    return row if isinstance(row, HttpResponse) else row.version


def undo_before(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
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
    return to_same_card(request, deck, before.behaviour, "?undone")


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
    return card_page(request, sheet, Card.typed(sheet.row(behaviour), form, newer), status)


def press(
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
        return card_page(request, sheet, card, HTTPStatus.CONFLICT)
    return None


def _already_sealed(request: SeatedRequest, deck: Deck) -> HttpResponse:
    status = HTTPStatus.CONFLICT
    if request.htmx:
        return render(request, "boundaries/answers/is_sealed.html", status=status)
    sheet = sheets.own_sheet(request.seat, deck)
    return list_page(request, sheet, status, refused=True)


def to_next_card(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """The response to a save without script: the next card, or the same place on the list."""
    if from_list(request):
        return to_same_card(request, deck, behaviour)
    sheet = sheets.own_sheet(request.seat, deck)
    return redirect(next_page(sheet, behaviour, from_last_look=_from_last_look(request)))


def to_same_card(
    request: SeatedRequest, deck: Deck, behaviour: Behaviour, query: str = ""
) -> HttpResponse:
    """The response to a press without script: the card again, on the list if it came from there."""
    if from_list(request):
        return redirect(f"{reverse('answers', args=[deck])}{query}#{behaviour.id}")
    return redirect(reverse("answers-card", args=[behaviour]) + query)


def from_list(request: SeatedRequest) -> bool:
    """Whether a card was sent from the list of all cards."""
    return request.POST.get("from") == "list"


def _is_whole_card(request: SeatedRequest) -> bool:
    """Whether a card was sent with all its fields, and not only the version of it."""
    return "back" in request.POST


def _from_last_look(request: SeatedRequest) -> bool:
    return LAST_LOOK in (request.GET.get("back"), request.POST.get("back"))
