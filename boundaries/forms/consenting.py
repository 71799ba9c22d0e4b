"""Which text somebody has read and says yes to."""

from __future__ import annotations

from django import forms


class VersionForm(forms.Form):
    """The number that stood on the page."""

    version = forms.IntegerField(min_value=1, max_value=10_000)
