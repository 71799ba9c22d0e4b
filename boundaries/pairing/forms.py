"""Forms of joining and confirming."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import codes


class TypedCodeForm(forms.Form):
    """A code as typed, or a link or message with it. The form does not check whether it works."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=codes.MAX_TEXT_LENGTH,
        error_messages={"required": _("Please type or paste your code.")},
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
    """Which joining is confirmed: the one that the page showed."""

    joining = forms.UUIDField()
