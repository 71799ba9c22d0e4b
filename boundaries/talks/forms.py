"""What is sent in a talk: words that are still being written, and words that are handed over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.agreements.forms import ProposalForm
from boundaries.vocabulary import Feeling, Mode, Move, Need, Side
from boundaries.web.fields import MAX_PART_LENGTH, MAX_WORDS_LENGTH, DayField, FewField, WordsField
from boundaries.web.forms import WrittenForm

MAX_FEELINGS = MAX_NEEDS = 3
PAUSES = {
    20: _("In 20 minutes"),
    60: _("In an hour"),
    180: _("In three hours"),
    720: _("In twelve hours"),
    1440: _("This time tomorrow"),
}


class TurnForm(WrittenForm):
    """A move in a talk."""

    look = forms.CharField(required=False, max_length=64, empty_value="")
    side = forms.TypedChoiceField(
        choices=Side.choices, coerce=Side, required=False, empty_value=None
    )
    plumbing = (*WrittenForm.plumbing, "look", "side", "part")


class LaterForm(TurnForm):
    on = DayField(required=True)


class AppreciateForm(TurnForm):
    words = WordsField(MAX_PART_LENGTH)


class SpeakForm(TurnForm):
    """The parts of a statement, and the sentence that was made of them: one of the two is sent."""

    part = forms.CharField(required=False, max_length=12, empty_value="")
    when = WordsField(MAX_PART_LENGTH)
    feelings = FewField(Feeling.choices, MAX_FEELINGS)
    needs = FewField(Need.choices, MAX_NEEDS)
    because = WordsField(MAX_PART_LENGTH)
    like = WordsField(MAX_PART_LENGTH)
    not_meaning = WordsField(MAX_PART_LENGTH)
    words = WordsField()

    @property
    def draft(self) -> dict[str, Any]:
        sentence = self.handing or self.cleaned_data.get("part") != "parts"
        return {
            name: value for name, value in super().draft.items() if (name == "words") == sentence
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.handing and "words" in cleaned and not cleaned["words"] and not self.aloud:
            self.add_error("words", _("Please write what you want to say."))
        return cleaned


class ReflectForm(TurnForm):
    words = WordsField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.handing and "words" in cleaned and not cleaned["words"] and not self.aloud:
            self.add_error("words", _("Please write what you heard, in your own words."))
        return cleaned


class ReplyForm(TurnForm):
    """What did not arrive yet, in a line."""

    words = WordsField(MAX_PART_LENGTH)


class SenseForm(TurnForm):
    because = WordsField(MAX_WORDS_LENGTH)
    imagine = WordsField(MAX_PART_LENGTH)


class FlexForm(TurnForm):
    keep = WordsField(MAX_PART_LENGTH)
    give = WordsField(MAX_PART_LENGTH)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        silent = not (cleaned.get("keep") or cleaned.get("give") or self.errors)
        if self.handing and silent and not self.aloud:
            self.add_error("keep", _("Please write at least one of the two."))
        return cleaned


class ProposeForm(ProposalForm, TurnForm):
    """The outcome of a talk."""

    plumbing = (*TurnForm.plumbing, *ProposalForm.plumbing)


class TalkAssentForm(TurnForm):
    """Yes to words of this digest. `unlike`: knowing that they are not the same for both."""

    digest = forms.CharField(required=False, max_length=64, empty_value="")
    unlike = forms.CharField(required=False, max_length=64, empty_value="")

    @property
    def content(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"digest": told["digest"], "unlike": [told["unlike"]] if told["unlike"] else []}


class CloseForm(TurnForm):
    well = WordsField(MAX_PART_LENGTH)
    next = WordsField(MAX_PART_LENGTH)


# What goes with a move. All others go without words.
FORMS: dict[Move, type[TurnForm]] = {
    Move.LATER: LaterForm,
    Move.APPRECIATE: AppreciateForm,
    Move.SPEAK: SpeakForm,
    Move.REFLECT: ReflectForm,
    Move.PARTLY: ReplyForm,
    Move.NOT_YET: ReplyForm,
    Move.MAKES_SENSE: SenseForm,
    Move.FLEX: FlexForm,
    Move.PROPOSE: ProposeForm,
    Move.CLOSE: CloseForm,
}


class OpenForm(forms.Form):
    """How a talk is to be held, and who begins."""

    mode = forms.TypedChoiceField(
        choices=Mode.choices,
        coerce=Mode,
        error_messages={
            "required": _("Please choose one of the two."),
            "invalid_choice": _("Please choose one of the two."),
        },
    )
    begins = forms.ChoiceField(
        choices=[("me", "me"), ("partner", "partner")],
        error_messages={
            "required": _("Please choose who speaks first."),
            "invalid_choice": _("Please choose who speaks first."),
        },
    )
    together = forms.CharField(required=False, max_length=64, empty_value="")


class PauseForm(forms.Form):
    """When to come back."""

    minutes = forms.TypedChoiceField(
        choices=[(str(minutes), told) for minutes, told in PAUSES.items()],
        coerce=int,
        error_messages={
            "required": _("Please choose when you come back."),
            "invalid_choice": _("Please choose when you come back."),
        },
    )


class ModeForm(forms.Form):
    mode = forms.TypedChoiceField(choices=Mode.choices, coerce=Mode)
