"""Sessions, signing in, and the pages for requests that are refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import cast

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
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts import (
    clock,
    code_times,
    devices,
    enumeration,
    expired_codes,
    languages,
    pressed_twice,
    reauthentication,
    sign_up,
    time_zones,
)
from accounts.devices import LAST_USED_AT
from accounts.models import User
from accounts.reauthentication import SAFE_METHODS

POLLING_HEADER = "X-Follows"  # sent by a page that polls for changes without anybody's action
UNSAVED = "unsaved"  # in the address of the sign-in page: the form was not saved
STARTED_AT = "began"  # in a session: when it was first used, in seconds
MINUTE = 60


class TolerantSessionMiddleware(SessionMiddleware):
    """Answer a request whose session ended or changed its key while it was being handled.

    Django would answer 400 although the work is done. It would also delete the session cookie,
    which may already hold the new key.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.is_empty() and not request.session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Require a session that is signed in and in use; Django has no limit for idle sessions.

    Whoever is signed in reads days and hours by their own clock, and all texts in their language.

    A session ends after half an hour without a request, since the phone may lie on the kitchen
    table. It also ends a fixed time after signing in, in case somebody else has got hold of it.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if request.user.is_authenticated and request.session.session_key != key:
            devices.follow_key(request, key)
        has_left = request.COOKIES.get(settings.LEFT_COOKIE_NAME) == "1"
        if has_left or (request.user.is_authenticated and _has_expired(request.session)):
            logout(request)
        was_signed_in = request.user.is_authenticated
        now = int(clock.time())
        counts_as_use = was_signed_in and _counts_as_use(request, now)
        languages.use_own(request.user)
        with timezone.override(time_zones.clock_of(request.user)):
            response = cast("HttpResponse", self.get_response(request))
        if was_signed_in and not request.user.is_authenticated:
            # Only on signing out: after a time-out the browser may still hold words to be saved.
            response["Clear-Site-Data"] = '"cache", "storage"'
        devices.set_cookie(request, response)
        if request.user.is_authenticated:
            languages.forget_of_browser(request, response)
        refused = response.status_code == HTTPStatus.UNAUTHORIZED
        if counts_as_use and not refused and request.user.is_authenticated:
            request.session[LAST_USED_AT] = now
            request.session.setdefault(STARTED_AT, now)
        if has_left:
            response.delete_cookie(settings.LEFT_COOKIE_NAME, samesite="Strict")
        return response

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Redirect to the sign-in page; tell a page that saves in the background in place.

        The address says that a form was not saved. A message would need a new session, whose
        cookie would replace the one that another request may just have received.
        """
        if getattr(request, "htmx", False):
            return _signed_out(request)
        if request.method in SAFE_METHODS:
            return super().handle_no_permission(request, view_func)
        to_sign_in = redirect_to_login(reauthentication.page_before(request))
        return redirect(f"{to_sign_in.url}&{UNSAVED}=on")


def _has_expired(session: SessionBase) -> bool:
    now = int(clock.time())
    idle = now - session.get(LAST_USED_AT, now)
    age = now - session.get(STARTED_AT, now)
    too_idle = idle > settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()
    return bool(too_idle or age > settings.SESSION_COOKIE_AGE)


def _counts_as_use(request: HttpRequest, now: int) -> bool:
    """Whether this request keeps its session alive. Also notes that somebody came back to it.

    The time is written at most once a minute: a write on every request would cost a third of all
    requests. A page that polls keeps no session alive. Neither does a save that is refused (401)
    because its owner has to reauthenticate, since a page left open repeats it.
    """
    session = request.session
    idle = now - session.get(LAST_USED_AT, now)
    if idle > settings.ASKED_AGAIN_WHEN_IDLE_FOR.total_seconds():
        _record_return(session, now)
    return LAST_USED_AT not in session or (idle >= MINUTE and POLLING_HEADER not in request.headers)


def _record_return(session: SessionBase, now: int) -> None:
    """Written once for each idle time, however often a page polls."""
    if session.get(reauthentication.IDLED_AT, 0) <= session[LAST_USED_AT]:
        session[reauthentication.IDLED_AT] = now


def _signed_out(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.UNAUTHORIZED
    return render(request, "components/signed_out.html", status=status)


class RefusalMiddleware:
    """Turn refusals and faults that Django and allauth answer badly into a page with a way on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Django's 405 has no body: opening the URL of a form shows a page instead."""
        response = self.get_response(request)
        not_allowed = HTTPStatus.METHOD_NOT_ALLOWED
        if response.status_code != not_allowed or request.method not in SAFE_METHODS:
            return response
        page = render(request, "405.html", status=not_allowed)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Http404) and _has_deleted_account(request):
            logout(request)
            if getattr(request, "htmx", False):
                return _signed_out(request)
            return redirect_to_login(resolve_url(settings.LOGIN_REDIRECT_URL))
        if "credential" in request.POST and isinstance(exception, (ValueError, RecursionError)):
            # allauth fails on an unreadable passkey answer.
            return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
        return None

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """allauth answers a form with errors with 200; a script needs a 400 to notice them."""
        values = (response.context_data or {}).values()
        has_errors = any(isinstance(value, BaseForm) and value.errors for value in values)
        if request.method == "POST" and has_errors and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.BAD_REQUEST
        return response


def _has_deleted_account(request: HttpRequest) -> bool:
    """Whether the account was deleted by another request while this one was being handled."""
    if not request.user.is_authenticated:
        return False
    with suppress(DatabaseError):
        return not User.objects.filter(pk=request.user.pk).exists()
    return False


class AllauthMiddleware:
    """Have allauth's views reauthenticate as ours do, and reveal no address by their timing.

    Where allauth asks for a password again it keeps the submitted form in the session, including a
    new password. Ours keeps nothing.
    """

    RECENT = ("account_set_password", "account_change_password", "account_email")
    MAILBOX = ("account_email",)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = enumeration.resend_count(request)
        response = self.get_response(request)
        if enumeration.resend_count(request) > before >= 0:
            enumeration.send_again(request)
        code_times.follow(request)
        response = pressed_twice.join_first(request, response)
        page = getattr(request, "code_page", None)
        return expired_codes.redirect_if_expired(request, response, page) if page else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: object
    ) -> HttpResponse | None:
        code_times.renew(request)
        request.code_page = expired_codes.pending_page(request)  # type: ignore[attr-defined]
        enumeration.look_up_nobody(request)
        name = request.resolver_match and request.resolver_match.url_name
        if name == "account_logout" and request.method == "POST":
            sign_up.cancel(request)
        if name in self.RECENT and not reauthentication.is_recent(request):
            return reauthentication.ask(request)
        if name in self.MAILBOX and not reauthentication.has_read_mailbox(request):
            return reauthentication.ask_for_mailbox(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReauthenticationRequired) and request.user.is_authenticated:
            return reauthentication.ask(request)
        return None
