"""One's own sheet: the list, one card at a time, the last look, the seal, a new round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.answers import rules as answers
from boundaries.answers.forms import BriefForm, CardForm, SeenForm
from boundaries.answers.rules import Page, Row
from boundaries.consent.decorators import once_agreed
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.questions.decorators import with_behaviour, with_deck
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.vocabulary import Condition
from boundaries.web.seated import SeatedRequest, seated


@dataclass(frozen=True, slots=True)
class Card:
    """One behaviour as it stands on the screen: what is kept, or what was just typed."""

    behaviour: Behaviour
    seen: str
    undoable: bool = False
    partners: str = ""
    mine: str = ""
    weight: str = ""
    conditions: tuple[str, ...] = ()
    in_other_words: str = ""
    private: bool = False
    skipped: bool = False
    hidden: bool = False
    note: str = ""
    self_note: str = ""
    guess: str = ""
    to_keep_the_peace: bool = False
    live: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)
    newer: Row | None = None  # what another page has saved meanwhile

    @classmethod
    def kept(cls, row: Row) -> Card:
        said, aside = row.said, row.aside
        return cls(
            row.behaviour,
            row.version,
            row.undoable,
            said.partners or "",
            said.mine or "",
            said.weight or "",
            said.conditions,
            said.in_other_words,
            said.private,
            said.skipped,
            said.hidden,
            said.note,
            aside.note,
            aside.guess or "",
            aside.to_keep_the_peace,
            aside.live,
        )

    @classmethod
    def typed(cls, row: Row, form: BriefForm, newer: Row | None = None) -> Card:
        """A refused form gives back every word, so that none has to be written twice.

        Beside something newer it carries that one's version: to save again is then meant.
        """
        data = form.data
        return cls(
            row.behaviour,
            newer.version if newer else data.get("seen", ""),
            row.undoable,
            data.get("partners", ""),
            data.get("mine", ""),
            data.get("weight", ""),
            tuple(data.getlist("conditions")),  # type: ignore[attr-defined]
            data.get("in_other_words", ""),
            "private" in data,
            False,
            False,
            data.get("note", ""),
            data.get("self_note", ""),
            data.get("guess", ""),
            "to_keep_the_peace" in data,
            "live" in data,
            {name: [str(each) for each in told] for name, told in form.errors.items()},
            newer,
        )

    @property
    def answered(self) -> bool:
        return bool(self.partners or self.mine)

    @property
    def status(self) -> str:
        """How it stands on disk, in words."""
        if self.answered and self.private:
            return _("Saved, and kept private.")
        if self.answered:
            return _("Saved. Only you can see this.")
        if self.skipped:
            return _("Skipped. Only you can see this.")
        return _("Only you can see this.")

    @property
    def has_more(self) -> bool:
        """Whether something stands in the folded part for the other partner to read."""
        return bool(self.weight or self.note or self.private)

    @property
    def has_asides(self) -> bool:
        return bool(self.self_note or self.guess or self.to_keep_the_peace or self.live)


@require_safe
@reauthentication.after_idling
@seated
@once_agreed
@with_deck
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    return _list(request, answers.page(request.seat, deck))


@require_safe
@reauthentication.after_idling
@seated
@once_agreed
@with_behaviour
def card(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    page = answers.page(request.seat, deck)
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
            seen=form.cleaned_data["seen"],
            aside=form.aside,
            **form.said,
        )
    except answers.IsSealed:
        return _under_seal(request, deck)
    except answers.Stale as stale:
        return _refused(request, deck, behaviour, form, HTTPStatus.CONFLICT, stale.row)
    if request.htmx:
        return render(request, "boundaries/answering/saved.html", {"card": Card.kept(row)})
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
        return redirect("answering", deck)

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
        opened = answers.seal(request.seat, deck, seen=request.POST.get("seen", ""))
    except seats.NotPaired:
        return redirect("pairing")
    except answers.LooksOtherwise:
        request.seat = seats.seat_of(request.user)
        return _last_look(request, deck, HTTPStatus.CONFLICT)
    if not opened:
        return redirect("answering", deck)
    messages.success(request, _("You have both sealed. It is open to you both now."))
    return redirect("comparing", deck)


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
        return redirect("comparing", deck)
    messages.success(request, _("Your seal is taken back. You can change your answers again."))
    return redirect("answering", deck)


@require_POST
@reauthentication.after_idling
@seated
@with_deck
def again(request: SeatedRequest, deck: Deck) -> HttpResponse:
    answers.begin_again(request.seat, deck)
    return redirect("answering", deck)


@require_safe
@reauthentication.after_idling
@seated
@with_deck
def history(request: SeatedRequest, deck: Deck) -> HttpResponse:
    context = {"deck": deck, "past": answers.history(request.seat, deck)}
    return render(request, "boundaries/answering/history.html", context)


def whole_list(page: Page, partner: seats.Partner | None) -> dict[str, Any]:
    """What the list of a sheet is drawn from."""
    return {
        "page": page,
        "partner": partner,
        "partners_direction": direction(partner),
        "groups": [
            (catalogue.category(id), [Card.kept(row) for row in rows])
            for id, rows in groupby(page.rows, key=lambda row: row.behaviour.category)
        ],
        "hidden": [Card.kept(row) for row in page.hidden],
    }


def direction(partner: seats.Partner | None) -> str:
    """The other of the two directions, in words."""
    if partner is None:
        return _("When my partner does it")
    return _("When %(name)s does it") % {"name": isolated(partner.first_name)}


def _last_look(request: SeatedRequest, deck: Deck, status: int = HTTPStatus.OK) -> HttpResponse:
    page = answers.page(request.seat, deck)
    context = {
        "partner": seats.partner_of(request.seat),
        "page": page,
        "look": answers.look_of(request.seat, page),
        "otherwise": status == HTTPStatus.CONFLICT,
    }
    return render(request, "boundaries/answering/last_look.html", context, status=status)


def _common(request: SeatedRequest) -> dict[str, Any]:
    partner = seats.partner_of(request.seat)
    return {
        "partner": partner,
        "partners_direction": direction(partner),
        "conditions": Condition,
    }


def _list(
    request: SeatedRequest, page: Page, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = {**whole_list(page, seats.partner_of(request.seat)), **more}
    return render(request, "boundaries/answering/show.html", context, status=status)


def _card(
    request: SeatedRequest, page: Page, card: Card, status: int = HTTPStatus.OK
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
    return render(request, "boundaries/answering/card.html", context, status=status)


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
        row = newer or Row(behaviour)
        context = {"form": form, "card": Card.typed(row, form, newer)}
        return render(request, "boundaries/answering/not_saved.html", context, status=status)
    page = answers.page(request.seat, deck)
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
        act(request.seat, behaviour, seen=form.data.get("seen", ""))
    except answers.IsSealed:
        return _under_seal(request, deck)
    except answers.Stale as stale:
        page = answers.page(request.seat, deck)
        now = Card.typed(stale.row, BriefForm(request.POST), stale.row)
        return _card(request, page, now, HTTPStatus.CONFLICT)
    return onward(request, deck, behaviour)


def _under_seal(request: SeatedRequest, deck: Deck) -> HttpResponse:
    status = HTTPStatus.CONFLICT
    if request.htmx:
        return render(request, "boundaries/answering/is_sealed.html", status=status)
    return _list(request, answers.page(request.seat, deck), status, sealed_meanwhile=True)


def _back(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """To the card where it stood: on the list, or alone."""
    if _from_list(request):
        return redirect(f"{reverse('answering', args=[deck])}#{behaviour.id}")
    return redirect("answering-card", behaviour)


def _onward(request: SeatedRequest, deck: Deck, behaviour: Behaviour) -> HttpResponse:
    """After a save without script: on to the next card, or back to the place on the list."""
    if _from_list(request):
        return _back(request, deck, behaviour)
    after = answers.page(request.seat, deck).after(behaviour)
    if after is not None:
        return redirect("answering-card", after.behaviour)
    return redirect("answering-last-look", deck)
