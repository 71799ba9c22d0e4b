"""Where allauth asks how this site wants things done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import devices, encryption, mailed_codes, qr, reauthentication
from accounts.addresses import NotAMailbox, mailbox
from accounts.allauth_internals import clear_login

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Mails that say nothing of what this site is about, and refusals that blame nobody."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is the address you have already."),
        "email_password_mismatch": _(
            "The address and the password do not fit together. Try again, or ask for a code by"
            " e-mail."
        ),
        "email_taken": _("This address cannot be used. Please try another one."),
        "enter_current_password": _("This is not the password you have now. Please try again."),
        "incorrect_code": _("This code does not fit. Please look again, or ask for a new one."),
        "incorrect_password": _("This password does not fit. Please try again."),
        "invalid_login": _("This does not look like an e-mail address."),
        "invalid_password_reset": _("This no longer works. Please ask for a new code."),
        "same_as_current": _("This is the one you have already."),
        "too_many_login_attempts": _(
            "That was tried very often. Wait a few minutes, or ask for a code by e-mail."
        ),
        "rate_limited": _("That was tried very often. Please wait a few minutes."),
    }

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL

    def clean_email(self, email: str) -> str:
        """Not every domain that Django takes can be written in a mail: no code would arrive."""
        cleaned = str(super().clean_email(email))
        try:
            mailbox(cleaned)
        except NotAMailbox:
            raise self.validation_error("invalid_login") from None
        return cleaned

    def clean_password(self, password: str, user: User | None = None) -> str:
        """At sign-up allauth knows the address alone; the name stands beside it in the form."""
        if user and not user.first_name:
            user.first_name = self.request.POST.get("first_name", "")
        return str(super().clean_password(password, user))

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, **more: Any
    ) -> HttpResponse:
        """Who is new is asked about their mailbox; all others hear of a browser that is new."""
        response: HttpResponse = super().post_login(request, user, signup=signup, **more)
        if signup:
            reauthentication.record_mailbox(request)
            asked = f"{reverse('account-mailbox')}?{urlencode({'next': response['Location']})}"
            response = HttpResponseRedirect(asked)
        elif not devices.is_known(request, user):
            self.send_notification_mail("account/email/new_browser", user)
        devices.remember_browser(request)
        return response

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """A code that was on its way when its owner switched codes off opens nothing any more.

        Nor does a password that anybody may have chosen, once the mailbox's owner is here.
        """
        records = get_authentication_records(request, user)
        by_code = records and records[-1]["method"] == "code"
        if by_code and not user.takes_mailed_codes:
            clear_login(request)
            return HttpResponseRedirect(reverse("account_login"))
        if by_code and mailed_codes.discard_unproven_password(user):
            messages.info(
                request,
                gettext(
                    "Whoever signed up with this address chose a password before anybody had shown"
                    " that the address is theirs. It opens nothing any more. You can set one under"
                    " Account."
                ),
            )
        refused: HttpResponse | None = super().pre_login(request, user, **more)
        return refused

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """allauth asks nobody who has neither password nor second step; we ask everybody."""
        if not reauthentication.is_recent(self.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """How one shows that it is still oneself, the first first: as strongly as one can.

        A passkey or the second step, for who has one; else the password; else a mailed code.
        """
        offered = super().get_reauthentication_methods(user)
        strong = [each for each in offered if each["id"].startswith("mfa_")]
        if user.is_authenticated and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            strong.reverse()  # then a passkey comes before a recovery code
        by_code = {
            "id": "account-still-you",
            "url": reverse("account-still-you"),
            "description": "",
        }
        return strong or offered or [by_code]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to the site's own address, whatever host the request named."""
        ours = {
            name: _on_this_site(value) for name, value in context.items() if name.endswith("_url")
        }
        context = {**context, **ours, "site_url": settings.SITE_URL}
        super().send_mail(template_prefix, email, context)


class SecondStepAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app and recovery codes, with refusals in the same voice."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Switch off your second step first, then change the address."),
        "cannot_delete_authenticator": _("This cannot be removed just now."),
        "cannot_generate_recovery_codes": _("Set up a second step first."),
        "incorrect_code": _("This code does not fit. Codes change often: try the one shown now."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of second steps, too, say nothing to who holds the database alone."""
        return encryption.encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt_secret(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        return qr.picture(url)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        """What a new passkey is called unless its owner has a better name for it."""
        return gettext("My passkey")


def _on_this_site(address: str) -> str:
    return urljoin(settings.SITE_URL, urlsplit(address)._replace(scheme="", netloc="").geturl())
