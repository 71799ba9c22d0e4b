"""Makes the page for a mailed code take equally long for known and for unknown addresses.

allauth looks an account up on these pages, and mails a code again on request. Without an account it
does neither, so response times would reveal which addresses are known.
"""

from __future__ import annotations

import uuid

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from accounts.allauth_internals import EMAIL_VERIFICATION_CODE_SESSION_KEY as SIGN_UP
from accounts.allauth_internals import LOGIN_SESSION_KEY as SIGN_IN
from accounts.allauth_internals import PASSWORD_RESET_VERIFICATION_SESSION_KEY as NEW_PASSWORD
from accounts.models import User

# Pages that look at the sign-in that is half-way in this browser, whatever they show then.
ENTRANCES = (
    "account_login",
    "account_request_login_code",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
)
# By page: the pending keys whose account it looks up, and the methods with which it does.
LOOKED_UP = {
    **dict.fromkeys(ENTRANCES, ((SIGN_IN,), {"GET", "HEAD", "POST"})),
    "account_email_verification_sent": ((SIGN_UP, SIGN_IN), {"GET", "HEAD", "POST"}),
    "account_confirm_login_code": ((SIGN_IN,), {"GET", "HEAD", "POST"}),
    "account_confirm_password_reset_code": ((NEW_PASSWORD,), {"POST"}),
}


def look_up_nobody(request: HttpRequest) -> None:
    """Run the queries for an address without an account that allauth runs for one with."""
    page = request.resolver_match and request.resolver_match.url_name
    keys, methods = LOOKED_UP.get(str(page), ((), set()))
    for key in keys if request.method in methods else ():
        pending = request.session.get(key)
        if pending and not (pending.get("user_id") or pending.get("user_pk")):
            User.objects.filter(pk=uuid.uuid4()).first()
    if resend_count(request) >= 0 and request.POST.get("action") == "resend":
        EmailAddress.objects.filter(email="", user=uuid.uuid4()).first()


def resend_count(request: HttpRequest) -> int:
    """How often a code was mailed again at sign-up for an address that is taken; -1 if none is."""
    pending = None if request.user.is_authenticated else request.session.get(SIGN_UP)
    return int(pending["resend_count"]) if pending and "user_id" not in pending else -1


def send_again(request: HttpRequest) -> None:
    """Mail the owner of a taken address again, as allauth mails a code to a new one."""
    get_adapter().send_account_already_exists_mail(request.session[SIGN_UP]["email"])
