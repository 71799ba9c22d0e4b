"""One's own sheet: the list, one card at a time, the last look, the seal, a new round."""

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
from boundaries.answers.forms import BriefForm, CardForm, SeenForm
from boundaries.answers.pages import Card, direction, whole_list
from boundaries.answers.sheets import OwnSheet, Row
from boundaries.consent.decorators import once_agreed
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.questions.decorators import with_behaviour, with_deck
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.vocabulary import Condition
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
@once_agreed
@with_deck
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    return _list(request, sheets.own_sheet(request.seat, deck))


@require_safe
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def card(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    page = sheets.own_sheet(request.seat, deck)
    return _card(request, page, Card.kept(page.row(behaviour)))


@require_POST
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def answer(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    form = (BriefForm if _from_list(request) else CardForm)(request.POST)
    if not form.is_valid():
        return _refused(request, deck, behaviour, form, HTTPStatus.BAD_REQUEST)
    try:
        row = answers.answer(
            request.seat,
            behaviour,
            version=form.cleaned_data["seen"],
            aside=form.aside,
            **form.answer_values,
        )
    except answers.AlreadySealed:
        return _under_seal(request, deck)
    except answers.StaleCard as stale:
        return _refused(request, deck, behaviour, form, HTTPStatus.CONFLICT, stale.row)
    if request.htmx:
        return render(request, "boundaries/answers/saved.html", {"card": Card.kept(row)})
    return _onward(request, deck, behaviour)


@require_POST
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def skip(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    return _press(request, deck, behaviour, answers.skip, _onward)


@require_POST
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def hide(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    def onward(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
        messages.info(request, _("It is hidden. You find it at the end of the whole list."))
        return redirect("answers", deck)

    return _press(request, deck, behaviour, answers.hide, onward)


@require_POST
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def show_again(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    return _press(request, deck, behaviour, answers.show_again, _back)


@require_POST
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def undo(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    return _press(request, deck, behaviour, answers.undo, _back)


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def last_look(request: SeatedRequest, deck: Deck) -> HttpResponse:
    return _last_look(request, deck)


@require_POST
@reauthentication.after_idling
@seated
@with_deck
def seal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        opened = answers.seal(request.seat, deck, version=request.POST.get("seen", ""))
    except seats.NotPaired:
        return redirect("pairing")
    except answers.AnswersChanged:
        request.seat = seats.seat_of(request.user)
        return _last_look(request, deck, HTTPStatus.CONFLICT)
    if not opened:
        return redirect("answers", deck)
    messages.success(request, _("You have both sealed. It is open to you both now."))
    return redirect("comparison", deck)


@require_POST
@seated
@with_deck
def unseal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        answers.break_seal(request.seat, deck)
    except seats.NotPaired:
        return redirect("pairing")
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


def _last_look(request: SeatedRequest, deck: Deck, status: int = HTTPStatus.OK) -> HttpResponse:
    page = sheets.own_sheet(request.seat, deck)
    context = {
        "partner": seats.partner_of(request.seat),
        "page": page,
        "look": answers.sheet_version(request.seat, page),
        "otherwise": status == HTTPStatus.CONFLICT,
    }
    return render(request, "boundaries/answers/last_look.html", context, status=status)


def _common(request: SeatedRequest) -> dict[str, Any]:
    partner = seats.partner_of(request.seat)
    return {
        "partner": partner,
        "partners_direction": direction(partner),
        "conditions": Condition,
    }


def _list(
    request: SeatedRequest, page: OwnSheet, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = {**whole_list(page, seats.partner_of(request.seat)), **more}
    return render(request, "boundaries/answers/show.html", context, status=status)


def _card(
    request: SeatedRequest, page: OwnSheet, card: Card, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        **_common(request),
        "page": page,
        "card": card,
        "place": page.place(card.behaviour),
        "category": catalogue.category(card.behaviour.category),
        "before": page.before(card.behaviour),
        "after": page.after(card.behaviour),
    }
    return render(request, "boundaries/answers/card.html", context, status=status)


def _from_list(request: SeatedRequest) -> bool:
    return request.POST.get("from") == "list"


def _refused(
    request: SeatedRequest,
    deck: Deck,
    behaviour: Behaviour,
    form: BriefForm,
    status: int,
    newer: Row | None = None,
) -> HttpResponse:
    """Not saved, with every word given back and the reason beside it."""
    if request.htmx:
        row = newer or Row(behaviour=behaviour)
        context = {"form": form, "card": Card.typed(row, form, newer)}
        return render(request, "boundaries/answers/not_saved.html", context, status=status)
    page = sheets.own_sheet(request.seat, deck)
    return _card(request, page, Card.typed(page.row(behaviour), form, newer), status)


def _press(
    request: SeatedRequest,
    deck: Deck,
    behaviour: Behaviour,
    act: Callable[..., Row],
    onward: Callable[[SeatedRequest, Deck, Behaviour], HttpResponse],
) -> HttpResponse:
    """A button on a card that does one thing and sends no words."""
    form = SeenForm(request.POST)
    try:
        act(request.seat, behaviour, version=form.data.get("seen", ""))
    except answers.AlreadySealed:
        return _under_seal(request, deck)
    except answers.StaleCard as stale:
        page = sheets.own_sheet(request.seat, deck)
        now = Card.typed(stale.row, BriefForm(request.POST), stale.row)
        return _card(request, page, now, HTTPStatus.CONFLICT)
    return onward(request, deck, behaviour)


def _under_seal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    status = HTTPStatus.CONFLICT
    if request.htmx:
        return render(request, "boundaries/answers/is_sealed.html", status=status)
    return _list(request, sheets.own_sheet(request.seat, deck), status, sealed_meanwhile=True)


def _back(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """To the card where it stood: on the list, or alone."""
    if _from_list(request):
        return redirect(f"{reverse('answers', args=[deck])}#{behaviour.id}")
    return redirect("answers-card", behaviour)


def _onward(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """After a save without script: on to the next card, or back to the place on the list."""
    if _from_list(request):
        return _back(request, deck, behaviour)
    after = sheets.own_sheet(request.seat, deck).after(behaviour)
    if after is not None:
        return redirect("answers-card", after.behaviour)
    return redirect("answers-last-look", deck)
