"""What pairing asks people to send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code as it was typed or pasted. Whether it works is not the form's to say."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=200,  # a whole link, pasted, has room
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

    def clean_code(self) -> str:
        """The code alone, also where the whole link was pasted."""
        code: str = self.cleaned_data["code"]
        return code.rpartition("#")[2]


class JoiningForm(forms.Form):
    """Which joining is being confirmed: the one that stood on the page."""

    joining = forms.UUIDField()
