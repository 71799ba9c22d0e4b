"""What a card sends: two stances, and whatever goes with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import LineField, TextField
from boundaries.vocabulary import Aside, Condition, Stance, Weight

MAX_NOTE_LENGTH = 1000  # characters
MAX_CONDITION_LENGTH = 200


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
    """A few words of one's own."""

    def __init__(self, longest: int = MAX_NOTE_LENGTH) -> None:
        super().__init__(
            required=False,
            max_length=longest,
            error_messages={
                "max_length": _(
                    "This note has %(show_value)d characters. There is room for %(limit_value)d."
                )
            },
        )


class LineOfNoteField(LineField, NoteField):
    """The same on one line: it stands in a list, beside conditions in words of ours."""


class BriefForm(forms.Form):
    """A card on the list: the two stances alone. All else that was said stays as it is."""

    partners = StanceField()
    mine = StanceField()
    seen = forms.CharField(required=False, max_length=64, empty_value="")

    @property
    def said(self) -> dict[str, Any]:
        """What is to be kept, in the words of Said."""
        return {name: self.cleaned_data[name] for name in ("mine", "partners")}

    @property
    def aside(self) -> Aside | None:
        return None


class CardForm(BriefForm):
    """One card, whole. An empty one is an answer not given, which is allowed."""

    weight = forms.TypedChoiceField(
        choices=Weight.choices,
        coerce=Weight,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Please choose one of the three.")},
    )
    conditions = forms.TypedMultipleChoiceField(
        choices=Condition.choices,
        coerce=Condition,
        required=False,
        error_messages={"invalid_choice": _("Please choose from the list.")},
    )
    in_other_words = LineOfNoteField(MAX_CONDITION_LENGTH)
    private = forms.BooleanField(required=False)
    note = NoteField()
    self_note = NoteField()
    guess = StanceField()
    to_keep_the_peace = forms.BooleanField(required=False)
    live = forms.BooleanField(required=False)

    @property
    def said(self) -> dict[str, Any]:
        names = ("mine", "partners", "weight", "in_other_words", "private", "note")
        said = {name: self.cleaned_data[name] for name in names}
        chosen = self.cleaned_data["conditions"]
        return said | {"conditions": tuple(each for each in Condition if each in chosen)}

    @property
    def aside(self) -> Aside | None:
        told = self.cleaned_data
        return Aside(
            note=told["self_note"],
            guess=told["guess"],
            to_keep_the_peace=told["to_keep_the_peace"],
            live=told["live"],
        )


class SeenForm(forms.Form):
    """A button on a card, and the version of the card it stood on."""

    seen = forms.CharField(required=False, max_length=64, empty_value="")
