"""One's own account: the name shown to the partner, and the ways to sign in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.forms import NameForm

if TYPE_CHECKING:
    from accounts.models import User


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    form = NameForm(initial={"first_name": _me(request).first_name})
    return render(request, "accounts/show.html", {"form": form})


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/show.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    user = _me(request)
    user.first_name = form.cleaned_data["first_name"]
    user.save(update_fields=["first_name"])
    messages.success(request, _("Your name is saved."))
    return redirect("account")


@require_GET
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """End the session, forget what can be forgotten, and go somewhere plain.

    It is a link and no form, so that one press is enough, with script or without. That another
    site can sign somebody out by it is the price.
    """
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)  # nobody has pressed it yet
    logout(request)
    response = HttpResponseRedirect(settings.LEAVE_TO, status=HTTPStatus.SEE_OTHER)
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _me(request: HttpRequest) -> User:
    return cast("User", get_user(request))  # every page here is for people who are signed in
