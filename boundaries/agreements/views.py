"""The pages of agreements: what holds, what is proposed, and how it came about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.agreements import downloads, history, pages, proposal_pages
from boundaries.agreements import rules as agreements
from boundaries.agreements.forms import AssentForm, DigestForm, WordsForm
from boundaries.agreements.pages import as_context
from boundaries.agreements.refusals import NONE, Refusal
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.comparison.rules import opened_last
from boundaries.content.catalogue import Deck
from boundaries.downloads.responses import file_response, json_response, pdf_response
from boundaries.downloads.typesetting import Paper
from boundaries.errors import Conflict, Refused
from boundaries.questions.decorators import with_deck
from boundaries.seats import rules as seats
from boundaries.vocabulary import Outcome
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated

TOO_OFTEN = Refusal(
    status=HTTPStatus.TOO_MANY_REQUESTS,
    message=gettext_lazy("That was a lot in a short time. Please wait a few minutes."),
)


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _agreement_page(request)


@require_safe
@seated
def entry(request: SeatedRequest, behaviour: str) -> HttpResponse:
    return _entry_page(request, behaviour)


@require_safe
@seated
def change(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """The form for new words, filled with the current ones or an outcome from the address."""
    about = history.subject(request.seat, behaviour)
    content: Mapping[str, Any] = {}
    if request.GET.get("outcome") in Outcome.values:
        outcome = Outcome(request.GET["outcome"])
        content = WordsForm.content_of([ProposalLine(doer=BOTH, outcome=outcome)])
    elif about.entry:
        words = (about.entry.proposed or about.entry.shown).words
        content = WordsForm.content_of(words.lines, words.well)
    return _change_page(request, about, content)


@require_POST
@seated
def read_out(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """How the words of the form would read if they were proposed now. Nothing is stored.

    A page that asks while somebody writes is told nothing about what is still missing.
    """
    about = history.subject(request.seat, behaviour)
    form = WordsForm(request.POST)
    if not request.htmx and not form.is_valid():
        return _words_refused(request, about, form, Refusal.of_form(form))
    page = proposal_pages.change_page(request.seat, about, form.sent)
    template = "components/read_out.html" if request.htmx else "boundaries/agreements/change.html"
    return render(request, template, as_context(page) | form.versions)


@require_POST
@reauthentication.after_idling
@seated
def propose(request: SeatedRequest, behaviour: str) -> HttpResponse:
    about = history.subject(request.seat, behaviour)
    form = WordsForm(request.POST)
    if limited(request, "propose"):
        return _words_refused(request, about, form, TOO_OFTEN)
    if not form.is_valid():
        return _words_refused(request, about, form, Refusal.of_form(form))
    sent = form.cleaned_data
    words = put_into_words(about.wording, form.lines, seats.names(request.seat), sent["well"])
    versions = {"version": sent["seen"], "couple_token": sent["together"]}
    try:
        agreements.propose(
            request.seat, behaviour, words, acknowledged=[sent["acknowledged"]], **versions
        )
    except (Conflict, Refused) as error:
        return _words_refused(request, about, form, Refusal.of(error))
    _confirm(request, [behaviour], _("Sent: %(name)s can read these words now."))
    return redirect("agreements-entry", behaviour)


@require_safe
@seated
@with_deck
def shared_ground(request: SeatedRequest, deck: Deck) -> HttpResponse:
    """Common ground of a deck, to propose as it is."""
    return _common_ground_page(request, deck)


@require_POST
@reauthentication.after_idling
@seated
@with_deck
def keep(request: SeatedRequest, deck: Deck) -> HttpResponse:
    if refusal := limited(request, "propose"):
        return refusal
    form = AssentForm(request.POST, shown=proposal_pages.words_on_common_ground(request.seat, deck))
    if not form.is_valid():
        return _common_ground_page(request, deck, form, Refusal.of_form(form))
    try:
        kept = agreements.propose_common_ground(request.seat, deck, **form.arguments)
    except (Conflict, Refused) as error:
        return _common_ground_page(request, deck, form, Refusal.of(error))
    _confirm(request, kept, pages.kept_in_part(request.seat, kept) or _sent(len(kept)))
    return redirect("agreements")


@require_POST
@reauthentication.after_idling
@seated
def assent(request: SeatedRequest) -> HttpResponse:
    """Say yes to one proposal or to several; of a list, the others are left for now."""
    form = AssentForm(request.POST, shown=proposal_pages.words_to_answer(request.seat))
    if not form.is_valid():
        return _agreement_page(request, form, Refusal.of_form(form))
    try:
        agreed = agreements.assent(request.seat, left=form.left, **form.arguments)
    except (Conflict, Refused) as error:
        return _agreement_page(request, form, Refusal.of(error))
    if agreed:
        _confirm(request, agreed, _("Your yes is saved. It counts once %(name)s says yes too."))
    if form.left:
        _confirm_left(request)
    return redirect("agreements")


@require_POST
@seated
def withdraw(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, behaviour, Refusal.of_form(form))
    sent = form.cleaned_data
    try:
        reopened = agreements.withdraw(
            request.seat, behaviour, sent["digest"], couple_token=sent["together"]
        )
    except Conflict as error:
        return _entry_page(request, behaviour, Refusal.of(error))
    if reopened:
        messages.success(request, _("You’re looking at this again. Talk about it when you like."))
    return redirect("agreements-entry", behaviour)


@require_POST
@seated
def set_aside(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, behaviour, Refusal.of_form(form))
    try:
        agreements.set_aside(request.seat, behaviour, form.cleaned_data["digest"])
    except Conflict as error:
        return _entry_page(request, behaviour, Refusal.of(error))
    _confirm_left(request)
    return redirect("agreements")


@require_safe
@seated
def pdf(request: SeatedRequest, paper: Paper) -> HttpResponse:
    """Everything that holds, as a PDF."""
    if refusal := limited(request, "typeset"):
        return refusal
    page = downloads.page_of(history.agreement(request.seat))
    return pdf_response(
        request, page, paper, back=reverse("agreements"), data=reverse("agreements-data")
    )


@require_safe
@seated
def calendar(request: SeatedRequest) -> HttpResponse:
    dates = downloads.dates_of(history.agreement(request.seat))
    return file_response(dates, "text/calendar", "dates.ics")


@require_safe
@seated
def data(request: SeatedRequest) -> HttpResponse:
    return json_response(downloads.data_of(history.agreement(request.seat)))


def _agreement_page(
    request: SeatedRequest, form: AssentForm | None = None, refusal: Refusal = NONE
) -> HttpResponse:
    try:
        agreement = history.agreement(request.seat)
    except history.NoSuchAgreement:
        return render(request, "boundaries/agreements/alone.html")
    if reauthentication.has_idled(request):
        agreement = pages.without_private(agreement)
    return pages.agreement_page(
        request,
        agreement,
        status=refusal.status,
        couple_token=seats.couple_token(request.seat),
        refused=form,
        opened=opened_last(request.seat),
    )


def _entry_page(request: SeatedRequest, behaviour: str, refusal: Refusal = NONE) -> HttpResponse:
    idle = reauthentication.has_idled(request)
    page = pages.entry_page(request.seat, behaviour, private=not idle, changed=refusal.changed)
    template = "boundaries/agreements/entry.html"
    return render(request, template, as_context(page), status=refusal.status)


def _change_page(
    request: SeatedRequest, about: history.ProposalSubject, content: Mapping[str, Any]
) -> HttpResponse:
    page = proposal_pages.change_page(request.seat, about, content)
    return render(request, "boundaries/agreements/change.html", as_context(page))


def _words_refused(
    request: SeatedRequest, about: history.ProposalSubject, form: WordsForm, refusal: Refusal
) -> HttpResponse:
    """The form with everything that was sent, and the reason next to it.

    It still counts as made from what its first page showed. Only where the page says that there are
    other words now, it counts as made from them.
    """
    if refusal.message:
        messages.info(request, str(refusal.message))
    versions = form.versions
    if refusal.changed:
        about, versions = history.subject(request.seat, about.behaviour), {}
    page = proposal_pages.change_page(
        request.seat, about, form.sent, errors=form.errors, refusal=refusal
    )
    template = "boundaries/agreements/change.html"
    return render(request, template, as_context(page) | versions, status=refusal.status)


def _common_ground_page(
    request: SeatedRequest,
    deck: Deck,
    form: AssentForm | None = None,
    refusal: Refusal = NONE,
) -> HttpResponse:
    page = proposal_pages.common_ground_page(request.seat, deck, form)
    template = "boundaries/agreements/keep.html"
    return render(request, template, as_context(page), status=refusal.status)


def _confirm(request: SeatedRequest, behaviours: Collection[str], text: str) -> None:
    """Tell the person that both agree now, or else `text`, which says that the partner has to."""
    kept = pages.kept(request.seat, behaviours)
    if kept:
        messages.success(request, kept)
        return
    many = apnumber(len(behaviours))
    messages.success(request, _naming_partner(request, text, many=many))


def _sent(many: int) -> str:
    return ngettext(
        "Sent to %(name)s. It counts once %(name)s says yes too.",
        "Sent %(many)s things to %(name)s. Each counts once %(name)s says yes too.",
        many,
    )


def _confirm_left(request: SeatedRequest) -> None:
    messages.success(request, _naming_partner(request, _("Left for now. %(name)s isn’t told.")))


def _naming_partner(request: SeatedRequest, text: str, **more: Any) -> str:
    """`text` with the partner's first name and `more` filled in. Raises NotPaired."""
    partner = seats.partner_of(request.seat)
    if partner is None:
        raise seats.NotPaired
    return text % {**more, "name": isolated(partner.first_name)}
