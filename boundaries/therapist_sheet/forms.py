"""The form for making a therapist sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.agreements.forms import CoupleForm
from boundaries.therapist_sheet.rules import MAX_BEHAVIOURS

DAYS = {3: _("Three days"), 7: _("A week"), 14: _("Two weeks")}


class SheetForm(CoupleForm):
    """Which behaviours go on the sheet, and for how many days its link works."""

    behaviours = forms.MultipleChoiceField(
        error_messages={
            "required": _("Please choose at least one."),
            "invalid_choice": _("Some of this isn’t open to you both any more."),
            "invalid_list": _("Please choose from the list."),
        }
    )
    days = forms.TypedChoiceField(
        choices=[(str(days), label) for days, label in DAYS.items()],
        coerce=int,
        error_messages={
            "required": _("Please choose how long the link works."),
            "invalid_choice": _("Please choose how long the link works."),
        },
    )

    def __init__(self, data: Any = None, *, offered: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["behaviours"].choices = [(behaviour, behaviour) for behaviour in offered]  # type: ignore[attr-defined]

    def clean_behaviours(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["behaviours"]
        if len(chosen) > MAX_BEHAVIOURS:
            raise forms.ValidationError(
                _("Please choose %(most)d at most, so it fits one page and one session.")
                % {"most": MAX_BEHAVIOURS}
            )
        return chosen

    @property
    def ticked(self) -> set[str]:
        """The behaviours that were submitted, valid or not, to tick them again."""
        data: Any = self.data
        return set(data.getlist("behaviours")) if data else set()

    @property
    def days_chosen(self) -> str:
        """The number of days that was submitted, or a week at first: the option to preselect."""
        return str(self.data.get("days", "7"))
