"""What is sent to put a sheet for a therapist together, to release it, and to read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.therapist_sheet.rules import MAX_BEHAVIOURS

DAYS = {3: _("Three days"), 7: _("A week"), 14: _("Two weeks")}


class SheetForm(forms.Form):
    """What stands on it, and how long its link works."""

    together = forms.CharField(required=False, max_length=64, empty_value="")
    behaviours = forms.MultipleChoiceField(
        error_messages={
            "required": _("Please choose at least one."),
            "invalid_choice": _("Something of this is not open to you both any more."),
            "invalid_list": _("Please choose from the list."),
        }
    )
    days = forms.TypedChoiceField(
        choices=[(str(days), told) for days, told in DAYS.items()],
        coerce=int,
        error_messages={
            "required": _("Please choose how long the link works."),
            "invalid_choice": _("Please choose how long the link works."),
        },
    )

    def __init__(self, data: Any = None, *, offered: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["behaviours"].choices = [(each, each) for each in offered]  # type: ignore[attr-defined]

    def clean_behaviours(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["behaviours"]
        if len(chosen) > MAX_BEHAVIOURS:
            raise forms.ValidationError(
                _("Please choose %(most)d at the most: it is one page, for one hour.")
                % {"most": MAX_BEHAVIOURS}
            )
        return chosen

    @property
    def ticked(self) -> set[str]:
        """What was chosen, good or not."""
        data: Any = self.data
        return set(data.getlist("behaviours")) if data else set()

    @property
    def days_chosen(self) -> str:
        return str(self.data.get("days", "7"))
