"""One's own account: the name shown to the partner, and the ways to sign in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

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


def _me(request: HttpRequest) -> User:
    return cast("User", get_user(request))  # every page here is for people who are signed in
