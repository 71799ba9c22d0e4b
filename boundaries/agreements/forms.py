"""What is sent on the page of understandings: words for it, a yes, and the taking back of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries import dates
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.vocabulary import Condition, Outcome, Side
from boundaries.web.fields import MAX_PART_LENGTH, DayField, LineOfWordsField
from boundaries.web.forms import WrittenForm

if TYPE_CHECKING:
    from boundaries.agreements.words import Words

CHANGED = _("Some of these words have changed meanwhile. Please read them again.")


class ProposalForm(WrittenForm):
    """An outcome for both lines alike, or one for each, or one for one of them only."""

    alike = forms.ChoiceField(
        choices=[("yes", _("The same, whoever does it")), ("no", _("Different for each of us"))],
        required=False,
        error_messages={"invalid_choice": _("Please choose one of the two.")},
    )
    well = LineOfWordsField(MAX_PART_LENGTH)
    unlike = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing = (*WrittenForm.plumbing, "unlike")
    added_words = tuple(f"words_{doer}" for doer in (BOTH, *Side.values))

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
            self.fields[f"words_{doer}"] = LineOfWordsField(MAX_PART_LENGTH)
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
    def lines(self) -> list[ProposalLine]:
        told = self.cleaned_data
        return [
            ProposalLine(
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


class WordsForm(ProposalForm):
    """A proposal that is written on the page, for the other to say yes to or not."""

    together = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing = (*ProposalForm.plumbing, "together")

    @staticmethod
    def begun_from(lines: Iterable[ProposalLine], well: str = "") -> Mapping[str, Any]:
        """What stands in the form for who begins with words that there are."""
        said: dict[str, Any] = {"alike": "yes", "well": well}
        for line in lines:
            said["alike"] = "yes" if line.doer == BOTH else "no"
            said[f"outcome_{line.doer}"] = line.outcome.value
            said[f"conditions_{line.doer}"] = [each.value for each in line.conditions]
            said[f"words_{line.doer}"] = line.words
            said[f"on_{line.doer}"] = _still_to_come(line.on)
        return said


class DigestsForm(forms.Form):
    """Words out of those that were shown, each by its digest."""

    together = forms.CharField(required=False, max_length=64, empty_value="")
    digests = forms.MultipleChoiceField(
        error_messages={
            "required": _("Please tick at least one."),
            "invalid_choice": CHANGED,
            "invalid_list": CHANGED,
        }
    )

    def __init__(self, data: Any, *, shown: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["digests"].choices = [(each, each) for each in shown]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        """What was ticked, good or not."""
        data: Any = self.data
        return set(data.getlist("digests"))

    @property
    def changed(self) -> bool:
        """Whether something was ticked that does not lie there any more."""
        return self.has_error("digests", "invalid_choice")


class AssentForm(DigestsForm):
    """Yes to words. What is not the same for both is said yes to knowingly.

    agreeing.py decides that; here it is only said beside the field.
    """

    unlike = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": CHANGED, "invalid_list": CHANGED}
    )

    def __init__(self, data: Any, *, shown: Mapping[str, Words]) -> None:
        super().__init__(data, shown=shown)
        self.asymmetric = {digest for digest, words in shown.items() if not words.alike}
        self.fields["unlike"].choices = [(each, each) for each in self.asymmetric]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        said = set(cleaned.get("digests", ())) & self.asymmetric
        if said - set(cleaned.get("unlike", ())):
            self.add_error(
                "unlike", _("Please tick that you have seen it: this is not the same for both.")
            )
        return cleaned


class DigestForm(forms.Form):
    """One proposal or understanding, by the digest of its words."""

    digest = forms.CharField(max_length=64)
    together = forms.CharField(required=False, max_length=64, empty_value="")


def _still_to_come(day: date | None) -> str:
    return day.isoformat() if day and dates.is_ahead(day) else ""
