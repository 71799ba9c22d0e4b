"""Forms of the agreement pages: words to propose, a yes, and taking one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries import dates
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, put_into_words
from boundaries.vocabulary import Condition, Outcome, Side
from boundaries.web.fields import MAX_PART_LENGTH, DayField, LineOfWordsField
from boundaries.web.forms import WrittenForm

CHANGED = _("Some of these words have changed since you opened this page. Please read them again.")


class CoupleForm(forms.Form):
    """A form that is about the couple on the page. `together` is its couple token."""

    together = forms.CharField(required=False, max_length=64, empty_value="")


class ProposalForm(WrittenForm):
    """A proposal: the same for both, different for both, or for one partner only."""

    alike = forms.ChoiceField(
        choices=[("yes", _("The same, whoever does it")), ("no", _("Different for each of us"))],
        required=False,
        error_messages={"invalid_choice": _("Please choose one of the two.")},
    )
    well = LineOfWordsField(MAX_PART_LENGTH)
    acknowledged = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing = (*WrittenForm.plumbing, "acknowledged")
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

    @staticmethod
    def content_of(lines: Iterable[ProposalLine], well: str = "") -> Mapping[str, Any]:
        """Return what the form contains if somebody starts with these lines, by field name."""
        content: dict[str, Any] = {"alike": "yes", "well": well}
        for line in lines:
            content["alike"] = "yes" if line.doer == BOTH else "no"
            content[f"outcome_{line.doer}"] = line.outcome.value
            content[f"conditions_{line.doer}"] = [condition.value for condition in line.conditions]
            content[f"words_{line.doer}"] = line.words
            content[f"on_{line.doer}"] = _day_ahead(line.on)
        return content

    @classmethod
    def read_out(
        cls, content: Mapping[str, Any], behaviour: str, names: Mapping[Side, str]
    ) -> Words | None:
        """Return what this content would say if it were proposed now; None while it can't be.

        `behaviour` is its text, not its id.
        """
        form = cls(dict(content))
        if not form.is_valid():
            return None
        return put_into_words(behaviour, form.lines, names, form.cleaned_data["well"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.handing:
            return cleaned
        chosen = [doer for doer in self.doers if cleaned.get(f"outcome_{doer}")]
        if not chosen and not any(f"outcome_{doer}" in self.errors for doer in self.doers):
            self.add_error(f"outcome_{self.doers[0]}", _("Please choose one of these."))
        for doer in chosen:
            self._check_details(doer, cleaned)
        return cleaned

    @property
    def hands_over_words(self) -> bool:
        """Always true: a proposal without words of one's own becomes words, too."""
        return True

    @property
    def doers(self) -> tuple[str, ...]:
        """The lines that this proposal may have."""
        return tuple(Side.values) if self.cleaned_data.get("alike") == "no" else (BOTH,)

    @property
    def lines(self) -> list[ProposalLine]:
        return [self._line(doer) for doer in self.doers if self.cleaned_data[f"outcome_{doer}"]]

    def _check_details(self, doer: str, cleaned: Mapping[str, Any]) -> None:
        outcome = cleaned[f"outcome_{doer}"]
        if outcome == Outcome.CONDITIONS and not (
            cleaned.get(f"conditions_{doer}") or cleaned.get(f"words_{doer}")
        ):
            self.add_error(f"conditions_{doer}", _("Please say on which conditions."))
        elif outcome == Outcome.REVISIT and not (
            cleaned.get(f"on_{doer}") or f"on_{doer}" in self.errors
        ):
            self.add_error(f"on_{doer}", _("Please choose a day."))

    def _line(self, doer: str) -> ProposalLine:
        cleaned = self.cleaned_data
        outcome, chosen = Outcome(cleaned[f"outcome_{doer}"]), cleaned[f"conditions_{doer}"]
        if outcome != Outcome.CONDITIONS:
            chosen = []
        return ProposalLine(
            doer=doer,
            outcome=outcome,
            conditions=tuple(condition for condition in Condition if condition in chosen),
            words=cleaned[f"words_{doer}"],
            on=cleaned[f"on_{doer}"],
        )


class WordsForm(CoupleForm, ProposalForm):
    """A proposal that is written on its own page."""

    plumbing = (*ProposalForm.plumbing, "together")
    changed = False

    @property
    def versions(self) -> dict[str, str]:
        """What the form was made from, to show it once more and not count as newer."""
        data = self.data
        return {"seen": data.get("seen", ""), "couple_token": data.get("together", "")}


class DigestsForm(CoupleForm):
    """Some of the words on a page, by their digests."""

    digests = forms.MultipleChoiceField(
        error_messages={
            "required": _("Please tick at least one."),
            "invalid_choice": CHANGED,
            "invalid_list": CHANGED,
        }
    )

    def __init__(self, data: Any, *, shown: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["digests"].required = not self.listed
        self.fields["digests"].choices = [(digest, digest) for digest in shown]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        """The digests that were ticked, valid or not."""
        data: Any = self.data
        return set(data.getlist("digests"))

    @property
    def listed(self) -> list[str]:
        """What stood on a page where whatever is not ticked is left for now."""
        data: Any = self.data
        return list(data.getlist("listed"))

    @property
    def left(self) -> set[str]:
        return set(self.listed) - self.ticked

    @property
    def changed(self) -> bool:
        """Whether something was ticked that is not on the page any more."""
        return self.has_error("digests", "invalid_choice")


class AssentForm(DigestsForm):
    """A yes to some words. Those that are not the same for both need a second tick.

    rules.py checks the tick, too; here it becomes an error next to the field.
    """

    acknowledged = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": CHANGED, "invalid_list": CHANGED}
    )

    def __init__(self, data: Any, *, shown: Mapping[str, Words]) -> None:
        super().__init__(data, shown=shown)
        self.asymmetric = {digest for digest, words in shown.items() if not words.alike}
        self.fields["acknowledged"].choices = [(digest, digest) for digest in self.asymmetric]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        asymmetric = set(cleaned.get("digests", ())) & self.asymmetric
        if asymmetric - set(cleaned.get("acknowledged", ())):
            self.add_error(
                "acknowledged",
                _("Please tick to say you’ve seen that this isn’t the same for both of you."),
            )
        return cleaned

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `rules.assent` and `rules.propose_common_ground`."""
        names = {"digests": "digests", "acknowledged": "acknowledged", "couple_token": "together"}
        return {name: self.cleaned_data[field] for name, field in names.items()}


class DigestForm(CoupleForm):
    """One proposal or agreement, by the digest of its words."""

    digest = forms.CharField(max_length=64)
    changed = True  # a page always sends a digest


def _day_ahead(day: date | None) -> str:
    return day.isoformat() if day and dates.is_ahead(day) else ""
