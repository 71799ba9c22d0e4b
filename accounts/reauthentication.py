"""Reauthentication: an open page does not show who holds the phone now.

Three decorators for views, applied before any other that loads data of the person:

- `@after_idling`, for what only its owner has seen, and for what hands something over: asks once
  after the session was idle, and gives back what was typed.
- `@just_now`, for what cannot be undone, such as an export or a deletion: asks if the last
  authentication was more than a few minutes ago. Use it for the "Are you sure?" page as well as
  for the action, because it leads back to that page.

- `@kept_open`, for a place more private than the rest: asks as `@just_now` does when it is opened.
  It stays open while it is used, and asks again after a few minutes without.

Leaving and withdrawing consent need none of them (see docs/adr).
"""

from __future__ import annotations

import hmac
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
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from accounts import clock, code_times, code_tries, codes
from accounts.allauth_internals import record_authentication
from accounts.secret_keys import digests

if TYPE_CHECKING:
    from accounts.models import User

IDLED_AT = "idled_at"  # in a session: when somebody came back after an idle time
OPEN_AT = "open_at"  # in a session: when what `kept_open` guards was last used
MAILED_CODE = "still_you_mailed"  # in a session: digest, time and tries of the mailed code
SAFE_METHODS = ("GET", "HEAD")
FACTOR_MIN_AGE = timedelta(days=7)
NOT_KEPT = ("csrfmiddlewaretoken",)


class NoSuchCode(Exception):
    """No code was mailed, or it has expired or used up its tries."""


def after_idling[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Reauthenticate first if the session was idle since the last authentication."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return ask(request, keep=True) if has_idled(request) else view(request, *args, **kwargs)

    return wrapper


def just_now[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Reauthenticate first if the last authentication was more than a few minutes ago."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if is_recent(request) else ask(request)

    return wrapper


def kept_open[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Reauthenticate first, unless they did or used such a view within the last few minutes."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_open(request):
            return ask(request)
        keep_open(request)
        return view(request, *args, **kwargs)

    return wrapper


def is_open(request: HttpRequest) -> bool:
    """Whether what `kept_open` guards is open: nobody has to say who they are."""
    if has_idled(request):
        return False
    open_for = clock.time() - request.session.get(OPEN_AT, 0)
    return is_recent(request) or bool(open_for < app_settings.REAUTHENTICATION_TIMEOUT)


def keep_open(request: HttpRequest) -> None:
    """Record that what is open is in use."""
    request.session[OPEN_AT] = int(clock.time())


def has_idled(request: HttpRequest) -> bool:
    """Whether the session was idle after the last authentication."""
    idled_at = request.session.get(IDLED_AT, 0)
    return bool(idled_at and idled_at > authenticated_at(request))


def is_recent(request: HttpRequest) -> bool:
    """Whether the last authentication was within the last few minutes."""
    return bool(clock.time() - authenticated_at(request) < app_settings.REAUTHENTICATION_TIMEOUT)


def has_read_mailbox(request: HttpRequest) -> bool:
    """Whether the address may be changed: its mailbox was read within the last few minutes.

    A passkey, app or recovery code also counts if it was used within the last few minutes and set
    up at least a week ago. So an owner can leave a lost mailbox, and somebody who has only found
    out the password cannot take the account over.
    """
    since = clock.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    recent = [record for record in records if record["at"] > since]
    by_code = [record for record in recent if record["method"] == "code"]
    if any(record.get("email") == _user(request).email for record in by_code):
        return True
    used = [record["id"] for record in recent if record["method"] == "mfa" and "id" in record]
    newest = clock.now() - FACTOR_MIN_AGE
    old = Authenticator.objects.filter(user=_user(request), pk__in=used, created_at__lt=newest)
    return bool(old.exists())


def authenticated_at(request: HttpRequest) -> float:
    """When this person last authenticated in this session, in seconds; 0 for never.

    Signing in counts. For a person with a passkey or a second step only that counts: somebody else
    may know their password or read their mailbox.
    """
    records = get_authentication_records(request, request.user)
    if records and is_mfa_enabled(request.user):
        records = [record for record in records if record["method"] == "mfa"]
    return max((record["at"] for record in records), default=0)


def ask(request: HttpRequest, *, keep: bool = False) -> HttpResponse:
    """Redirect to the page for reauthentication, which leads back here.

    A page that saves in the background gets a note in place instead. With `keep`, a submitted form
    is sent back with its values, to be submitted again; nothing of it is stored.
    """
    if getattr(request, "htmx", False):
        context = {"way": url_of_method(request)}
        status = HTTPStatus.UNAUTHORIZED
        return render(request, "components/still_you.html", context, status=status)
    if request.method not in SAFE_METHODS:
        if keep:
            return _give_back(request)
        messages.info(request, _("Nothing has happened yet. First, a quick check that it’s you."))
    return redirect_to_login(page_before(request), url_of_method(request))


def ask_for_mailbox(request: HttpRequest) -> HttpResponse:
    """Redirect to the page for a code that is mailed to one's address, which leads back here."""
    return redirect_to_login(request.path, resolve_url("account-still-you"))


def url_of_method(request: HttpRequest) -> str:
    """The page of the strongest method with which this person can reauthenticate."""
    return str(get_adapter().get_reauthentication_methods(request.user)[0]["url"])


def page_before(request: HttpRequest) -> str:
    """The requested page, or for a form the page on which it was submitted.

    It is a path, also where that begins with two slashes, after which a browser would read a host.
    """
    if request.method in SAFE_METHODS:
        return request.get_full_path()
    with suppress(ValueError):
        referrer = urlsplit(str(request.META.get("HTTP_REFERER", "")))
        if referrer.netloc == request.get_host():
            there = referrer._replace(scheme="", netloc="").geturl()
            return iri_to_uri(escape_leading_slashes(there))
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def mail_code(request: HttpRequest) -> None:
    """Mail a code that works in this browser only. It replaces the code before."""
    if before := request.session.get(MAILED_CODE):
        code_times.withdraw(before.get(code_times.LETTER))
    adapter = get_adapter()
    code = adapter.generate_login_code()
    adapter.send_mail("account/email/login_code", _user(request).email, {"code": code})
    request.session[MAILED_CODE] = {
        "digest": _digests(code)[0],
        "at": clock.time(),
        "tries": 0,
        code_times.LETTER: code_times.letter_of(request),
    }


def is_code_pending(request: HttpRequest) -> bool:
    """Whether a mailed code still works."""
    pending = request.session.get(MAILED_CODE)
    if not pending:
        return False
    begun = code_times.begin(pending.get(code_times.LETTER, ""), pending["at"])
    return bool(clock.time() - begun <= app_settings.LOGIN_BY_CODE_TIMEOUT)


def check_code(request: HttpRequest, typed: str) -> bool:
    """Whether this is the mailed code. If it is, that is recorded as an authentication.

    A code works once and allows a few tries. Raises NoSuchCode if none is pending.
    """
    if not is_code_pending(request):
        raise NoSuchCode
    pending = request.session.pop(MAILED_CODE)
    if not code_tries.count(request, pending):
        raise NoSuchCode
    if not any(hmac.compare_digest(one, pending["digest"]) for one in _digests(typed)):
        tries = pending["tries"] + 1
        if tries < app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS:
            request.session[MAILED_CODE] = {**pending, "tries": tries}
        return False
    record_mailbox(request)
    return True


def record_mailbox(request: HttpRequest) -> None:
    """Record that they have just read a mail to their address."""
    user = _user(request)
    record_authentication(request, user, method="code", email=user.email)


def record_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """Record that they have just used a passkey or an app: setting one up counts as use."""
    record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)


def _give_back(request: HttpRequest) -> HttpResponse:
    """A page with everything that was submitted, to be submitted again."""
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
    context = {
        "way": url_of_method(request),
        "back": page_before(request),
        "sent": [(name, text) for name, text in fields if name not in NOT_KEPT],
    }
    return render(request, "accounts/kept.html", context, status=HTTPStatus.UNAUTHORIZED)


def _digests(typed: str) -> list[str]:
    """By each of the site's secret keys, the one in use first."""
    return digests("accounts.still_you", next(iter(codes.find(typed, codes.MAILED)), ""))


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
