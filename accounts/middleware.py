"""Who may look at a page at all: people who are signed in, and not idle for too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

from accounts import devices, reauthentication
from accounts.devices import SEEN
from accounts.models import User
from accounts.reauthentication import SAFE

FOLLOWS = "X-Follows"
UNSAVED = "unsaved"  # in the address of the sign-in page
BEGAN = "began"  # in a session: when somebody signed in
MINUTE = 60
UNAUTHORIZED = HTTPStatus.UNAUTHORIZED


class Sessions(SessionMiddleware):
    """A request may be on its way with a key that is no more: the session ended or got another.

    What it did is done, and its answer says so; Django would answer 400 for what is kept. Neither
    does it have the browser forget the key: that may be the next one by now.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.is_empty() and not request.session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            return response


def sign_out_when_idle(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that nobody has used for a while: the phone may lie on the kitchen table.

    One that is in use the whole time ends too: whoever has got hold of it has it no longer.

    The time last seen is written at most once a minute, since a write on every request
    costs a third of all requests. A page that asks by itself, for nobody, says so and keeps no
    session alive. Neither does a save that is refused since nobody has shown who they are: a page
    that was left open tries it again and again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            idle = now - request.session.get(SEEN, now)
            lasted = now - request.session.get(BEGAN, now)
            if (
                idle > settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()
                or lasted > settings.SESSION_COOKIE_AGE
            ):
                logout(request)
                return get_response(request)
            if idle > settings.ASKED_AGAIN_WHEN_IDLE_FOR.total_seconds():
                note_idling(request.session, now)
            used = SEEN not in request.session or (
                idle >= MINUTE and FOLLOWS not in request.headers
            )
            response = get_response(request)
            if used and response.status_code != UNAUTHORIZED and request.user.is_authenticated:
                request.session[SEEN] = now
                request.session.setdefault(BEGAN, now)
            return response
        return get_response(request)

    return middleware


def note_idling(session: SessionBase, now: int) -> None:
    """Once for each time: a page that asks by itself must not make it a write a question."""
    if session.get(reauthentication.IDLED_AT, 0) <= session[SEEN]:
        session[reauthentication.IDLED_AT] = now


def know_browsers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Mark a browser that somebody has just signed in with, so that the next time is no news."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        devices.leave_mark(request, response)
        return response

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    """Every page is for signed-in people unless its view says otherwise.

    A page that saves in the background is told so in place: sending it to the sign-in page
    would put that page inside the form, and lose what was being typed.

    That something was not saved is told by the address and not by a message, which would need a
    session: a press that comes late, with a key that has just changed, must not cost the new one.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if getattr(request, "htmx", False):
            status = HTTPStatus.UNAUTHORIZED
            return render(request, "components/signed_out.html", status=status)
        if request.method in SAFE:
            return super().handle_no_permission(request, view_func)
        to_sign_in = redirect_to_login(reauthentication.page_before(request))
        return redirect(f"{to_sign_in.url}&{UNSAVED}=on")


class AskAgain:
    """Pages of allauth that ask again do so in our way, and those that do not and should, do.

    allauth keeps a form that it asked about in the session, and with it whatever was typed, a new
    password too. Ours keeps nothing.
    """

    JUST_NOW = ("account_set_password", "account_change_password", "account_email")
    MAILBOX = ("account_email",)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: object
    ) -> HttpResponse | None:
        name = request.resolver_match and request.resolver_match.url_name
        if name in self.JUST_NOW and not reauthentication.is_sure(request):
            return reauthentication.ask(request)
        if name in self.MAILBOX and not reauthentication.knows_mailbox(request):
            return reauthentication.ask_for_mailbox(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReauthenticationRequired) and request.user.is_authenticated:
            return reauthentication.ask(request)
        return None


class GoneInBetween:
    """Who deleted their account while another request of theirs was on its way is signed out.

    What they wanted cannot be done any more, and that is no fault of the site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404) or not request.user.is_authenticated:
            return None
        with suppress(DatabaseError):
            if not User.objects.filter(pk=request.user.pk).exists():
                logout(request)
                if getattr(request, "htmx", False):
                    status = HTTPStatus.UNAUTHORIZED
                    return render(request, "components/signed_out.html", status=status)
                return redirect_to_login(resolve_url(settings.LOGIN_REDIRECT_URL))
        return None


class RefusedForms:
    """A form shown again because of a mistake in it is a bad request, and says so (400).

    allauth answers such a form with 200, which tells a browser and a script that all is well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What claims to be a passkey's answer and cannot be read is a bad request too."""
        if "credential" in request.POST and isinstance(exception, (ValueError, RecursionError)):
            return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
        return None

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        shown = (response.context_data or {}).values()
        mistaken = any(isinstance(each, BaseForm) and each.errors for each in shown)
        if request.method == "POST" and mistaken and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.BAD_REQUEST
        return response
