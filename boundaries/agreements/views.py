"""The page of understandings: what holds, what is proposed, and how it came to be."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from accounts.text import isolated
from boundaries.agreements import downloads
from boundaries.agreements import rules as agreements
from boundaries.agreements.forms import DigestForm, WordsForm, YesForm
from boundaries.agreements.rules import Agreement, Entry, Standing, Versed, Words
from boundaries.comparison.views import Choice
from boundaries.content.catalogue import Category, Deck
from boundaries.downloads import typesetting
from boundaries.downloads.typesetting import Paper
from boundaries.questions.decorators import with_deck
from boundaries.seats import rules as seats
from boundaries.talks import outcome_fields, reading
from boundaries.talks.wording import BOTH, Line, Piece, differences
from boundaries.vocabulary import Origin, Outcome
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated

MOST_COMPARED = 30  # versions, the newest; those before are shown whole

SHOWS: dict[str, str | Promise] = {
    "agreed": gettext_lazy("Agreed"),
    "again": gettext_lazy("To look at again"),
    "open": gettext_lazy("Being talked about"),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A category, and what stands under it."""

    category: Category
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Past:
    """One version, what became of it, and what it changed in the one before."""

    version: Versed
    became: str
    pieces: list[list[Piece]] = field(default_factory=list)  # none for the first and for old ones


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
        said = WordsForm.begun_from([Line(doer=BOTH, outcome=outcome)])
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
    words = agreements.put_into_words(about.wording, form.lines, names, told["well"])
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
    except agreements.Changed:
        now = _subject(request, behaviour)
        return _form(request, now, {}, form, HTTPStatus.CONFLICT, changed=True)
    except agreements.Enough:
        messages.info(request, outcome_fields.ENOUGH)
        return _form(request, about, {}, form, HTTPStatus.CONFLICT)
    except (agreements.NotThere, seats.NotPaired):
        raise Http404 from None
    return redirect("agreeing-entry", behaviour)


@require_safe
@seated
@with_deck
def common_ground(request: SeatedRequest, deck: Deck) -> HttpResponse:
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
    form = YesForm(request.POST, shown=shown)
    if not form.is_valid():
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return _keep(request, deck, form, status)
    told = form.cleaned_data
    try:
        kept = agreements.keep(
            request.seat, deck, told["digests"], unlike=told["unlike"], shown=told["together"]
        )
    except (agreements.Changed, agreements.TickMissing):
        return _keep(request, deck, form, HTTPStatus.CONFLICT)
    except (agreements.NotThere, seats.NotPaired):
        raise Http404 from None
    if _all_hold(request, kept):
        messages.success(request, _("You have both said yes to these words."))
    else:
        messages.success(request, _proposed(len(kept), _partner(request)))
    return redirect("agreeing")


@require_POST
@reauthentication.after_idling
@seated
def assent(request: SeatedRequest) -> HttpResponse:
    """Yes to one proposal or to several."""
    form = YesForm(request.POST, shown={each.digest: each.words for each in _lying(request)})
    if not form.is_valid():
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return _page(request, refused=form, status=status)
    told = form.cleaned_data
    try:
        agreed = agreements.assent(
            request.seat, told["digests"], unlike=told["unlike"], shown=told["together"]
        )
    except (agreements.Changed, agreements.TickMissing):
        return _page(request, refused=form, status=HTTPStatus.CONFLICT)
    except seats.NotPaired:
        raise Http404 from None
    if _all_hold(request, agreed):
        messages.success(request, _("You have both said yes to these words."))
    else:
        needed = _("Your yes is kept. It holds once %(name)s has said yes as well.")
        messages.success(request, needed % {"name": isolated(_partner(request))})
    return redirect("agreeing-entry", agreed[0]) if len(agreed) == 1 else redirect("agreeing")


@require_POST
@seated
def withdraw(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    try:
        if not form.is_valid():
            raise agreements.Changed
        told = form.cleaned_data
        agreements.withdraw(request.seat, behaviour, told["digest"], shown=told["together"])
    except agreements.Changed:
        return _entry(request, behaviour, changed=True, status=HTTPStatus.CONFLICT)
    except (agreements.NotThere, seats.NotPaired):
        raise Http404 from None
    return redirect("agreeing-entry", behaviour)


@require_POST
@seated
def set_aside(request: SeatedRequest, behaviour: str) -> HttpResponse:
    form = DigestForm(request.POST)
    try:
        if not form.is_valid():
            raise agreements.Changed
        agreements.set_aside(request.seat, behaviour, form.cleaned_data["digest"])
    except agreements.Changed:
        return _entry(request, behaviour, changed=True, status=HTTPStatus.CONFLICT)
    except (agreements.NotThere, seats.NotPaired):
        raise Http404 from None
    return redirect("agreeing")


@require_safe
@seated
def pdf(request: SeatedRequest, paper: Paper) -> HttpResponse:
    """What holds, set in type."""
    if refusal := limited(request, "typeset"):
        return refusal
    sheet = downloads.page_of(_agreement(request))
    return printed(request, sheet, paper, back=reverse("agreeing"), data=reverse("agreeing-data"))


@require_safe
@seated
def calendar(request: SeatedRequest) -> HttpResponse:
    dates = downloads.dates_of(_agreement(request))
    return download(dates, "text/calendar", "dates.ics")


@require_safe
@seated
def data(request: SeatedRequest) -> HttpResponse:
    return as_data(downloads.data_of(_agreement(request)))


def printed(
    request: HttpRequest, sheet: typesetting.Page, paper: Paper, *, back: str, data: str = ""
) -> HttpResponse:
    """A page as a PDF; or a page that says why not, and leads back or to the same page as data."""
    form = request.POST.lists() if request.method == "POST" else None
    context = {"back": back, "data": data, "sent": None if form is None else _sent(form)}
    try:
        return download(typesetting.typeset(sheet, paper), "application/pdf", "page.pdf")
    except typesetting.Busy:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        answer = render(request, "boundaries/agreeing/busy.html", context, status=status)
        answer["Retry-After"] = "5"
        return answer
    except typesetting.Failed:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return render(request, "boundaries/agreeing/no_pdf.html", context, status=status)


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, under a name that says nothing."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def as_data(told: Mapping[str, Any]) -> HttpResponse:
    """What stands on a page, for programs."""
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    return download(content, "application/json", "page.json")


def page(
    request: HttpRequest, agreement: Agreement, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    """The page of two people, or the part of it that the address asks for."""
    shown = _shown(request)
    category = request.GET.get("category")
    standing = [each for each in agreement.entries if _on_the_page(each)]
    there = list(dict.fromkeys(each.category for each in standing))
    if category is not None and category not in {each.id for each in there}:
        raise Http404
    entries = [
        each for each in standing if category in (None, each.category.id) and _fits(each, shown)
    ]
    waiting = [each for each in agreement.waiting if not each.left_for_now]
    context = {
        "agreement": agreement,
        "partner": next(
            (name for side, name in agreement.names.items() if side != agreement.me), ""
        ),
        "namesake": seats.namesake_of(agreement.names[agreement.me]),
        "chapters": _chapters(entries),
        "alike": [each for each in waiting if _together(each)],
        "waiting": [each for each in waiting if not _together(each)],
        "left": [each for each in agreement.waiting if each.left_for_now],
        "mine": [each for each in agreement.entries if each.proposed and not each.waits_for_me],
        "let_go": [each for each in agreement.entries if each.standing == Standing.LET_GO],
        "shows": _shows(standing, shown, category),
        "categories": _categories(there, shown, category),
        "filtered": bool(shown or category),
        "dated": any(each.words.days for entry in standing for each in entry.versions),
        "standings": Standing.__members__,
        **more,
    }
    return render(request, "boundaries/agreeing/show.html", context, status=status)


def pictured(entry: Entry) -> dict[str, Any]:
    """What the page of one entry is drawn from."""
    earlier = [*entry.versions[1:], None]
    return {
        "entry": entry,
        "standings": Standing.__members__,
        "past": [
            Past(
                each,
                _became(each, entry),
                _changes(before.words, each.words) if before and at < MOST_COMPARED else [],
            )
            for at, (each, before) in enumerate(zip(entry.versions, earlier, strict=True))
        ],
    }


def _page(
    request: SeatedRequest, *, refused: YesForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        agreement = agreements.agreement(request.seat)
    except agreements.NotThere:
        return render(request, "boundaries/agreeing/alone.html")
    if reauthentication.has_idled(request):
        agreement = replace(agreement, entries=tuple(map(_shared, agreement.entries)))
    return page(
        request,
        agreement,
        status,
        together=seats.couple_token(request.seat),
        refused=refused,
        ticked=refused.ticked if refused else None,
        opened=reading.opened_last(request.seat),
    )


def _sent(form: Iterable[tuple[str, list[Any]]]) -> list[tuple[str, Any]]:
    """What came with a form, to be sent once more from the page that answers it."""
    return [(name, text) for name, texts in form for text in texts if name != "csrfmiddlewaretoken"]


def _agreement(request: SeatedRequest) -> Agreement:
    try:
        return agreements.agreement(request.seat)
    except agreements.NotThere:
        raise Http404 from None


def _entry(
    request: SeatedRequest, behaviour: str, *, changed: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        found = agreements.entry(request.seat, behaviour)
    except agreements.NotThere:
        raise Http404 from None
    context = {
        **pictured(_shared(found) if reauthentication.has_idled(request) else found),
        "changed": changed,
        "talkable": reading.can_be_offered(request.seat, behaviour),
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
    }
    return render(request, "boundaries/agreeing/entry.html", context, status=status)


def _shared(entry: Entry) -> Entry:
    """The entry without what only this person knows of it."""
    return replace(entry, left_for_now=False)


def _subject(request: SeatedRequest, behaviour: str) -> agreements.Subject:
    try:
        return agreements.subject(request.seat, behaviour)
    except agreements.NotThere:
        raise Http404 from None


def _form(
    request: SeatedRequest,
    about: agreements.Subject,
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
    return render(request, "boundaries/agreeing/change.html", context, status=status)


def _keepable(request: SeatedRequest, deck: Deck) -> list[agreements.Keepable]:
    try:
        return agreements.common_ground(request.seat, deck)
    except agreements.NotThere:
        raise Http404 from None


def _lying(request: SeatedRequest, behaviours: Collection[str] | None = None) -> list[Versed]:
    """What lies on the page: kept twice, or by the other a moment ago, is kept once."""
    return [
        each.newest
        for each in _agreement(request).entries
        if each.newest.ended_at is None and (behaviours is None or each.behaviour in behaviours)
    ]


def _keep(
    request: SeatedRequest,
    deck: Deck,
    refused: YesForm | None = None,
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
    return render(request, "boundaries/agreeing/keep.html", context, status=status)


def _meanwhile(request: SeatedRequest, deck: Deck, refused: YesForm) -> list[agreements.Keepable]:
    """What was ticked and refused, and lies on the page by now: its tick stands beside it."""
    asked = {each.id for each in deck.behaviours}
    return [
        agreements.Keepable(each.behaviour, each.newest.words, each.newest.digest)
        for each in _agreement(request).entries
        if each.behaviour in asked and each.waits_for_me and each.newest.digest in refused.ticked
    ]


def _on_the_page(entry: Entry) -> bool:
    return entry.standing in (Standing.AGREED, Standing.TALKED_ABOUT)


def _together(entry: Entry) -> bool:
    """Whether it can be said yes to along with others: they both see it alike already."""
    return entry.newest.origin == Origin.COMMON_GROUND


def _shown(request: HttpRequest) -> str | None:
    asked = request.GET.get("show")
    if asked is not None and asked not in SHOWS:
        raise Http404
    return asked


def _fits(entry: Entry, shown: str | None) -> bool:
    match shown:
        case "agreed":
            return entry.standing == Standing.AGREED
        case "again":
            return bool(entry.days)
        case "open":
            return entry.standing == Standing.TALKED_ABOUT
    return True


def _query(shown: str | None, category: str | None) -> str:
    chosen = {"show": shown, "category": category}
    return urlencode({name: value for name, value in chosen.items() if value})


def _shows(entries: list[Entry], shown: str | None, category: str | None) -> list[Choice]:
    """Only the filters that find something: none of them leads to an empty page."""
    there = [id for id in SHOWS if any(_fits(each, id) for each in entries)]
    return [
        Choice(_("Everything"), _query(None, category), shown is None),
        *(Choice(SHOWS[each], _query(each, category), each == shown) for each in there),
    ]


def _categories(there: list[Category], shown: str | None, chosen: str | None) -> list[Choice]:
    if len(there) < 2:
        return []
    return [
        Choice(_("All categories"), _query(shown, None), chosen is None),
        *(Choice(each.name, _query(shown, each.id), each.id == chosen) for each in there),
    ]


def _chapters(entries: list[Entry]) -> list[Chapter]:
    chapters: dict[Category, list[Entry]] = {}
    for each in entries:
        chapters.setdefault(each.category, []).append(each)
    return [Chapter(category, found) for category, found in chapters.items()]


def _changes(before: Words, after: Words) -> list[list[Piece]]:
    """What changed; the behaviour's own words among it only if they did."""
    old, new = before.told, after.told
    return differences(old, new) if old[0] != new[0] else differences(old[1:], new[1:])


def _became(version: Versed, entry: Entry) -> str:
    """What became of some words, without saying by whom."""
    if version.agreed_at is None:
        if version.ended_at:
            return _("Taken back.")
        if version == entry.newest:
            return _("Not answered yet.")
        return _("Answered with other words.")
    if version.ended_at:
        return _("Agreed by both, and open again since.")
    if version == entry.current:
        return _("Agreed by both. It holds.")
    return _("Agreed by both, until other words were.")


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
