"""What the pages of agreements show."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.agreements.differences import Piece, differences
from boundaries.agreements.history import Agreement, AgreementStatus, Entry, ProposalVersion
from boundaries.agreements.words import Words
from boundaries.content.catalogue import Category
from boundaries.seats import rules as seats
from boundaries.vocabulary import Origin
from boundaries.web.filters import FilterChoice

MAX_COMPARED = 30  # versions, the newest; those before are shown whole

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
class PastVersion:
    """One version, what became of it, and what it changed in the one before."""

    version: ProposalVersion
    became: str
    pieces: list[list[Piece]] = field(default_factory=list)  # none for the first and for old ones


def agreement_page(
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
        "let_go": [each for each in agreement.entries if each.standing == AgreementStatus.LET_GO],
        "shows": _shows(standing, shown, category),
        "categories": _categories(there, shown, category),
        "filtered": bool(shown or category),
        "dated": any(each.words.days for entry in standing for each in entry.versions),
        "standings": AgreementStatus.__members__,
        **more,
    }
    return render(request, "boundaries/agreements/show.html", context, status=status)


def entry_context(entry: Entry) -> dict[str, Any]:
    """What the page of one entry is drawn from."""
    earlier = [*entry.versions[1:], None]
    return {
        "entry": entry,
        "standings": AgreementStatus.__members__,
        "past": [
            PastVersion(
                each,
                _became(each, entry),
                _changes(before.words, each.words) if before and at < MAX_COMPARED else [],
            )
            for at, (each, before) in enumerate(zip(entry.versions, earlier, strict=True))
        ],
    }


def _on_the_page(entry: Entry) -> bool:
    return entry.standing in (AgreementStatus.AGREED, AgreementStatus.TALKED_ABOUT)


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
            return entry.standing == AgreementStatus.AGREED
        case "again":
            return bool(entry.days)
        case "open":
            return entry.standing == AgreementStatus.TALKED_ABOUT
    return True


def _query(shown: str | None, category: str | None) -> str:
    chosen = {"show": shown, "category": category}
    return urlencode({name: value for name, value in chosen.items() if value})


def _shows(entries: list[Entry], shown: str | None, category: str | None) -> list[FilterChoice]:
    """Only the filters that find something: none of them leads to an empty page."""
    there = [id for id in SHOWS if any(_fits(each, id) for each in entries)]
    return [
        FilterChoice(_("Everything"), _query(None, category), shown is None),
        *(FilterChoice(SHOWS[each], _query(each, category), each == shown) for each in there),
    ]


def _categories(there: list[Category], shown: str | None, chosen: str | None) -> list[FilterChoice]:
    if len(there) < 2:
        return []
    return [
        FilterChoice(_("All categories"), _query(shown, None), chosen is None),
        *(FilterChoice(each.name, _query(shown, each.id), each.id == chosen) for each in there),
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


def _became(version: ProposalVersion, entry: Entry) -> str:
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
