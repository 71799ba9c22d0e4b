"""The site's addresses and the floor page: everything around a page, and next to no page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from boundaries.seats import rules as seats
from config.urls import urlpatterns as site

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"


def floor(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    return render(request, "floor.html", {"seat": seats.seat_of(request.user)})


urlpatterns = [*site, path("floor/", floor)]
