"""The pages of the invented couple, open to everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries.agreements import pages as agreements_pages
from boundaries.answers import pages as answers_pages
from boundaries.comparison import pages as comparison_pages
from boundaries.demo import check_in as checked_in
from boundaries.demo import couple, line_crossed, their_talk
from boundaries.repair import pages as repair_pages
from boundaries.talks import pages as talks_pages


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """The first page: who the two are, with links to the others."""
    return render(request, "boundaries/demo/show.html", {"names": couple.names()})


@require_safe
@login_not_required
def sheet(request: HttpRequest) -> HttpResponse:
    context = answers_pages.list_context(couple.sheet(), couple.partner())
    return render(request, "boundaries/answers/show.html", {**context, "example": True})


@require_safe
@login_not_required
def comparison(request: HttpRequest) -> HttpResponse:
    return comparison_pages.comparison_page(request, couple.comparison(), example=True)


@require_safe
@login_not_required
def talk(request: HttpRequest) -> HttpResponse:
    """The talk half-way through, with a draft of what Asha says next."""
    return talks_pages.still_page(
        request, their_talk.talk(their_talk.HALF_WAY), "talk", their_talk.draft_of_asha()
    )


@require_safe
@login_not_required
def closed_talk(request: HttpRequest) -> HttpResponse:
    """The same talk after its last turn."""
    return talks_pages.still_page(request, their_talk.talk(len(their_talk.TURNS)), "talked")


@require_safe
@login_not_required
def repair(request: HttpRequest) -> HttpResponse:
    """After a line was crossed, half-way: Asha says whether Ravi has understood."""
    context = {**repair_pages.as_context(line_crossed.page()), "example": "repair"}
    return render(request, "boundaries/repair/show.html", context)


@require_safe
@login_not_required
def understandings(request: HttpRequest) -> HttpResponse:
    return agreements_pages.agreement_page(request, couple.agreement(), example=True)


@require_safe
@login_not_required
def understanding(request: HttpRequest) -> HttpResponse:
    """The one understanding that was changed, with its history."""
    entry = next(entry for entry in couple.agreement().entries if len(entry.versions) > 1)
    context = {**agreements_pages.entry_context(entry), "example": True}
    return render(request, "boundaries/agreements/entry.html", context)


@require_safe
@login_not_required
def check_in(request: HttpRequest) -> HttpResponse:
    context = {**agreements_pages.as_context(checked_in.page()), "example": True}
    return render(request, "boundaries/check_ins/finished.html", context)
