"""Form fields that two or more parts of the product use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.text import LineField, TextField
from boundaries import dates
from boundaries.vocabulary import FEELINGS, Feeling

MAX_PART_LENGTH = 300  # characters
MAX_WORDS_LENGTH = 1500


class WordsField(TextField):
    """Words of the writer's own. Too many are an error; nothing is cut off."""

    def __init__(self, max_length: int = MAX_WORDS_LENGTH) -> None:
        super().__init__(
            required=False,
            max_length=max_length,
            error_messages={
                "max_length": ngettext_lazy(
                    "This has %(show_value)d character. There is room for %(limit_value)d.",
                    "This has %(show_value)d characters. There is room for %(limit_value)d.",
                    "show_value",
                )
            },
        )


class LineOfWordsField(LineField, WordsField):
    """The same on one line, for words in the middle of a sentence of ours."""


class FewField(forms.MultipleChoiceField):
    """A few choices of a list. A general one gives way to a finer one: `finer` holds those."""

    def __init__(
        self, choices: Any, most: int, finer: Mapping[Any, Collection[str]] | None = None
    ) -> None:
        super().__init__(
            choices=choices,
            required=False,
            error_messages={"invalid_choice": _("Please choose from the list.")},
        )
        self.most = most
        self.finer = finer or {}

    def to_python(self, value: Any) -> list[str]:
        picked = super().to_python(value)
        return [choice for choice in picked if not {*self.finer.get(choice, ())} & {*picked}]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(_("Please choose three at the most."), code="many")


def offered_feelings(
    picked: Collection[str],
) -> list[tuple[Feeling, tuple[Feeling, ...], bool]]:
    """Each general feeling, its finer words, and whether it or one of them is chosen."""
    return [
        (general, finer, any(feeling in picked for feeling in (general, *finer)))
        for general, finer in FEELINGS.items()
    ]


class DayField(forms.DateField):
    """A day that both see, within a year."""

    def __init__(self, required: bool = False) -> None:
        super().__init__(
            required=required,
            input_formats=["%Y-%m-%d"],  # 03/04 is a day in March for some, and in April for others
            error_messages={
                "required": _("Please choose a day."),
                "invalid": _("Please choose a day, such as 2027-01-31."),
            },
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if not dates.can_be_shared(value):
            raise forms.ValidationError(_("Please choose a day to come, within a year."), "day")
