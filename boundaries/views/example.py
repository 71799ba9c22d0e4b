"""The invented couple, to look through without an account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries import example
from boundaries.views import agreeing, answering, comparing, conversing


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "boundaries/example/show.html", {"names": example.NAMES})


@require_safe
@login_not_required
def sheet(request: HttpRequest) -> HttpResponse:
    context = answering.whole_list(example.sheet(), example.partner())
    return render(request, "boundaries/answering/show.html", {**context, "example": True})


@require_safe
@login_not_required
def comparison(request: HttpRequest) -> HttpResponse:
    return comparing.page(request, example.comparison(), example=True)


@require_safe
@login_not_required
def talk(request: HttpRequest) -> HttpResponse:
    """Half-way: Asha puts into words how it is for her."""
    return conversing.still(request, example.talk(example.HALF_WAY), "talk", example.writing())


@require_safe
@login_not_required
def talked(request: HttpRequest) -> HttpResponse:
    return conversing.still(request, example.talk(len(example.TURNS)), "talked")


@require_safe
@login_not_required
def understandings(request: HttpRequest) -> HttpResponse:
    return agreeing.page(request, example.agreement(), example=True)


@require_safe
@login_not_required
def understanding(request: HttpRequest) -> HttpResponse:
    """How one of them came to be."""
    found = next(each for each in example.agreement().entries if len(each.versions) > 1)
    context = {**agreeing.pictured(found), "example": True}
    return render(request, "boundaries/agreeing/entry.html", context)
