"""Forms about what two people want to be asked."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.text import LineField

MAX_TEXT_LENGTH = 120  # characters


class PutForwardForm(forms.Form):
    """A behaviour in a person's own words."""

    text = LineField(
        max_length=MAX_TEXT_LENGTH,
        error_messages={
            "required": _("Please write what it is about."),
            "max_length": ngettext_lazy(
                "This has %(show_value)d character. There is room for %(limit_value)d.",
                "This has %(show_value)d characters. There is room for %(limit_value)d.",
                "show_value",
            ),
        },
    )


class OwnForm(forms.Form):
    """A button next to something that was put forward."""

    own = forms.UUIDField()
