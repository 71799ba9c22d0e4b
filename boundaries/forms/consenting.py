"""Which text somebody has read and says yes to."""

from __future__ import annotations

from django import forms


class YesForm(forms.Form):
    """The number that stood on the page, and whether the invitation that waits is accepted too."""

    version = forms.IntegerField(min_value=1, max_value=10_000)
    join = forms.BooleanField(required=False)
