"""Logs one line of JSON per event, which cannot contain anybody's content, address or name.

A line contains only the fields listed here. Messages of our own modules are constants (a test
checks this). Messages of libraries may contain user input, so only the logger and the place in the
code are logged. Errors are logged with their type and traceback, but without their message.

python-json-logger and structlog were considered. By default they write messages, extra fields and
error texts; this module writes only what is listed.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import PurePath

from django.conf import settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from accounts.pseudonyms import pseudonym

OURS = {"accounts", "boundaries", "config"}
FIELDS = ("method", "route", "status", "took", "account", "way", "what", "task", "count", "size")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
# In seconds. An exact duration could reveal how much content a page has.
DURATION_LIMITS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10)
POLLED_ROUTES = {"healthz", "livez", "readyz"}  # every few seconds, so not logged
# Pages on which people authenticate: a failure there may be an attack, so it is a warning.
AUTHENTICATION_ROUTES = {
    "account_login",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account-still-you-code",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}

logger = logging.getLogger(__name__)

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class JsonLineFormatter(logging.Formatter):
    """Formats a record as one line of JSON, which escapes line breaks."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.partition(".")[0] in OURS:
            entry["event"] = record.msg
            entry |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        else:
            entry["at"] = _place(record.pathname, record.lineno)
        if request := _request_id.get():
            entry["request"] = request
        error = record.exc_info[1] if record.exc_info else getattr(record, "failure", None)
        if error:
            entry["error"] = list(_errors(error))
        return json.dumps(entry)


class RequestLogMiddleware:
    """Gives each request an id and logs its outcome. Django would log its path as well.

    The id is random, or that of a trusted proxy. The answer names it in X-Request-ID.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = _trusted_id(request) or secrets.token_hex(8)
        token, started = _request_id.set(number), time.monotonic()
        request.is_logged = True  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            _log(request, response.status_code, time.monotonic() - started)
            response["X-Request-ID"] = number
            return response
        except BaseException:
            request.is_logged = False  # type: ignore[attr-defined]
            raise
        finally:
            _request_id.reset(token)


class NotLoggedYet(logging.Filter):
    """Leaves out Django's line about a request that RequestLogMiddleware logs, with its error."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(getattr(record, "request", None), "is_logged", False)


@receiver(got_request_exception)
def note_failure(request: HttpRequest | None = None, **_: object) -> None:
    """Remember the error of a request for its line in the log."""
    if request is not None:
        request.failure = sys.exception()  # type: ignore[attr-defined]


def request_id() -> str | None:
    """The id under which the current request is logged, or None outside a request."""
    return _request_id.get()


def _trusted_id(request: HttpRequest) -> str | None:
    """The id that a trusted proxy gave, if it is one: it is logged, and sent in a header."""
    number = settings.TRUSTED_REQUEST_ID and request.META.get(settings.TRUSTED_REQUEST_ID, "")
    return number if number and REQUEST_ID.fullmatch(number) else None


def _log(request: HttpRequest, status: int, seconds: float) -> None:
    """Log the outcome of a request, at a level that depends on its status and route."""
    route = _route(request, status)
    fields: dict[str, object] = {
        "method": request.method if request.method in METHODS else "another",
        "route": route,
        "status": status,
        "took": next((f"under {limit} s" for limit in DURATION_LIMITS if seconds < limit), "long"),
    }
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        logger.warning("refused", extra=fields | _account(request))
    elif status == HTTPStatus.BAD_REQUEST and route in AUTHENTICATION_ROUTES:
        logger.warning("an attempt to show who one is has failed", extra=fields | _account(request))
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failure = getattr(request, "failure", None)
        logger.error("failed", extra=fields | {"failure": failure})
    elif route in POLLED_ROUTES or route is None:
        logger.debug("answered", extra=fields)
    else:
        logger.info("answered", extra=fields)


def _route(request: HttpRequest, status: int) -> str | None:
    """The name of the route, even if the request failed before its URL was resolved."""
    match = request.resolver_match
    if match is None and status >= HTTPStatus.BAD_REQUEST:
        with suppress(Resolver404):
            match = resolve(request.path_info)
    return match.view_name if match else None


def _account(request: HttpRequest) -> dict[str, object]:
    """A pseudonym for the signed-in user, if already loaded: a query could fail here."""
    user = getattr(request, "_cached_user", None)
    return {"account": pseudonym(user.pk)} if user and user.is_authenticated else {}


def _errors(error: BaseException | None) -> Iterator[dict[str, object]]:
    """Describe an error, then its cause, then the cause of that, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))  # an error may be its own cause
        frames = traceback.extract_tb(error.__traceback__)
        kind = type(error)
        yield {
            "kind": f"{kind.__module__}.{kind.__qualname__}",
            "at": [f"{_place(frame.filename, frame.lineno)} {frame.name}" for frame in frames],
        }
        suppressed = error.__suppress_context__
        error = error.__cause__ or (None if suppressed else error.__context__)


def _place(path: str, line: int | None) -> str:
    """A line of a file, whose path is given within its package, at most the last four parts."""
    parts = PurePath(path).parts
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    elif ours := OURS & set(parts):
        parts = parts[max(parts.index(name) for name in ours) :]
    return f"{'/'.join(parts[-4:])}:{line}"
