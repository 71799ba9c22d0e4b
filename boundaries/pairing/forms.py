"""What pairing asks people to send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import codes


class TypedCodeForm(forms.Form):
    """A code as it was typed, or a link or message with it. Whether it works is not said here."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=codes.MAX_TEXT_LENGTH,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX-XXXX",
            }
        ),
    )


class JoiningForm(forms.Form):
    """Which joining is being confirmed: the one that stood on the page."""

    joining = forms.UUIDField()
