"""What one says yes to before anything is kept, and saying it."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from boundaries import consenting
from boundaries.forms.consenting import VersionForm
from boundaries.http import SeatedRequest, seated
from boundaries.views import joining


@require_safe
@seated
def show(request: SeatedRequest) -> HttpResponse:
    return _page(request)


@require_POST
@seated
def agree(request: SeatedRequest) -> HttpResponse:
    form = VersionForm(request.POST)
    try:
        if not form.is_valid():
            raise consenting.Changed
        consenting.agree(request.seat, form.cleaned_data["version"])
    except consenting.Changed:
        return _page(request, HTTPStatus.CONFLICT)
    return redirect("joining-offer" if joining.OFFERED in request.session else "home")


def _page(request: SeatedRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    seat = request.seat
    context = {
        "version": consenting.VERSION,
        "agreed_at": seat.agreed_at if consenting.up_to_date(seat) else None,
        "changed": consenting.asked_again(seat) or status == HTTPStatus.CONFLICT,
    }
    return render(request, "boundaries/consenting/show.html", context, status=status)
