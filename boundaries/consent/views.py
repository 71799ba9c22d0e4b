"""What one says yes to before anything is kept, and saying it."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from boundaries.answers import rules as answers
from boundaries.consent import rules as consent
from boundaries.consent.forms import YesForm
from boundaries.pairing import joining
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request)


@require_POST
@seated
def agree(request: SeatedRequest) -> HttpResponse:
    """Say yes, and go on to what it stood in the way of: what was wanted, or the first question."""
    form = YesForm(request.POST)
    again = consent.agreed(request.seat)
    try:
        if not form.is_valid():
            raise consent.Changed
        consent.agree(request.seat, form.cleaned_data["version"])
    except consent.Changed:
        return _page(request, HTTPStatus.CONFLICT)
    if form.cleaned_data["join"]:
        return joining.join(request)
    if wanted := get_next_redirect_url(request):
        return HttpResponseRedirect(wanted)  # redirect() might take it for the name of a view
    first, *_ = answers.pages(request.seat)
    if again or not first.next:
        return redirect("home")
    return redirect("answering-card", first.next.behaviour)


def _page(request: SeatedRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    seat = request.seat
    context = {
        "version": consent.VERSION,
        "agreed_at": seat.agreed_at if consent.up_to_date(seat) else None,
        "changed": consent.asked_again(seat) or status == HTTPStatus.CONFLICT,
        "offer": joining.still_offered(request),
        "next": get_next_redirect_url(request),
    }
    return render(request, "boundaries/consenting/show.html", context, status=status)
