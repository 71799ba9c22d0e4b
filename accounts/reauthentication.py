"""Asking again who somebody is: a page that is open does not say who holds the phone now.

Two marks for a view, before any other that looks at whose it is:

- `@still_you.after_idling`, on what only its owner has seen, and on what hands something over: asks
  once nobody has used this session for a while, and never while somebody does. What was typed
  meanwhile is given back.
- `@still_you.just_now`, on what cannot be taken back, such as an export or a deletion: asks when
  somebody last showed who they are more than a few minutes ago. It belongs on the page that asks
  "are you sure?" as well as on the act, since it leads back to that page.

Leaving, and taking back what one has agreed to, is gated by neither (see docs/adr).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, cast
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import codes
from accounts.allauth_internals import record_authentication

if TYPE_CHECKING:
    from accounts.models import User

IDLED_AT = "idled_at"  # in a session: when somebody came back to it after a while
MAILED_CODE = "still_you_mailed"  # in a session: what is known of a code that was mailed for this
SAFE_METHODS = ("GET", "HEAD")
FACTOR_MIN_AGE = timedelta(days=7)
NOT_KEPT = ("csrfmiddlewaretoken",)


class NoSuchCode(Exception):
    """No code is out, or it has run its time or its tries."""


def after_idling[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Ask first, if this session lay unused for a while since somebody showed who they are."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return ask(request, keep=True) if has_idled(request) else view(request, *args, **kwargs)

    return wrapper


def just_now[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Ask first, if somebody last showed who they are more than a few minutes ago."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if is_recent(request) else ask(request)

    return wrapper


def has_idled(request: HttpRequest) -> bool:
    """Whether nobody has shown who they are since this session last lay unused for a while."""
    idled_at = request.session.get(IDLED_AT, 0)
    return bool(idled_at and idled_at > authenticated_at(request))


def is_recent(request: HttpRequest) -> bool:
    """Whether somebody has shown who they are within the last few minutes."""
    return bool(time.time() - authenticated_at(request) < app_settings.REAUTHENTICATION_TIMEOUT)


def has_read_mailbox(request: HttpRequest) -> bool:
    """Whether the address may change: its mailbox was read, or something older stands in for it.

    That is a passkey, an app or a recovery code that was used within the last few minutes and set
    up a week ago or longer: who has lost a mailbox can so leave it, and who has just found out a
    password cannot.
    """
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    fresh = [each for each in records if each["at"] > since]
    if any(each.get("email") == _me(request).email for each in fresh if each["method"] == "code"):
        return True
    used = [each["id"] for each in fresh if each["method"] == "mfa" and "id" in each]
    old = timezone.now() - FACTOR_MIN_AGE
    standing = Authenticator.objects.filter(user=_me(request), pk__in=used, created_at__lt=old)
    return bool(standing.exists())


def authenticated_at(request: HttpRequest) -> float:
    """When this person last showed in this session who they are, in seconds; 0 for never.

    Signing in counts. Who has a passkey or a second step shows that: a password or a mailbox that
    somebody else knows of is then not enough.
    """
    records = get_authentication_records(request, request.user)
    if records and is_mfa_enabled(request.user):
        records = [each for each in records if each["method"] == "mfa"]
    return max((each["at"] for each in records), default=0)


def ask(request: HttpRequest, *, keep: bool = False) -> HttpResponse:
    """Lead to where one shows who one is, and from there back.

    A page that saves in the background is told so in place. With `keep`, a form that was sent is
    given back to be sent once more, so that no word of it is lost; nothing of it is stored.
    """
    status = HTTPStatus.UNAUTHORIZED
    if getattr(request, "htmx", False):
        return render(
            request, "components/still_you.html", {"way": url_of_method(request)}, status=status
        )
    if request.method in SAFE_METHODS:
        return redirect_to_login(page_before(request), url_of_method(request))
    if keep:
        sent = [(name, text) for name, texts in request.POST.lists() for text in texts]
        context = {
            "way": url_of_method(request),
            "back": page_before(request),
            "sent": [each for each in sent if each[0] not in NOT_KEPT],
        }
        return render(request, "accounts/kept.html", context, status=status)
    messages.info(request, _("That has not happened yet. Please show first that it is you."))
    return redirect_to_login(page_before(request), url_of_method(request))


def ask_for_mailbox(request: HttpRequest) -> HttpResponse:
    """Lead to where one enters a code that is mailed to one's address, and from there back."""
    return redirect_to_login(request.path, resolve_url("account-still-you"))


def url_of_method(request: HttpRequest) -> str:
    """The address where this person shows who they are, as strongly as they can."""
    return str(get_adapter().get_reauthentication_methods(request.user)[0]["url"])


def page_before(request: HttpRequest) -> str:
    """The page that is asked for, or where the form stood that was sent."""
    if request.method in SAFE_METHODS:
        return request.get_full_path()
    with suppress(ValueError):
        came_from = urlsplit(str(request.META.get("HTTP_REFERER", "")))
        if came_from.netloc == request.get_host():
            return came_from._replace(scheme="", netloc="").geturl()
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def mail_code(request: HttpRequest) -> None:
    """Send a code to this person's mailbox, for this browser alone. It ends the one before."""
    adapter = get_adapter()
    code = adapter.generate_login_code()
    request.session[MAILED_CODE] = {"digest": _digest(code), "at": time.time(), "tries": 0}
    adapter.send_mail("account/email/login_code", _me(request).email, {"code": code})


def is_code_pending(request: HttpRequest) -> bool:
    """Whether a code was mailed that still works."""
    out = request.session.get(MAILED_CODE)
    return bool(out and time.time() - out["at"] <= app_settings.LOGIN_BY_CODE_TIMEOUT)


def take_code(request: HttpRequest, typed: str) -> bool:
    """Whether this is the code that was mailed; then they have shown who they are.

    A code works once and for a few tries. Raises NoSuchCode when there is none to compare with.
    """
    if not is_code_pending(request):
        raise NoSuchCode
    out = request.session.pop(MAILED_CODE)
    if not hmac.compare_digest(_digest(typed), out["digest"]):
        if out["tries"] + 1 < app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS:
            request.session[MAILED_CODE] = {**out, "tries": out["tries"] + 1}
        return False
    record_mailbox(request)
    return True


def record_mailbox(request: HttpRequest) -> None:
    """Note that they have just read what was mailed to their address."""
    user = _me(request)
    record_authentication(request, user, method="code", email=user.email)


def record_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """Note that they have just used a passkey or an app: setting one up is a use of it."""
    record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)


def _digest(typed: str) -> str:
    said = next(iter(codes.find(typed, codes.MAILED)), "")
    return salted_hmac("accounts.still_you", said, algorithm="sha256").hexdigest()


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
