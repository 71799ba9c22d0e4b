"""Tells people that a mailed code has expired, and redirects to the page for a new one.

allauth itself redirects to the sign-in page without an explanation. The response is the same for
addresses with and without an account.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.allauth_internals import EMAIL_VERIFICATION_CODE_SESSION_KEY as SIGN_UP
from accounts.allauth_internals import LOGIN_SESSION_KEY as SIGN_IN
from accounts.allauth_internals import PASSWORD_RESET_VERIFICATION_SESSION_KEY as NEW_PASSWORD


class CodePage(NamedTuple):
    """A page on which people type a mailed code, with the names of two other routes."""

    session_key: str  # under which the session holds the pending code
    expired_route: str  # where allauth redirects once the code no longer works
    request_route: str  # where people can ask for a new code


PAGES = {
    "account_email_verification_sent": CodePage(
        SIGN_UP, "account_login", "account_request_login_code"
    ),
    "account_confirm_login_code": CodePage(
        SIGN_IN, "account_request_login_code", "account_request_login_code"
    ),
    "account_confirm_password_reset_code": CodePage(
        NEW_PASSWORD, "account_login", "account_reset_password"
    ),
}


def pending_page(request: HttpRequest) -> CodePage | None:
    """The requested code page; None if a user is signed in or no code is pending for it."""
    page = _requested_page(request)
    if page is None or request.user.is_authenticated or page.session_key not in request.session:
        return None
    return page


def pending_code(request: HttpRequest) -> dict[str, Any] | None:
    """What the session holds about the code for the requested page, if there is one."""
    page = _requested_page(request)
    return request.session.get(page.session_key) if page else None


def redirect_if_expired(
    request: HttpRequest, response: HttpResponse, page: CodePage
) -> HttpResponse:
    """Replace allauth's redirect for an expired code with one to the page for a new code.

    Any other response is returned unchanged.
    """
    if response.headers.get("Location", "").partition("?")[0] != reverse(page.expired_route):
        return response
    if not getattr(messages.get_messages(request), "added_new", False):
        messages.info(request, _("That code has run out. Ask for a new one here."))
    wanted = get_next_redirect_url(request)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(f"{reverse(page.request_route)}{query}")


def _requested_page(request: HttpRequest) -> CodePage | None:
    name = request.resolver_match and request.resolver_match.url_name
    return PAGES.get(str(name))
