"""Forms for the first name, the confirmation of being an adult, and mailed codes."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes, names
from accounts.models import User
from accounts.text import LineField


class FirstNameField(LineField):
    """The name a partner reads. One line, and short enough for a button."""

    def __init__(self) -> None:
        super().__init__(
            label=_("First name"),
            help_text=_("Your partner sees it."),
            max_length=40,
            validators=[names.validate_first_name],
            error_messages={"required": _("Please type a first name. Any name you go by is fine.")},
            widget=forms.TextInput(attrs={"autocomplete": "given-name", "spellcheck": "false"}),
        )


class AboutYouForm(forms.Form):
    """Our fields at sign-up; allauth adds the address."""

    first_name = FirstNameField()
    adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={
            "required": _(
                "Common Ground is for adults. Please tick the box if you are 18 or older."
            )
        },
    )
    field_order = ("first_name", "email", "adult")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this after it has made the account."""
        user.said_adult_at = timezone.now()
        user.save(update_fields=["said_adult_at"])


class NameForm(forms.Form):
    """Change the name that a partner sees."""

    first_name = FirstNameField()


class MailedCodeForm(forms.Form):
    """A code from a mail, or the whole mail."""

    code = forms.CharField(
        label=_("The six digits from our mail"),
        max_length=codes.MAX_TEXT_LENGTH,
        error_messages={"required": _("Please type the code from the mail.")},
    )
