"""What allauth does differently on this site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import (
    code_times,
    devices,
    encryption,
    languages,
    mailed_codes,
    qr,
    reauthentication,
    sign_up,
    time_zones,
)
from accounts.addresses import NotAMailbox, mailbox
from accounts.allauth_internals import EMAIL_VERIFICATION_CODE_SESSION_KEY, clear_login

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Mails that do not reveal what this site is about, and errors that blame nobody."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _(
            "Our mails go to this address. Please add another one first."
        ),
        "duplicate_email": _("That’s already your address."),
        "email_password_mismatch": _(
            "That address and password don’t match. Try again, or ask for a code instead."
        ),
        "email_taken": _("This address can’t be used. Please try another one."),
        "demo_address": _("In a demo, please use an invented address that ends in @demo.example."),
        "enter_current_password": _("That’s not your password. Please try again."),
        "incorrect_code": _("That code isn’t right. Check the six digits, or ask for a new code."),
        "incorrect_password": _("That’s not your password. Please try again."),
        "invalid_login": _("That doesn’t look like an e-mail address."),
        "invalid_or_expired_key": _("That code has run out. Please ask for a new one."),
        "invalid_password_reset": _("That code has run out. Please ask for a new one."),
        "same_as_current": _("That’s already your password."),
        "select_only_one": _("Please choose only one."),
        "unknown_email": _("We can’t find this address. Please try another one."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
        "too_many_login_attempts": _(
            "That’s a lot of tries. Wait a few minutes, or ask for a code by e-mail."
        ),
        "rate_limited": _("That’s a lot of tries. Please wait a few minutes."),
    }

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL

    def clean_email(self, email: str) -> str:
        """Refuse domains that no mail can be sent to, and in a demo everybody's real address."""
        cleaned = str(super().clean_email(email))
        try:
            mailbox(cleaned)
        except NotAMailbox:
            raise self.validation_error("invalid_login") from None
        if settings.DEMO and not cleaned.lower().endswith(f"@{settings.DEMO_ADDRESSES}"):
            raise self.validation_error("demo_address")
        return cleaned

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return sign_up.is_open(request)

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, **more: Any
    ) -> HttpResponse:
        """Mail people about a sign-in by a new browser, except the one they signed up with.

        Whoever has no language yet keeps the one that they signed in in.
        """
        response: HttpResponse = super().post_login(request, user, signup=signup, **more)
        sign_up.finish(request)
        languages.choose_first(user)
        if signup:
            reauthentication.record_mailbox(request)
        elif not devices.is_known(request, user):
            self.send_notification_mail("account/email/new_browser", user)
        devices.remember_browser(request)
        return response

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """Refuse a code that was mailed before its owner switched codes off.

        Also discard a password that was chosen at sign-up before anybody had confirmed the address:
        it may be somebody else's.
        """
        records = get_authentication_records(request, user)
        by_code = records and records[-1]["method"] == "code"
        if by_code and not user.takes_mailed_codes:
            clear_login(request)
            return HttpResponseRedirect(reverse("account_login"))
        if by_code and mailed_codes.discard_unproven_password(user):
            languages.use_own(user)
            messages.info(
                request,
                gettext(
                    "Someone set a password for this address before it was confirmed."
                    " We removed it, so it opens nothing. You can set your own under Account."
                ),
            )
        refusal: HttpResponse | None = super().pre_login(request, user, **more)
        return refusal

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """allauth asks nobody without a password or second step; this site asks everybody."""
        if not reauthentication.is_recent(self.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """The methods to choose from, the preferred one first.

        A passkey or second step if there is one, otherwise the password, otherwise a mailed code.
        """
        methods = super().get_reauthentication_methods(user)
        strong = [method for method in methods if method["id"].startswith("mfa_")]
        if user.is_authenticated and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            strong.reverse()  # a passkey before a recovery code
        by_code = {
            "id": "account-still-you",
            "url": reverse("account-still-you"),
            "description": "",
        }
        return strong or methods or [by_code]

    def generate_email_verification_code(self) -> str:
        """On the page for a code, the same one again: the first mail may still be on its way.

        Elsewhere a code may be pending for another address, so a new one is needed.
        """
        match = self.request and self.request.resolver_match
        if match and match.url_name == "account_email_verification_sent":
            return str(self.request.session[EMAIL_VERIFICATION_CODE_SESSION_KEY]["code"])
        return str(super().generate_email_verification_code())

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **more: Any
    ) -> None:
        """Say when something was by the clock of its reader, who need not be signed in."""
        with timezone.override(time_zones.clock_of(user)), languages.written_for(user):
            super().send_notification_mail(template_prefix, user, *args, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the reader's language, with links to the site's own address.

        A request may have named any host, and somebody else may have asked for the mail.
        """
        links = {
            name: _on_this_site(value) for name, value in context.items() if name.endswith("_url")
        }
        context = {
            **context,
            **links,
            "site_url": settings.SITE_URL,
            "sign_in_url": _on_this_site(reverse("account_login")),
            "sign_up_is_open": settings.SIGN_UP == sign_up.OPEN,
        }
        with translation.override(languages.of_address(email)):
            super().send_mail(template_prefix, email, context)

    def render_mail(self, *args: Any, **more: Any) -> EmailMessage:
        """Somebody may be waiting for this mail, so it goes before others."""
        message: EmailMessage = super().render_mail(*args, **more)
        code_times.mark(self.request, message)
        return message


class SecondStepAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app and recovery codes: encrypted, with errors in plain words."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Turn off your second step first. Then change the address."),
        "cannot_delete_authenticator": _("You can’t remove this right now."),
        "cannot_generate_recovery_codes": _("Set up a second step first."),
        "incorrect_code": _("That code isn’t right. Codes change often: type the one you see now."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """Store secrets of second steps encrypted, so that a copy of the database reveals none."""
        return encryption.encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt_secret(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        return qr.picture(url)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        """The name of a new passkey unless its owner types one."""
        return gettext("My passkey")


def _on_this_site(url: str) -> str:
    return urljoin(settings.SITE_URL, urlsplit(url)._replace(scheme="", netloc="").geturl())
