"""Says so when a mailed code has expired, and leads to the page for a new one.

allauth sends people to the sign-in page without a word. The answer is the same for addresses with
and without an account.
"""

from __future__ import annotations

from typing import NamedTuple
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
    """A page for a mailed code."""

    pending: str  # the key of its code in the session
    given_up: str  # where allauth leads if the code does not work any more
    asked_on: str  # where people ask for a new one


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


def page_of(request: HttpRequest) -> CodePage | None:
    """The requested page, if a code is pending on it."""
    name = request.resolver_match and request.resolver_match.url_name
    page = PAGES.get(str(name))
    if page is None or request.user.is_authenticated or page.pending not in request.session:
        return None
    return page


def ask_for_another(request: HttpRequest, response: HttpResponse, page: CodePage) -> HttpResponse:
    """The response, or a redirect to the page for a new code if this one was given up."""
    if response.headers.get("Location", "").partition("?")[0] != reverse(page.given_up):
        return response
    if not getattr(messages.get_messages(request), "added_new", False):
        messages.info(request, _("That code has run out. Ask for a new one here."))
    wanted = get_next_redirect_url(request)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(f"{reverse(page.asked_on)}{query}")
