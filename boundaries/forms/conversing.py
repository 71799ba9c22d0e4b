"""What is sent in a talk: words that are still being written, and words that are handed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import LineField, TextField
from boundaries import dates
from boundaries.vocabulary import Condition, Feeling, Mode, Move, Need, Outcome, Side
from boundaries.wording import BOTH, Line

LONGEST_PART = 300  # characters
LONGEST_WORDS = 1500
MOST_FEELINGS = MOST_NEEDS = 3
PAUSES = {
    20: _("In 20 minutes"),
    60: _("In an hour"),
    180: _("In three hours"),
    720: _("In twelve hours"),
    1440: _("This time tomorrow"),
}


class WordsField(TextField):
    """Words of one's own. Nothing is cut off: what is too long is said to be."""

    def __init__(self, longest: int = LONGEST_WORDS) -> None:
        super().__init__(
            required=False,
            max_length=longest,
            error_messages={
                "max_length": _(
                    "This has %(show_value)d characters. There is room for %(limit_value)d."
                )
            },
        )


class LineOfWordsField(LineField, WordsField):
    """The same on one line: it stands in the middle of sentences of ours."""


class FewField(forms.MultipleChoiceField):
    """Some of a list, and not too many: three say more than ten."""

    def __init__(self, choices: Any, most: int) -> None:
        super().__init__(
            choices=choices,
            required=False,
            error_messages={"invalid_choice": _("Please choose from the list.")},
        )
        self.most = most

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(_("Please choose three at the most."), code="many")


class DayField(forms.DateField):
    """A day that is still ahead somewhere on earth, within a year."""

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
        if not dates.is_ahead(value) or value > dates.latest():
            raise forms.ValidationError(_("Please choose a day to come, within a year."), "day")


class TurnForm(forms.Form):
    """A move in a talk. `handing` says whether the words are handed over, or only kept."""

    look = forms.CharField(required=False, max_length=64, empty_value="")
    seen = forms.CharField(required=False, max_length=64, empty_value="")
    side = forms.TypedChoiceField(
        choices=Side.choices, coerce=Side, required=False, empty_value=None
    )
    plumbing: ClassVar[tuple[str, ...]] = ("look", "seen", "side", "part")

    def __init__(self, *args: Any, handing: bool = True, aloud: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.handing = handing
        self.aloud = aloud  # on a shared screen words may be said instead of written

    @property
    def sent(self) -> dict[str, Any]:
        """Every word just as it was typed, good or not, to be given back."""
        data: Any = self.data
        return {
            name: data.getlist(name)
            if isinstance(field, forms.MultipleChoiceField)
            else data.get(name, "")
            for name, field in self.fields.items()
            if name in data
        }

    @property
    def draft(self) -> dict[str, Any]:
        """What stands in the fields that were sent, as it is kept."""
        return {
            name: value.isoformat() if isinstance(value, date) else value or ""
            for name, value in self.cleaned_data.items()
            if name not in self.plumbing
        }

    @property
    def content(self) -> dict[str, Any]:
        """What is handed over."""
        return self.draft

    @property
    def hands_over_words(self) -> bool:
        """Whether something written was sent, good or not."""
        words = (name for name, field in self.fields.items() if isinstance(field, WordsField))
        return any(str(self.data.get(name, "")).strip() for name in words)

    @property
    def texts(self) -> Iterator[str]:
        """Everything in words of one's own."""
        for name, field in self.fields.items():
            if isinstance(field, WordsField):
                yield str(self.cleaned_data.get(name) or "")


class LaterForm(TurnForm):
    on = DayField(required=True)


class AppreciateForm(TurnForm):
    words = WordsField(LONGEST_PART)


class SpeakForm(TurnForm):
    """The parts of a statement, and the sentence that was made of them: one of the two is sent."""

    part = forms.CharField(required=False, max_length=12, empty_value="")
    when = WordsField(LONGEST_PART)
    feelings = FewField(Feeling.choices, MOST_FEELINGS)
    needs = FewField(Need.choices, MOST_NEEDS)
    because = WordsField(LONGEST_PART)
    like = WordsField(LONGEST_PART)
    not_meaning = WordsField(LONGEST_PART)
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

    words = WordsField(LONGEST_PART)


class SenseForm(TurnForm):
    because = WordsField(LONGEST_WORDS)
    imagine = WordsField(LONGEST_PART)


class FlexForm(TurnForm):
    keep = WordsField(LONGEST_PART)
    give = WordsField(LONGEST_PART)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        silent = not (cleaned.get("keep") or cleaned.get("give") or self.errors)
        if self.handing and silent and not self.aloud:
            self.add_error("keep", _("Please write at least one of the two."))
        return cleaned


class ProposeForm(TurnForm):
    """An outcome for both lines alike, or one for each, or one for one of them only."""

    alike = forms.ChoiceField(
        choices=[("yes", _("The same, whoever does it")), ("no", _("Different for each of us"))],
        required=False,
        error_messages={"invalid_choice": _("Please choose one of the two.")},
    )
    well = LineOfWordsField(LONGEST_PART)
    unlike = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing = (*TurnForm.plumbing, "unlike")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for doer in (BOTH, *Side.values):
            self.fields[f"outcome_{doer}"] = forms.ChoiceField(
                choices=Outcome.choices,
                required=False,
                error_messages={"invalid_choice": _("Please choose one of these.")},
            )
            self.fields[f"conditions_{doer}"] = forms.MultipleChoiceField(
                choices=Condition.choices,
                required=False,
                error_messages={"invalid_choice": _("Please choose from the list.")},
            )
            self.fields[f"words_{doer}"] = LineOfWordsField(LONGEST_PART)
            self.fields[f"on_{doer}"] = DayField()

    @property
    def hands_over_words(self) -> bool:
        """Always: what is chosen becomes words."""
        return True

    @property
    def doers(self) -> tuple[str, ...]:
        return tuple(Side.values) if self.cleaned_data.get("alike") == "no" else (BOTH,)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.handing:
            return cleaned
        chosen = [doer for doer in self.doers if cleaned.get(f"outcome_{doer}")]
        if not chosen and not any(f"outcome_{doer}" in self.errors for doer in self.doers):
            self.add_error(f"outcome_{self.doers[0]}", _("Please choose one of these."))
        for doer in chosen:
            outcome = cleaned[f"outcome_{doer}"]
            if outcome == Outcome.CONDITIONS and not (
                cleaned.get(f"conditions_{doer}") or cleaned.get(f"words_{doer}")
            ):
                self.add_error(f"words_{doer}", _("Please say on which conditions."))
            elif outcome == Outcome.REVISIT and not (
                cleaned.get(f"on_{doer}") or f"on_{doer}" in self.errors
            ):
                self.add_error(f"on_{doer}", _("Please choose a day."))
        return cleaned

    @property
    def lines(self) -> list[Line]:
        told = self.cleaned_data
        return [
            Line(
                doer=doer,
                outcome=Outcome(told[f"outcome_{doer}"]),
                conditions=tuple(
                    each
                    for each in Condition
                    if each in told[f"conditions_{doer}"]
                    and told[f"outcome_{doer}"] == Outcome.CONDITIONS
                ),
                words=told[f"words_{doer}"],
                on=told[f"on_{doer}"],
            )
            for doer in self.doers
            if told[f"outcome_{doer}"]
        ]


class YesForm(TurnForm):
    """Yes to words of this digest. `unlike`: knowing that they are not the same for both."""

    digest = forms.CharField(required=False, max_length=64, empty_value="")
    unlike = forms.CharField(required=False, max_length=64, empty_value="")

    @property
    def content(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"digest": told["digest"], "unlike": [told["unlike"]] if told["unlike"] else []}


class CloseForm(TurnForm):
    well = WordsField(LONGEST_PART)
    next = WordsField(LONGEST_PART)


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
