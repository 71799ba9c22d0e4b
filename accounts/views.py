"""The user's own account: the name shown to their partner, and their ways to sign in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import devices, languages, mailed_codes, reauthentication, time_zones
from accounts.forms import (
    FirstTimeZoneForm,
    LanguageForm,
    MailedCodeForm,
    NameForm,
    TimeZoneForm,
)

if TYPE_CHECKING:
    from accounts.models import User


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    form = NameForm(initial={"first_name": _user(request).first_name})
    return render(request, "accounts/show.html", {"form": form})


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/show.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    user = _user(request)
    user.first_name = form.cleaned_data["first_name"]
    user.save(update_fields=["first_name"])
    messages.success(request, _("Your name is saved."))
    return redirect("account")


@require_safe
def time_zone(request: HttpRequest) -> HttpResponse:
    return _time_zone(request, TimeZoneForm(current=_user(request).time_zone))


@require_POST
def set_time_zone(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = TimeZoneForm(request.POST, current=user.time_zone)
    if not form.is_valid():
        return _time_zone(request, form, HTTPStatus.BAD_REQUEST)
    time_zones.choose(user, form.cleaned_data["time_zone"])
    messages.success(request, _("Your time zone is saved."))
    return redirect("account-time-zone")


@require_POST
def note_time_zone(request: HttpRequest) -> HttpResponse:
    """Take the zone of the browser, once: one that was chosen stays."""
    form = FirstTimeZoneForm(request.POST)
    if form.is_valid():
        time_zones.choose_first(_user(request), form.cleaned_data["time_zone"])
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
def language(request: HttpRequest) -> HttpResponse:
    return _language(request, LanguageForm())


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Put a language on the account. The page that it was chosen on is shown in it."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _language(request, form, HTTPStatus.BAD_REQUEST)
    languages.choose(_user(request), form.cleaned_data["language"])
    return HttpResponseRedirect(_page_to_show(request))


@csrf_exempt  # it does nothing for anybody who is signed in
@require_POST
@login_not_required
def set_language_of_browser(request: HttpRequest) -> HttpResponse:
    """Read the site in a language before one has an account.

    No token is needed, so that reading a page leaves no cookie in the browser. A page from before
    somebody signed in leads them to where they choose the language of their account.
    """
    if request.user.is_authenticated:
        return redirect("account-language")
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    response = HttpResponseRedirect(_page_to_show(request))
    languages.remember(response, form.cleaned_data["language"])
    return response


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"sessions": devices.open_sessions(request)})


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End all sessions of the user except this one."""
    devices.sign_out_elsewhere(request)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account-sessions")


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Warn that somebody else may be able to read the user's mail. Asks and stores nothing."""
    context = {"next": get_next_redirect_url(request)}
    return render(request, "accounts/mailbox.html", context)


@require_safe
@reauthentication.just_now
def codes(request: HttpRequest) -> HttpResponse:
    """The page on which users switch signing in by mailed code on and off."""
    return _codes(request)


@require_POST
@reauthentication.just_now
def codes_off(request: HttpRequest) -> HttpResponse:
    try:
        mailed_codes.switch_off(_user(request))
    except mailed_codes.NoOtherWay:
        return _codes(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Codes by e-mail are off."))
    return redirect("account-codes")


@require_POST
@reauthentication.just_now
def codes_on(request: HttpRequest) -> HttpResponse:
    mailed_codes.switch_on(_user(request))
    messages.success(request, _("Codes by e-mail are on."))
    return redirect("account-codes")


@require_safe
def ask_by_code(request: HttpRequest) -> HttpResponse:
    """The page for reauthentication by mailed code, for people who have no other method."""
    return _ask_by_code(request, MailedCodeForm())


@require_POST
def mail_code(request: HttpRequest) -> HttpResponse:
    if refusal := ratelimit.consume_or_429(request, action="mail_still_you"):
        return cast("HttpResponse", refusal)
    reauthentication.mail_code(request)
    return redirect(passthrough_next_redirect_url(request, reverse("account-still-you"), "next"))


@require_POST
def enter_code(request: HttpRequest) -> HttpResponse:
    if refusal := ratelimit.consume_or_429(request, action="reauthenticate"):
        return cast("HttpResponse", refusal)
    form = MailedCodeForm(request.POST)
    try:
        if form.is_valid() and not reauthentication.check_code(request, form.cleaned_data["code"]):
            form.add_error("code", get_adapter().error_messages["incorrect_code"])
    except reauthentication.NoSuchCode:
        form.add_error("code", _("That code has run out. Please ask for a new one."))
    if form.errors:
        return _ask_by_code(request, form, HTTPStatus.BAD_REQUEST)
    return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))


@require_GET
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, clear what the browser stores, and redirect to a harmless page.

    It is a GET, so that a plain link is enough, with or without scripts. Links on other sites are
    refused: see RequestGuardMiddleware.
    """
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        # The browser is only prefetching: nobody has followed the link yet.
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    logout(request)
    response = HttpResponseRedirect(settings.LEAVE_TO, status=HTTPStatus.SEE_OTHER)
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    languages.forget_of_browser(request, response)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _time_zone(
    request: HttpRequest, form: TimeZoneForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "now": timezone.now()}
    return render(request, "accounts/time_zone.html", context, status=status)


def _page_to_show(request: HttpRequest) -> str:
    """The page on which a language was chosen, to be shown in it.

    The form names its path, since pages that were opened with a code send no referrer. Where there
    is one it has the filters as well.
    """
    path = get_next_redirect_url(request) or reverse("landing")
    before = reauthentication.page_before(request)
    return before if urlsplit(before).path == path else path


def _language(
    request: HttpRequest, form: LanguageForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "accounts/language.html", {"form": form}, status=status)


def _codes(request: HttpRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"other_way": mailed_codes.has_other_way(_user(request))}
    return render(request, "accounts/codes.html", context, status=status)


def _ask_by_code(
    request: HttpRequest, form: MailedCodeForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    next = get_next_redirect_url(request)
    context = {
        "form": form,
        "out": reauthentication.is_code_pending(request),
        "next": next,
        "leaves_mailbox": next == reverse("account_email"),
    }
    return render(request, "accounts/still_you.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast("User", get_user(request))  # all callers require a signed-in user
