"""Forms for the first name, the confirmation of being an adult, and mailed codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes, languages, names, time_zones
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


class BrowserTimeZoneField(forms.Field):
    """The zone that a script found out. An unknown one counts as none: nobody typed it."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> str:
        return time_zones.current_name(str(value or ""))


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
    time_zone = BrowserTimeZoneField()
    field_order = ("first_name", "email", "adult")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this after it has made the account."""
        user.said_adult_at = timezone.now()
        user.time_zone = self.cleaned_data["time_zone"]
        user.language = languages.known_or_default(languages.active())
        user.save(update_fields=["said_adult_at", "time_zone", "language"])


class NameForm(forms.Form):
    """Change the name that a partner sees."""

    first_name = FirstNameField()


class TimeZoneField(forms.ChoiceField):
    """A zone from the list, or any other known one, also by an earlier name."""

    def __init__(self) -> None:
        wrong = _("Please choose your time zone from the list.")
        super().__init__(
            label=_("Time zone"), error_messages={"required": wrong, "invalid_choice": wrong}
        )

    def to_python(self, value: Any) -> str:
        return time_zones.current_name(super().to_python(value)) or str(value or "")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show the zone that is still the person's after a wrong choice."""
        return data if self.valid_value(str(data)) else initial

    def valid_value(self, value: str) -> bool:
        return bool(time_zones.current_name(value))


class TimeZoneForm(forms.Form):
    """Choose one's own time zone."""

    time_zone = TimeZoneField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, current: str) -> None:
        super().__init__(data, initial={"time_zone": current})
        nothing = [] if current else [("", _("Choose a place near you"))]
        field = cast("TimeZoneField", self.fields["time_zone"])
        field.choices = [*nothing, *time_zones.places(current)]


class FirstTimeZoneForm(forms.Form):
    """The zone of the browser, for an account that has none yet."""

    time_zone = BrowserTimeZoneField()


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class LanguageForm(forms.Form):
    """Choose a language that the site has. Its buttons send it."""

    language = forms.ChoiceField(
        choices=_languages,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of these languages.")
        ),
    )


class MailedCodeForm(forms.Form):
    """A code from a mail, or the whole mail."""

    code = forms.CharField(
        label=_("The six digits from our mail"),
        max_length=codes.MAX_TEXT_LENGTH,
        error_messages={"required": _("Please type the code from the mail.")},
    )
