"""One's own sheet: the list, one card at a time, the last look, the seal."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries import answering, catalogue, pairing
from boundaries.answering import Page, Row
from boundaries.catalogue import Behaviour, Deck
from boundaries.forms.answering import LONGEST_NOTE, AnswerForm
from boundaries.http import SeatedRequest, seated
from boundaries.vocabulary import Stance


@dataclass(frozen=True, slots=True)
class Card:
    """One behaviour as it stands on the screen: what is kept, or what was just typed."""

    behaviour: Behaviour
    partners: str
    mine: str
    private: bool
    skipped: bool
    note: str
    self_note: str
    errors: dict[str, list[str]]

    @classmethod
    def kept(cls, row: Row) -> Card:
        said = row.said
        return cls(
            row.behaviour,
            said.partners or "",
            said.mine or "",
            said.private,
            said.skipped,
            said.note,
            row.self_note,
            {},
        )

    @classmethod
    def typed(cls, behaviour: Behaviour, form: AnswerForm) -> Card:
        """A refused form gives back every word, so that none has to be written twice."""
        data = form.data
        return cls(
            behaviour,
            data.get("partners", ""),
            data.get("mine", ""),
            "private" in data,
            False,
            data.get("note", ""),
            data.get("self_note", ""),
            {name: [str(each) for each in told] for name, told in form.errors.items()},
        )


@require_safe
@seated
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    page = answering.page(request.seat, deck)
    cards = [
        (category, [Card.kept(page.row(behaviour)) for behaviour in behaviours])
        for category, behaviours in deck.by_category().items()
    ]
    return render(
        request,
        "boundaries/answering/show.html",
        {**_common(request), "page": page, "groups": cards},
    )


@require_safe
@seated
def card(request: SeatedRequest, behaviour: Behaviour) -> HttpResponse:
    page = answering.page(request.seat, catalogue.deck(behaviour.deck))
    return _card(request, page, Card.kept(page.row(behaviour)))


@require_POST
@seated
def answer(request: SeatedRequest, behaviour: Behaviour) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, behaviour, form)
    try:
        said = answering.answer(request.seat, behaviour, **form.cleaned_data)
    except answering.IsSealed:
        return _under_seal(request, behaviour)
    if request.htmx:
        return render(request, "boundaries/answering/saved.html", {"said": said})
    return _onward(request, behaviour)


@require_POST
@seated
def skip(request: SeatedRequest, behaviour: Behaviour) -> HttpResponse:
    try:
        answering.skip(request.seat, behaviour)
    except answering.IsSealed:
        return _under_seal(request, behaviour)
    return _onward(request, behaviour)


@require_safe
@seated
def last_look(request: SeatedRequest, deck: Deck) -> HttpResponse:
    context = {**_common(request), "page": answering.page(request.seat, deck)}
    return render(request, "boundaries/answering/last_look.html", context)


@require_POST
@seated
def seal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        opened = answering.seal(request.seat, deck)
    except pairing.NotPaired:
        return redirect("pairing")
    return redirect("comparing" if opened else "answering", deck)


@require_POST
@seated
def unseal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        answering.break_seal(request.seat, deck)
    except pairing.NotPaired:
        return redirect("pairing")
    except answering.IsOpen:
        messages.info(request, _("You have both sealed by now, so it is open."))
        return redirect("comparing", deck)
    messages.success(request, _("Your seal is taken back. You can change your answers again."))
    return redirect("answering", deck)


def _common(request: SeatedRequest) -> dict[str, Any]:
    return {
        "partner": pairing.partner_of(request.seat),
        "stances": Stance,
        "longest_note": LONGEST_NOTE,
    }


def _card(
    request: SeatedRequest, page: Page, card: Card, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        **_common(request),
        "page": page,
        "card": card,
        "place": page.place(card.behaviour),
        "category": catalogue.categories()[card.behaviour.category],
        "before": page.before(card.behaviour),
        "after": page.after(card.behaviour),
    }
    return render(request, "boundaries/answering/card.html", context, status=status)


def _refused(request: SeatedRequest, behaviour: Behaviour, form: AnswerForm) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST
    if request.htmx:
        return render(request, "boundaries/answering/not_saved.html", {"form": form}, status=status)
    page = answering.page(request.seat, catalogue.deck(behaviour.deck))
    return _card(request, page, Card.typed(behaviour, form), status)


def _under_seal(request: SeatedRequest, behaviour: Behaviour) -> HttpResponse:
    status = HTTPStatus.CONFLICT
    if request.htmx:
        return render(request, "boundaries/answering/is_sealed.html", status=status)
    page = answering.page(request.seat, catalogue.deck(behaviour.deck))
    return render(
        request,
        "boundaries/answering/show.html",
        {**_common(request), "page": page, "sealed_meanwhile": True},
        status=status,
    )


def _onward(request: SeatedRequest, behaviour: Behaviour) -> HttpResponse:
    """After a save without script: on to the next card, or back to the place on the list."""
    page = answering.page(request.seat, catalogue.deck(behaviour.deck))
    after = page.after(behaviour)
    if request.POST.get("from") == "list":
        return redirect(f"{reverse('answering', args=[page.deck])}#{behaviour.id}")
    if after is not None:
        return redirect("answering-card", after.behaviour)
    return redirect("answering-last-look", page.deck)
