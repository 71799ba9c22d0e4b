"""The page of understandings: what holds, what is proposed, and how it came to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.agreements import downloads, history, outcome_fields
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import Keepable, common_ground
from boundaries.agreements.forms import AssentForm, DigestForm, WordsForm
from boundaries.agreements.history import Agreement, Entry, ProposalVersion
from boundaries.agreements.pages import agreement_page, entry_context
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.comparison.rules import can_be_talked_about, opened_last
from boundaries.content.catalogue import Deck
from boundaries.downloads.responses import file_response, json_response, pdf_response
from boundaries.downloads.typesetting import Paper
from boundaries.questions.decorators import with_deck
from boundaries.seats import rules as seats
from boundaries.vocabulary import Outcome
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request)


@require_safe
@seated
def entry(request: SeatedRequest, behaviour: str) -> HttpResponse:
    return _entry(request, behaviour)


@require_safe
@seated
def change(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """The form in which words are put together, beginning with those there are, or an outcome."""
    about = _subject(request, behaviour)
    said: Mapping[str, Any] = {}
    if request.GET.get("outcome") in Outcome.values:
        outcome = Outcome(request.GET["outcome"])
        said = WordsForm.begun_from([ProposalLine(doer=BOTH, outcome=outcome)])
    elif about.entry:
        words = (about.entry.proposed or about.entry.shown).words
        said = WordsForm.begun_from(words.lines, words.well)
    return _form(request, about, said)


@require_POST
@reauthentication.after_idling
@seated
def propose(request: SeatedRequest, behaviour: str) -> HttpResponse:
    about = _subject(request, behaviour)
    form = WordsForm(request.POST)
    if limited(request, "propose"):
        messages.info(request, _("That was very often in a short time. Please wait a few minutes."))
        return _form(request, about, {}, form, HTTPStatus.TOO_MANY_REQUESTS)
    if not form.is_valid():
        return _form(request, about, {}, form, HTTPStatus.BAD_REQUEST)
    names = seats.names(request.seat)
    told = form.cleaned_data
    words = put_into_words(about.wording, form.lines, names, told["well"])
    try:
        agreements.propose(
            request.seat,
            behaviour,
            words,
            seen=told["seen"],
            unlike=[told["unlike"]],
            shown=told["together"],
        )
    except agreements.TickMissing as missing:
        return _form(request, about, {}, form, HTTPStatus.BAD_REQUEST, tick=missing.digest)
    except agreements.WordsChanged:
        now = _subject(request, behaviour)
        return _form(request, now, {}, form, HTTPStatus.CONFLICT, changed=True)
    except agreements.TooManyProposals:
        messages.info(request, outcome_fields.ENOUGH)
        return _form(request, about, {}, form, HTTPStatus.CONFLICT)
    return redirect("agreements-entry", behaviour)


@require_safe
@seated
@with_deck
def shared_ground(request: SeatedRequest, deck: Deck) -> HttpResponse:
    """What could be kept as it is, in one act."""
    return _keep(request, deck)


@require_POST
@reauthentication.after_idling
@seated
@with_deck
def keep(request: SeatedRequest, deck: Deck) -> HttpResponse:
    if refusal := limited(request, "propose"):
        return refusal
    asked = {each.id for each in deck.behaviours}
    lying = {each.digest: each.words for each in _lying(request, asked)}
    shown = lying | {each.digest: each.words for each in _keepable(request, deck)}
    form = AssentForm(request.POST, shown=shown)
    if not form.is_valid():
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return _keep(request, deck, form, status)
    told = form.cleaned_data
    try:
        kept = agreements.keep(
            request.seat, deck, told["digests"], unlike=told["unlike"], shown=told["together"]
        )
    except (agreements.WordsChanged, agreements.TickMissing):
        return _keep(request, deck, form, HTTPStatus.CONFLICT)
    if _all_hold(request, kept):
        messages.success(request, _("You have both said yes to these words."))
    else:
        messages.success(request, _proposed(len(kept), _partner(request)))
    return redirect("agreements")


@require_POST
@reauthentication.after_idling
@seated
def assent(request: SeatedRequest) -> HttpResponse:
    """Yes to one proposal or to several."""
    form = AssentForm(request.POST, shown={each.digest: each.words for each in _lying(request)})
    if not form.is_valid():
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return _page(request, refused=form, status=status)
    told = form.cleaned_data
    try:
        agreed = agreements.assent(
            request.seat, told["digests"], unlike=told["unlike"], shown=told["together"]
        )
    except (agreements.WordsChanged, agreements.TickMissing):
        return _page(request, refused=form, status=HTTPStatus.CONFLICT)
    if _all_hold(request, agreed):
        messages.success(request, _("You have both said yes to these words."))
    else:
        needed = _("Your yes is kept. It holds once %(name)s has said yes as well.")
        messages.success(request, needed % {"name": isolated(_partner(request))})
    return redirect("agreements-entry", agreed[0]) if len(agreed) == 1 else redirect("agreements")


@require_POST
@seated
def withdraw(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    try:
        if not form.is_valid():
            raise agreements.WordsChanged
        told = form.cleaned_data
        agreements.withdraw(request.seat, behaviour, told["digest"], shown=told["together"])
    except agreements.WordsChanged:
        return _entry(request, behaviour, changed=True, status=HTTPStatus.CONFLICT)
    return redirect("agreements-entry", behaviour)


@require_POST
@seated
def set_aside(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    try:
        if not form.is_valid():
            raise agreements.WordsChanged
        agreements.set_aside(request.seat, behaviour, form.cleaned_data["digest"])
    except agreements.WordsChanged:
        return _entry(request, behaviour, changed=True, status=HTTPStatus.CONFLICT)
    return redirect("agreements")


@require_safe
@seated
def pdf(request: SeatedRequest, paper: Paper) -> HttpResponse:
    """What holds, set in type."""
    if refusal := limited(request, "typeset"):
        return refusal
    sheet = downloads.page_of(_agreement(request))
    return pdf_response(
        request, sheet, paper, back=reverse("agreements"), data=reverse("agreements-data")
    )


@require_safe
@seated
def calendar(request: SeatedRequest) -> HttpResponse:
    dates = downloads.dates_of(_agreement(request))
    return file_response(dates, "text/calendar", "dates.ics")


@require_safe
@seated
def data(request: SeatedRequest) -> HttpResponse:
    return json_response(downloads.data_of(_agreement(request)))


def _page(
    request: SeatedRequest, *, refused: AssentForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        agreement = history.agreement(request.seat)
    except history.NoSuchAgreement:
        return render(request, "boundaries/agreements/alone.html")
    if reauthentication.has_idled(request):
        agreement = replace(agreement, entries=tuple(map(_shared, agreement.entries)))
    return agreement_page(
        request,
        agreement,
        status,
        together=seats.couple_token(request.seat),
        refused=refused,
        ticked=refused.ticked if refused else None,
        opened=opened_last(request.seat),
    )


def _agreement(request: SeatedRequest) -> Agreement:
    return history.agreement(request.seat)


def _entry(
    request: SeatedRequest, behaviour: str, *, changed: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    found = history.entry(request.seat, behaviour)
    context = {
        **entry_context(_shared(found) if reauthentication.has_idled(request) else found),
        "changed": changed,
        "talkable": can_be_talked_about(request.seat, behaviour),
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
    }
    return render(request, "boundaries/agreements/entry.html", context, status=status)


def _shared(entry: Entry) -> Entry:
    """The entry without what only this person knows of it."""
    return replace(entry, left_for_now=False)


def _subject(request: SeatedRequest, behaviour: str) -> history.ProposalSubject:
    return history.subject(request.seat, behaviour)


def _form(
    request: SeatedRequest,
    about: history.ProposalSubject,
    said: Mapping[str, Any],
    refused: WordsForm | None = None,
    status: int = HTTPStatus.OK,
    *,
    changed: bool = False,
    tick: str = "",
) -> HttpResponse:
    """The form as it stands, or with every word given back and the reason beside it."""
    errors: dict[str, list[str]] = {}
    if refused is not None:
        said = refused.sent
        errors = {name: [str(each) for each in told] for name, told in refused.errors.items()}
    names = seats.names(request.seat)
    context = {
        "about": about,
        "said": said,
        "errors": errors,
        "changed": changed,
        "tick": tick,
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
        **outcome_fields.pictured(names, said, errors),
        **outcome_fields.calendar(),
    }
    return render(request, "boundaries/agreements/change.html", context, status=status)


def _keepable(request: SeatedRequest, deck: Deck) -> list[Keepable]:
    return common_ground(request.seat, deck)


def _lying(
    request: SeatedRequest, behaviours: Collection[str] | None = None
) -> list[ProposalVersion]:
    """What lies on the page: kept twice, or by the other a moment ago, is kept once."""
    return [
        each.newest
        for each in _agreement(request).entries
        if each.newest.ended_at is None and (behaviours is None or each.behaviour in behaviours)
    ]


def _keep(
    request: SeatedRequest,
    deck: Deck,
    refused: AssentForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    meanwhile = _meanwhile(request, deck, refused) if refused else []
    context = {
        "deck": deck,
        "keepable": [*_keepable(request, deck), *meanwhile],
        "refused": refused,
        "ticked": refused.ticked if refused else None,
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
    }
    return render(request, "boundaries/agreements/keep.html", context, status=status)


def _meanwhile(request: SeatedRequest, deck: Deck, refused: AssentForm) -> list[Keepable]:
    """What was ticked and refused, and lies on the page by now: its tick stands beside it."""
    asked = {each.id for each in deck.behaviours}
    return [
        Keepable(each.behaviour, each.newest.words, each.newest.digest)
        for each in _agreement(request).entries
        if each.behaviour in asked and each.waits_for_me and each.newest.digest in refused.ticked
    ]


def _partner(request: SeatedRequest) -> str:
    partner = seats.partner_of(request.seat)
    if partner is None:
        raise Http404
    return partner.first_name


def _all_hold(request: SeatedRequest, behaviours: Collection[str]) -> bool:
    """Whether a yes was the second: to what was written on a shared screen it may be the first."""
    entries = [each for each in _agreement(request).entries if each.behaviour in behaviours]
    return all(each.current == each.newest for each in entries)


def _proposed(many: int, partner: str) -> str:
    return ngettext(
        "Proposed. It holds once %(name)s has said yes as well.",
        "%(many)d proposed. Each holds once %(name)s has said yes as well.",
        many,
    ) % {"many": many, "name": isolated(partner)}
