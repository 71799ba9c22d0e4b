"""The forms of check-ins: one person's half, and the rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boundaries.agreements.forms import CoupleForm
from boundaries.check_ins.pattern import LONGEST, Pattern
from boundaries.check_ins.replies import Replies
from boundaries.vocabulary import Closeness, Frequency
from boundaries.web.fields import MAX_PART_LENGTH, LineOfWordsField
from boundaries.web.forms import WrittenForm

FROM_THE_LIST = {"invalid_choice": _("Please choose from the list.")}
NOT_AHEAD = _("Please choose a time within the next five weeks.")

NOTHING, SOMETHING = "nothing", "something"
STILL_GOOD, TALK = "still-good", "talk"


class HalfForm(WrittenForm, CoupleForm):
    """One person's half of a check-in."""

    appreciation = LineOfWordsField(MAX_PART_LENGTH)
    well = LineOfWordsField(MAX_PART_LENGTH)
    closeness = forms.ChoiceField(
        choices=Closeness.choices, required=False, error_messages=FROM_THE_LIST
    )
    anything_new = forms.ChoiceField(
        choices=[(NOTHING, _("Nothing today")), (SOMETHING, _("Yes, there is"))],
        required=False,
        error_messages=FROM_THE_LIST,
    )
    new = LineOfWordsField(MAX_PART_LENGTH)
    understanding = forms.UUIDField(
        required=False, error_messages={"invalid": FROM_THE_LIST["invalid_choice"]}
    )
    still = forms.ChoiceField(
        choices=[(STILL_GOOD, _("Still good")), (TALK, _("Let’s talk about it"))],
        required=False,
        error_messages=FROM_THE_LIST,
    )
    plan = LineOfWordsField(MAX_PART_LENGTH)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        new, chosen = cleaned.get("new"), cleaned.get("anything_new")
        if new and chosen == NOTHING:
            self.add_error("new", _("You wrote something and chose “Nothing today”. Which is it?"))
        if chosen == SOMETHING and not new and "new" not in self.errors:
            self.add_error("new", _("A word is enough. Or choose “Nothing today” for now."))
        if not self.errors and self.replies.blank:
            self.add_error(None, _("There’s nothing here yet. One line is enough."))
        return cleaned

    @property
    def replies(self) -> Replies:
        sent = self.cleaned_data
        return Replies(
            appreciation=sent["appreciation"],
            well=sent["well"],
            closeness=Closeness(sent["closeness"]) if sent["closeness"] else None,
            nothing_new=sent["anything_new"] == NOTHING,
            new=sent["new"],
            understanding=sent["understanding"] if sent["still"] else None,
            still_good=sent["still"] == STILL_GOOD if sent["still"] else None,
            plan=sent["plan"],
        )

    @staticmethod
    def content_of(replies: Replies) -> Mapping[str, str]:
        """The words of a half, to continue with. What was only chosen is asked again."""
        words = {name: getattr(replies, name) for name in ("appreciation", "well", "new", "plan")}
        return words | {"anything_new": SOMETHING if replies.new else ""}


class RhythmForm(CoupleForm):
    """How often two people check in, and when first: by the clock of whoever sets it."""

    every = forms.ChoiceField(
        choices=Frequency.choices,
        error_messages={
            "required": _("Please choose how often."),
            "invalid_choice": _("Please choose how often."),
        },
    )
    first_on = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Please choose a day."),
            "invalid": _("Please choose a day, such as 2027-01-31."),
        },
    )
    at = forms.TimeField(
        input_formats=["%H:%M"],
        error_messages={
            "required": _("Please choose a time."),
            "invalid": _("Please choose a time, such as 19:30."),
        },
    )
    version = forms.CharField(required=False, max_length=64, empty_value="")

    def clean_first_on(self) -> date:
        """A year far from ours would be past what a zone can tell."""
        day: date = self.cleaned_data["first_on"]
        if abs(day - timezone.localdate()) > LONGEST * 2:
            raise forms.ValidationError(NOT_AHEAD)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            starts_on = self.pattern(settings.TIME_ZONE).starts_on
            chosen, first = (
                datetime.combine(day, cleaned["at"], tzinfo=timezone.get_current_timezone())
                for day in (cleaned["first_on"], starts_on)
            )
            if not (first > timezone.now() and chosen <= timezone.now() + LONGEST):
                self.add_error("first_on", NOT_AHEAD)
        return cleaned

    def pattern(self, zone: str) -> Pattern:
        sent = self.cleaned_data
        return Pattern(
            every=Frequency(sent["every"]), first_on=sent["first_on"], at=sent["at"], zone=zone
        )
