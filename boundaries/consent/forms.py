"""Agreeing to what is stored."""

from __future__ import annotations

from django import forms


class ConsentForm(forms.Form):
    """The version of the text on the page, and the invitation that is accepted with it, if any."""

    version = forms.IntegerField(min_value=1, max_value=10_000)
    join = forms.UUIDField(required=False)
