"""The forms of a card: two stances, and everything that can go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.text import LineField, TextField
from boundaries.vocabulary import Aside, Condition, Stance, Weight

if TYPE_CHECKING:
    from boundaries.answers.sheets import Row

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
    """A note in one's own words."""

    def __init__(self, max_length: int = MAX_NOTE_LENGTH) -> None:
        super().__init__(
            required=False,
            max_length=max_length,
            error_messages={
                "max_length": ngettext_lazy(
                    "This note has %(show_value)d character. There is room for %(limit_value)d.",
                    "This note has %(show_value)d characters. There is room for %(limit_value)d.",
                    "show_value",
                )
            },
        )


class LineOfNoteField(LineField, NoteField):
    """A note of one line: it is shown in a list, next to the conditions we word."""


class BriefForm(forms.Form):
    """A card on the list: only the two stances. The rest of the answer stays as it is.

    A card that asks once (`once`) has one stance for both directions, until `apart` is ticked. A
    browser whose stylesheet cannot fold the second direction away says so by its button
    (`both_shown`). From there, and from a page without that tick, both are taken as they are.
    """

    partners = StanceField()
    mine = StanceField()
    once = forms.BooleanField(required=False)
    apart = forms.BooleanField(required=False)
    both_shown = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=64, empty_value="")

    @property
    def answer_values(self) -> dict[str, Any]:
        """The fields of an Answer that this form changes."""
        sent = self.cleaned_data
        both_alike = sent["once"] and not (sent["apart"] or sent["both_shown"])
        mine = sent["partners"] if both_alike else sent["mine"]
        return {"mine": mine, "partners": sent["partners"]}

    @property
    def aside(self) -> Aside | None:
        """What this person adds for themselves; None leaves it as it is."""
        return None


class CardForm(BriefForm):
    """One whole card. It may be empty: nobody has to answer."""

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
    def answer_values(self) -> dict[str, Any]:
        names = ("weight", "in_other_words", "private", "note")
        values = super().answer_values | {name: self.cleaned_data[name] for name in names}
        chosen = self.cleaned_data["conditions"]
        in_order = tuple(condition for condition in Condition if condition in chosen)
        return values | {"conditions": in_order}

    def says(self, row: Row) -> bool:
        """Whether this is what is stored of the card."""
        stored = all(getattr(row.answer, name) == it for name, it in self.answer_values.items())
        return stored and self.aside == row.aside

    @property
    def aside(self) -> Aside | None:
        sent = self.cleaned_data
        return Aside(
            note=sent["self_note"],
            guess=sent["guess"],
            to_keep_the_peace=sent["to_keep_the_peace"],
            live=sent["live"],
        )
