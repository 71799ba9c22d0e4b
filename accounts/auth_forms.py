"""allauth's forms for signing in, extended: see ACCOUNT_FORMS and MFA_FORMS in the settings."""

from __future__ import annotations

import uuid
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import code_tries, codes, sign_up
from accounts.entrance import owner_of
from accounts.models import User

NOT_AN_ADDRESS = _("That doesn’t look like an e-mail address.")
TOO_LONG = ngettext_lazy(
    "That’s too long. There is room for %(limit_value)d character.",
    "That’s too long. There is room for %(limit_value)d characters.",
    "limit_value",
)
SAID_BY_ALLAUTH = {
    "You must type the same password each time.": _("The two don’t match. Please type both again."),
}
MISSING = {
    "email": _("Please type your e-mail address."),
    "login": _("Please type your e-mail address."),
    "password": _("Please type your password."),
    "oldpassword": _("Please type your password."),
    "password1": _("Please type a new password."),
    "password2": _("Please type the new password again."),
    "code": _("Please type the code."),
}


class PlainErrorsMixin:
    """Gives a form of allauth's error messages that say what to type."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            if isinstance(field, forms.EmailField):
                field.error_messages |= {"invalid": NOT_AN_ADDRESS, "max_length": NOT_AN_ADDRESS}
            elif isinstance(field, forms.CharField):
                field.error_messages["max_length"] = TOO_LONG

    def add_error(self, field: str | None, error: Any) -> None:
        """Reword what allauth says in its code, and not in a table of its adapter."""
        reworded = {gettext(theirs): ours for theirs, ours in SAID_BY_ALLAUTH.items()}
        super().add_error(field, reworded.get(str(error), error))  # type: ignore[misc]


class SignInForm(PlainErrorsMixin, LoginForm):
    pass


class NewAddressForm(PlainErrorsMixin, AddEmailForm):
    pass


class ChangedPasswordForm(PlainErrorsMixin, ChangePasswordForm):
    pass


class FirstPasswordForm(PlainErrorsMixin, SetPasswordForm):
    pass


class SignUpForm(PlainErrorsMixin, SignupForm):
    """Create an account.

    Response times must not reveal that an address is taken: for such an address, an account is
    created as usual and then rolled back.

    People sign in with a mailed code and can set a password later, so the form does not ask for
    one. If ACCOUNT_SIGNUP_FIELDS left it out, allauth would drop it from the sign-in form as well.
    """

    account_already_exists: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password1"]
        if settings.DEMO:
            invented = f"guest-{uuid.uuid4().hex[:12]}@{settings.DEMO_ADDRESSES}"
            self.fields["email"].initial = invented

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            return cast("User", super().save(request))

    @transaction.atomic
    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if not sign_up.admit(request):  # the invitation was used since the page was loaded
            return None, render(request, "account/signup_closed.html", {"used": True})
        sign_up.remember_typed(request, self.cleaned_data)
        if self.account_already_exists:
            self._make_and_roll_back(request)
        try:
            saved = super().try_save(request)
        except IntegrityError:  # another request has just taken the address
            self.account_already_exists = True
            saved = super().try_save(request)
        return cast("tuple[User | None, HttpResponse | None]", saved)

    def _make_and_roll_back(self, request: HttpRequest) -> None:
        email = self.cleaned_data["email"]
        self.account_already_exists = False
        self.cleaned_data["email"] = f"{uuid.uuid4()}@nobody.invalid"
        with transaction.atomic():
            user = cast("User", super().save(request))
            self._run_queries_of_sign_in(user)
            transaction.set_rollback(True)
        self.cleaned_data["email"] = email
        self.account_already_exists = True

    def _run_queries_of_sign_in(self, user: User) -> None:
        """Run the queries that signing in a new user takes, for the same response time."""
        addresses = EmailAddress.objects.filter(user=user)
        addresses.filter(verified=True).exists()
        addresses.order_by("-primary").first()
        addresses.filter(email=user.email).first()
        User.objects.get(pk=user.pk)


class RequestCodeForm(PlainErrorsMixin, RequestLoginCodeForm):
    """Ask for a sign-in code.

    An address whose owner has switched codes off is treated as unknown.
    """

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not ratelimit.consume(context.request, action="request_login_code", key=email.lower()):
            raise get_adapter().validation_error("too_many_login_attempts")
        user = owner_of(email)
        self._user = user if user and user.takes_mailed_codes else None
        return email


class ForgottenPasswordForm(PlainErrorsMixin, ResetPasswordForm):
    """Ask for a code that allows choosing a new password."""

    def clean_email(self) -> str:
        email = str(get_adapter().clean_email(self.cleaned_data["email"].lower()))
        user = owner_of(email)
        self.users = [user] if user else []
        return email


class MailedCodeMixin(PlainErrorsMixin):
    """Also accepts a whole mail that contains the code."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> Any:
        if not code_tries.count_on_page(context.request):
            raise get_adapter().validation_error("incorrect_code")
        typed = self.cleaned_data["code"]
        self.cleaned_data["code"] = next(iter(codes.find(typed, codes.MAILED)), typed)
        return super().clean_code()  # type: ignore[misc]


class ConfirmSignInForm(MailedCodeMixin, ConfirmLoginCodeForm):
    pass


class ConfirmAddressForm(MailedCodeMixin, ConfirmEmailVerificationCodeForm):
    pass


class ConfirmNewPasswordForm(MailedCodeMixin, ConfirmPasswordResetCodeForm):
    pass


class AnyDigitsMixin(PlainErrorsMixin):
    """Also accepts full-width and other non-ASCII digits, with any spacing."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> Any:
        typed = self.cleaned_data["code"]
        self.cleaned_data["code"] = codes.normalized(typed) or typed
        return super().clean_code()  # type: ignore[misc]


class SecondStepForm(AnyDigitsMixin, AuthenticateForm):
    pass


class ReauthenticationForm(AnyDigitsMixin, ReauthenticateForm):
    pass


class ActivateAppForm(AnyDigitsMixin, ActivateTOTPForm):
    pass


class NewPasswordForm(PlainErrorsMixin, ResetPasswordKeyForm):
    """Choose a new password after a mailed code, and after the second step if there is one.

    Without that step, anybody who reads the mailbox could sign in, or lock the owner out.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_mfa_enabled(self.user):
            self.fields["code"] = forms.CharField(
                label=_("The code in your app, or a recovery code"),
                max_length=40,
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
            )

    def clean(self) -> dict[str, Any]:
        """Check the second step last, because checking a recovery code uses it up."""
        cleaned: dict[str, Any] = super().clean()
        if "code" in self.fields and not self.errors:
            step = SecondStepForm(user=self.user, data={"code": cleaned["code"]})
            for error in step.errors.get("code", []):
                self.add_error("code", error)
        return cleaned
