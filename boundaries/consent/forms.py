"""Which text somebody has read and says yes to."""

from __future__ import annotations

from django import forms


class ConsentForm(forms.Form):
    """The number that stood on the page, and the invitation that is accepted as well, if any is."""

    version = forms.IntegerField(min_value=1, max_value=10_000)
    join = forms.UUIDField(required=False)
