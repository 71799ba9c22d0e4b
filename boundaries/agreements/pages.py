"""What the pages of agreements show, as values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts import locales
from accounts.text import isolated
from boundaries.agreements import history
from boundaries.agreements.differences import Piece, differences
from boundaries.agreements.forms import AssentForm
from boundaries.agreements.history import (
    Agreement,
    AgreementStatus,
    Entry,
    ProposalVersion,
)
from boundaries.agreements.words import Words
from boundaries.comparison.rules import can_be_talked_about
from boundaries.content.catalogue import Category, Deck
from boundaries.seats import rules as seats
from boundaries.seats.rules import Partner
from boundaries.vocabulary import Origin, Side
from boundaries.web.filters import FilterChoice

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from boundaries.seats.models import Seat

MAX_COMPARED = 30  # versions, the newest; older ones are shown whole

SHOWS: dict[str, str | Promise] = {
    "agreed": gettext_lazy("Agreed"),
    "again": gettext_lazy("To look at again"),
    "open": pgettext_lazy("understandings", "Open again"),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A category and its entries."""

    category: Category
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version, what became of it, and what it changed in the one before."""

    version: ProposalVersion
    became: str
    pieces: list[list[Piece]] = field(default_factory=list)  # empty for the first and for old ones


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPage:
    """All agreements of two people, or those that the filters show."""

    agreement: Agreement
    names: str  # of both, left first
    latest: datetime | None  # when the newest of what holds was agreed
    partner: str
    namesake: str
    chapters: list[Chapter]
    first: Entry | None  # the proposal to answer first
    others: list[Entry]  # other proposals for this person
    alike: list[Entry]  # proposals that can be answered together
    asked: bool  # whether any proposal is on the page
    left: list[Entry]
    mine: list[Entry]
    let_go: list[Entry]
    shows: list[FilterChoice]
    categories: list[FilterChoice]
    filtered: bool
    dated: bool
    couple_token: str = ""
    refused: AssentForm | None = None
    ticked: set[str] | None = None
    opened: Deck | None = None  # the deck that was opened last
    example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One behaviour: what holds, what is proposed, and all earlier versions."""

    entry: Entry
    past: list[PastVersion]
    changed: bool
    talkable: bool
    partner: Partner | None
    couple_token: str


def as_context(page: DataclassInstance) -> dict[str, Any]:
    return {field.name: getattr(page, field.name) for field in fields(page)}


def agreement_page(
    request: HttpRequest,
    agreement: Agreement,
    *,
    status: int = HTTPStatus.OK,
    refused: AssentForm | None = None,
    **more: Any,
) -> HttpResponse:
    """Show all agreements, or those that the address asks for. Unknown filters raise Http404."""
    show, category = _filters(request)
    standing = [entry for entry in agreement.entries if _is_listed(entry)]
    categories = list(dict.fromkeys(entry.category for entry in standing))
    if category is not None and category not in {found.id for found in categories}:
        raise Http404
    shown = [entry for entry in standing if category in (None, entry.category.id)]
    waiting = [entry for entry in agreement.waiting if not entry.left_for_now]
    alike = [entry for entry in waiting if _is_common_ground(entry)]
    proposals = [entry for entry in waiting if not _is_common_ground(entry)]
    first, others = (proposals[0], proposals[1:]) if proposals else (None, [])
    mine = [entry for entry in agreement.entries if entry.proposed and not entry.waits_for_me]
    page = AgreementPage(
        agreement=agreement,
        names=locales.listed(isolated(agreement.names[side]) for side in Side),
        latest=max((held.agreed_at for held in agreement.current if held.agreed_at), default=None),
        partner=next((name for side, name in agreement.names.items() if side != agreement.me), ""),
        namesake=seats.namesake_of(agreement.names[agreement.me]),
        chapters=_chapters([entry for entry in shown if _fits(entry, show)]),
        first=first,
        others=[entry for entry in others if entry],
        alike=alike,
        asked=bool(waiting) and not (show or category),
        left=[entry for entry in agreement.waiting if entry.left_for_now],
        mine=mine,
        let_go=[entry for entry in agreement.entries if _is_let_go(entry)],
        shows=_shows(standing, show, category),
        categories=_categories(categories, show, category),
        filtered=bool(show or category),
        dated=any(version.words.days for entry in standing for version in entry.versions),
        refused=refused,
        ticked=refused.ticked if refused else None,
        **more,
    )
    return render(request, "boundaries/agreements/show.html", as_context(page), status=status)


def without_private(agreement: Agreement) -> Agreement:
    """Return what both may see: after a pause, somebody else may be at the screen."""
    return replace(agreement, entries=tuple(map(_without_private, agreement.entries)))


def entry_page(seat: Seat, behaviour: str, *, private: bool, changed: bool) -> EntryPage:
    """Return the page of one behaviour. Without `private`, it shows what both may see.

    Raises NoSuchAgreement.
    """
    entry = history.entry(seat, behaviour)
    return EntryPage(
        **entry_context(entry if private else _without_private(entry)),
        changed=changed,
        talkable=can_be_talked_about(seat, behaviour),
        partner=seats.partner_of(seat),
        couple_token=seats.couple_token(seat),
    )


def entry_context(entry: Entry) -> dict[str, Any]:
    """Return the entry and its past versions, newest first."""
    before = [*entry.versions[1:], None]
    past = [
        PastVersion(
            version,
            _became(version, entry),
            _changes(older.words, version.words) if older and at < MAX_COMPARED else [],
        )
        for at, (version, older) in enumerate(zip(entry.versions, before, strict=True))
    ]
    return {"entry": entry, "past": past}


def kept(seat: Seat, behaviours: Collection[str]) -> str:
    """Return what to say once the newest words on all these behaviours hold, else nothing.

    A yes to words from a shared screen may be the first of two.
    """
    agreement = history.agreement(seat)
    said_yes = [entry for entry in agreement.entries if entry.behaviour in behaviours]
    if any(entry.current != entry.newest for entry in said_yes):
        return ""
    left = sum(1 for entry in agreement.waiting if not entry.left_for_now)
    text = ngettext(
        "You’ve both said yes. It’s on your page.",
        "You’ve both said yes to %(kept)s. They’re on your page.",
        len(said_yes),
    ) % {"kept": apnumber(len(said_yes))}
    if not left:
        return text
    more = ngettext("%(left)s is still to look at.", "%(left)s are still to look at.", left)
    return f"{text} {capfirst(more % {'left': apnumber(left)})}"


def kept_in_part(seat: Seat, behaviours: Collection[str]) -> str:
    """Return what to say where words on some of these hold, and others wait; else nothing.

    It is so where both proposed the same at once. It has a place for the partner's name.
    """
    entries = [entry for entry in history.agreement(seat).entries if entry.behaviour in behaviours]
    held = sum(1 for entry in entries if entry.current == entry.newest)
    waiting = len(entries) - held
    if not held or not waiting:
        return ""
    on_page = ngettext("%(held)s is on your page.", "%(held)s are on your page.", held)
    sent = ngettext("%(waiting)s is with %%(name)s.", "%(waiting)s are with %%(name)s.", waiting)
    on_page %= {"held": apnumber(held)}
    sent %= {"waiting": apnumber(waiting)}
    return f"{capfirst(on_page)} {capfirst(sent)}"


def _filters(request: HttpRequest) -> tuple[str | None, str | None]:
    show = request.GET.get("show")
    if show is not None and show not in SHOWS:
        raise Http404
    return show, request.GET.get("category")


def _is_listed(entry: Entry) -> bool:
    return entry.status in (AgreementStatus.AGREED, AgreementStatus.TALKED_ABOUT)


def _fits(entry: Entry, show: str | None) -> bool:
    match show:
        case "agreed":
            return entry.status == AgreementStatus.AGREED
        case "again":
            return bool(entry.days)
        case "open":
            return entry.status == AgreementStatus.TALKED_ABOUT
    return True


def _is_let_go(entry: Entry) -> bool:
    return entry.status == AgreementStatus.LET_GO


def _chapters(entries: list[Entry]) -> list[Chapter]:
    chapters: dict[Category, list[Entry]] = {}
    for entry in entries:
        chapters.setdefault(entry.category, []).append(entry)
    return [Chapter(category, found) for category, found in chapters.items()]


def _is_common_ground(entry: Entry) -> bool:
    """Whether both agreed on this already, so that many can be answered at once."""
    return entry.newest.origin == Origin.COMMON_GROUND


def _shows(entries: list[Entry], show: str | None, category: str | None) -> list[FilterChoice]:
    """Return only filters that find something, so that none leads to an empty page."""
    found = [id for id in SHOWS if any(_fits(entry, id) for entry in entries)]
    return [
        FilterChoice(_("Everything"), _query(None, category), show is None),
        *(FilterChoice(SHOWS[id], _query(id, category), id == show) for id in found),
    ]


def _categories(
    categories: list[Category], show: str | None, chosen: str | None
) -> list[FilterChoice]:
    if len(categories) < 2:
        return []
    return [
        FilterChoice(_("All categories"), _query(show, None), chosen is None),
        *(
            FilterChoice(category.name, _query(show, category.id), category.id == chosen)
            for category in categories
        ),
    ]


def _query(show: str | None, category: str | None) -> str:
    chosen = {"show": show, "category": category}
    return urlencode({name: value for name, value in chosen.items() if value})


def _without_private(entry: Entry) -> Entry:
    return replace(entry, left_for_now=False)


def _became(version: ProposalVersion, entry: Entry) -> str:
    """Return what became of a version, without saying who did it."""
    if version.agreed_at is None:
        if version.ended_at:
            return _("Taken back.")
        if version == entry.newest:
            return _("Not answered yet.")
        return _("Answered with other words.")
    if version.ended_at:
        return _("You both said yes. It’s been opened again since.")
    if version == entry.current:
        return _("You both said yes. It stands.")
    return _("You both said yes, until newer words came.")


def _changes(before: Words, after: Words) -> list[list[Piece]]:
    """Return what changed, with the behaviour's text only if that changed, too.

    Words in two languages have nothing in common that could be compared.
    """
    if before.language != after.language:
        return []
    old, new = before.full_text, after.full_text
    return differences(old, new) if old[0] != new[0] else differences(old[1:], new[1:])
