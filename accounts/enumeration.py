"""The page for a mailed code costs the same for an address that nobody has, or has already.

allauth looks an owner up on each of these pages, and mails again to whoever asks for that; where
there is no owner it does neither, and a clock would tell.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse

from accounts.models import User

SIGN_UP = "account_email_verification_code"  # what a session holds of each
SIGN_IN = "account_login"
NEW_PASSWORD = "account_password_reset_verification"  # noqa: S105 - a name

LOOKED_UP = {  # by page: the pending acts whose owner it looks up, and how the page is asked for
    "account_email_verification_sent": ((SIGN_UP, SIGN_IN), {"GET", "HEAD", "POST"}),
    "account_confirm_login_code": ((SIGN_IN,), {"GET", "HEAD", "POST"}),
    "account_confirm_password_reset_code": ((NEW_PASSWORD,), {"POST"}),
}


class LikeSomebody:
    """Does for nobody what allauth does for somebody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _resent(request)
        response = self.get_response(request)
        if _resent(request) > before >= 0:
            email = request.session[SIGN_UP]["email"]
            get_adapter().send_account_already_exists_mail(email)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        page = request.resolver_match and request.resolver_match.url_name
        acts, ways = LOOKED_UP.get(str(page), ((), set()))
        for act in acts if request.method in ways else ():
            pending = request.session.get(act)
            if pending and not (pending.get("user_id") or pending.get("user_pk")):
                User.objects.filter(pk=uuid.uuid4()).first()
        if _resent(request) >= 0 and request.POST.get("action") == "resend":
            EmailAddress.objects.filter(email="", user=uuid.uuid4()).first()


def _resent(request: HttpRequest) -> int:
    """How often a code was mailed again for an address that is taken; -1 if none is pending."""
    pending = None if request.user.is_authenticated else request.session.get(SIGN_UP)
    return int(pending["resend_count"]) if pending and "user_id" not in pending else -1
