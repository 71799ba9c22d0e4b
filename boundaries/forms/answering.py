"""What a card sends: two stances, and the words that go with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import TextField
from boundaries.vocabulary import Stance

LONGEST_NOTE = 1000  # characters


class StanceField(forms.TypedChoiceField):
    """One of the four stances, or nothing."""

    def __init__(self) -> None:
        super().__init__(
            choices=Stance.choices,
            coerce=Stance,
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": _("Please choose one of the four.")},
        )


class NoteField(TextField):
    """A few words, at most a thousand characters."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=LONGEST_NOTE,
            error_messages={
                "max_length": _(
                    "This note has %(show_value)d characters. There is room for %(limit_value)d."
                )
            },
        )


class AnswerForm(forms.Form):
    """One card, whole. An empty one is an answer not given, which is allowed."""

    partners = StanceField()
    mine = StanceField()
    private = forms.BooleanField(required=False)
    note = NoteField()
    self_note = NoteField()

    @property
    def words(self) -> dict[str, Any]:
        return self.cleaned_data
