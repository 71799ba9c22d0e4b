"""What one says yes to before anything is kept, and saying it."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from boundaries import answering, consenting
from boundaries.forms.consenting import YesForm
from boundaries.http import SeatedRequest, seated
from boundaries.views import joining


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request)


@require_POST
@seated
def agree(request: SeatedRequest) -> HttpResponse:
    """Say yes, and go on to what it stood in the way of: what was wanted, or the first question."""
    form = YesForm(request.POST)
    again = consenting.agreed(request.seat)
    try:
        if not form.is_valid():
            raise consenting.Changed
        consenting.agree(request.seat, form.cleaned_data["version"])
    except consenting.Changed:
        return _page(request, HTTPStatus.CONFLICT)
    if form.cleaned_data["join"]:
        return joining.join(request)
    if wanted := get_next_redirect_url(request):
        return HttpResponseRedirect(wanted)  # redirect() might take it for the name of a view
    first, *_ = answering.pages(request.seat)
    if again or not first.next:
        return redirect("home")
    return redirect("answering-card", first.next.behaviour)


def _page(request: SeatedRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    seat = request.seat
    context = {
        "version": consenting.VERSION,
        "agreed_at": seat.agreed_at if consenting.up_to_date(seat) else None,
        "changed": consenting.asked_again(seat) or status == HTTPStatus.CONFLICT,
        "offer": joining.still_offered(request),
        "next": get_next_redirect_url(request),
    }
    return render(request, "boundaries/consenting/show.html", context, status=status)
