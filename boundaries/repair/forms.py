"""Forms of a repair: words that are still being written, and words to send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from boundaries import dates
from boundaries.content import control
from boundaries.vocabulary import FEELINGS, Feeling, RepairMove
from boundaries.web.fields import MAX_PART_LENGTH, DayField, FewField, WordsField
from boundaries.web.forms import WrittenForm

if TYPE_CHECKING:
    from django.http import QueryDict

MAX_FEELINGS = 3
IN_A_WEEK = timedelta(days=7)


class RepairForm(WrittenForm):
    """A move in a repair.

    `look` is the version of the page, `seen` that of the draft, and `noted` names words on which
    their writer has read a note before they are sent. A field has the same name nowhere else on
    the page.
    """

    look = forms.CharField(required=False, max_length=64, empty_value="")
    noted = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing = (*WrittenForm.plumbing, "look", "noted")
    asked: ClassVar[Mapping[str, str | Promise]] = {}  # fields that are needed, and what is said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, unanswered in self.asked.items():
            if self.handing and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(unanswered))
        return cleaned

    @property
    def repair_version(self) -> str:
        return str(self.cleaned_data["look"])

    @property
    def draft_version(self) -> str:
        return str(self.cleaned_data["seen"])

    @property
    def touches_access(self) -> bool:
        """Whether words in it may be about devices, whereabouts or passwords."""
        return any(control.may_be_access(text) for text in self.texts if text)

    @property
    def note_of_care(self) -> str:
        """What names these words once their writer has read the note on them."""
        return blake2b(repr(list(self.texts)).encode(), digest_size=12).hexdigest()

    @property
    def needs_care(self) -> bool:
        """Whether a note has to be read before they are sent."""
        return self.touches_access and self.cleaned_data["noted"] != self.note_of_care


class DescribeForm(RepairForm):
    words = WordsField()
    asked: ClassVar = {"words": _("Please write what happened.")}


class OwnUpForm(RepairForm):
    words = WordsField()
    asked: ClassVar = {"words": _("Please write what you did.")}


class ImpactForm(RepairForm):
    words = WordsField()
    feelings = FewField(Feeling.choices, MAX_FEELINGS, FEELINGS)
    touched = WordsField(MAX_PART_LENGTH)
    asked: ClassVar = {"words": _("Please write what it was like.")}


class SayBackForm(RepairForm):
    words = WordsField()
    asked: ClassVar = {"words": _("Please write what you heard, in your own words.")}


class MissingForm(RepairForm):
    missing = WordsField(MAX_PART_LENGTH)
    asked: ClassVar = {"missing": _("Please say in a line what’s still missing.")}


class OfferForm(RepairForm):
    sorry = WordsField()
    offer = WordsField(MAX_PART_LENGTH)
    on = DayField(required=False)
    asked: ClassVar = {
        "sorry": _("Please write what you see now."),
        "offer": _("Please write one thing you’ll do."),
        "on": _("Please choose a day."),
    }


class AskForm(RepairForm):
    question = WordsField(MAX_PART_LENGTH)
    asked: ClassVar = {"question": _("Please write your question.")}


class ReplyToQuestionForm(RepairForm):
    answer = WordsField()
    asked: ClassVar = {"answer": _("Please write an answer. “I don’t know yet” is one, too.")}


class UnderneathForm(RepairForm):
    underneath = WordsField()
    asked: ClassVar = {"underneath": _("Please write a line, or leave this out.")}


class FollowUpForm(RepairForm):
    now = WordsField(MAX_PART_LENGTH)
    helped = WordsField(MAX_PART_LENGTH)
    asked: ClassVar = {"now": _("Please write how it is now. A word is enough.")}


# The moves that words go with.
FORMS: dict[RepairMove, type[RepairForm]] = {
    RepairMove.DESCRIBE: DescribeForm,
    RepairMove.OWN_UP: OwnUpForm,
    RepairMove.IMPACT: ImpactForm,
    RepairMove.REFLECT: SayBackForm,
    RepairMove.NOT_YET: MissingForm,
    RepairMove.OFFER: OfferForm,
    RepairMove.ASK: AskForm,
    RepairMove.ANSWER: ReplyToQuestionForm,
    RepairMove.UNDERNEATH: UnderneathForm,
    RepairMove.FOLLOW_UP: FollowUpForm,
}

REPAIR_PURPOSE = re.compile(rf"({'|'.join(FORMS)})\+{{0,3}}")


class BeginForm(forms.Form):
    """Who crossed the line, and which."""

    behaviour = forms.CharField(required=False, max_length=32, empty_value="")
    crossed = forms.ChoiceField(choices=[("me", "me"), ("partner", "partner")])
    together = forms.CharField(required=False, max_length=64, empty_value="")


class KeepForm(forms.Form):
    stay = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    @property
    def keeps(self) -> bool:
        return bool(self.cleaned_data["stay"] == "yes")


def with_day(move: RepairMove, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """An offer has a day from the start: a week from now, unless its writer chose one to come."""
    chosen = str(content.get("on") or "")
    if move != RepairMove.OFFER or chosen >= dates.tomorrow().isoformat():
        return content
    return {**content, "on": (localdate() + IN_A_WEEK).isoformat()}


def sent_form(data: QueryDict, move: RepairMove) -> RepairForm:
    """What a person sent to take this turn."""
    return FORMS.get(move, RepairForm)(data)


def unsent_form(data: QueryDict) -> RepairForm | None:
    """The words that were sent, as a draft. None where none were sent."""
    purpose = REPAIR_PURPOSE.fullmatch(data.get("purpose", ""))
    return FORMS[RepairMove(purpose[1])](data, handing=False) if purpose else None


def own_texts(move: RepairMove, content: Mapping[str, Any]) -> list[str]:
    """The words in what was sent or saved: each once, in the form's order."""
    names = FORMS[move]().names_of_words if move in FORMS else []
    texts = (str(content.get(name) or "").strip() for name in names)
    return list(dict.fromkeys(text for text in texts if text))


def picked_feelings(content: Mapping[str, Any]) -> list[str]:
    """The feelings in it, as people read them."""
    chosen = content.get("feelings") or ()
    return [str(feeling.label) for feeling in Feeling if feeling.value in chosen]
