"""Forms of a talk: words that are still being written, and words to hand over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from boundaries.agreements.forms import ProposalForm
from boundaries.talks.flow import ROUNDS
from boundaries.vocabulary import FEELINGS, Feeling, Mode, Move, Need, Side
from boundaries.web.fields import MAX_PART_LENGTH, DayField, FewField, WordsField
from boundaries.web.forms import WrittenForm

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from boundaries.talks.reading import Talk

MAX_FEELINGS = MAX_NEEDS = 3
REPLIES = (Move.YES, Move.PARTLY, Move.NOT_YET)
PAUSES = {
    20: _("In 20 minutes"),
    60: _("In an hour"),
    180: _("In three hours"),
    720: _("In twelve hours"),
    1440: _("This time tomorrow"),
}


class TurnForm(WrittenForm):
    """A move in a talk.

    `look` is the version of the talk on the page, `seen` the version of the draft.
    """

    look = forms.CharField(required=False, max_length=64, empty_value="")
    side = forms.TypedChoiceField(
        choices=Side.choices, coerce=Side, required=False, empty_value=None
    )
    plumbing = (*WrittenForm.plumbing, "look", "side", "part")
    asked: ClassVar[tuple[str, ...]] = ()  # fields of which one is written before a hand-over
    unanswered: ClassVar[str | Promise] = ""  # what is said where none is
    can_be_said_aloud = True  # on a shared screen, where nothing has to be written then

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_empty = self.asked and not any(
            cleaned.get(name) or name in self.errors for name in self.asked
        )
        is_said = self.aloud and self.can_be_said_aloud
        if self.handing and is_empty and not is_said:
            self.add_error(self.asked[0], str(self.unanswered))
        return cleaned

    @property
    def purpose(self) -> str:
        """What the words are for; see `drafts.purpose_of`."""
        return str(self.data.get("purpose", ""))

    @property
    def talk_version(self) -> str:
        return str(self.cleaned_data["look"])

    @property
    def draft_version(self) -> str:
        return str(self.cleaned_data["seen"])


class LaterForm(TurnForm):
    on = DayField(required=True)


class AppreciateForm(TurnForm):
    words = WordsField(MAX_PART_LENGTH)
    asked = ("words",)
    unanswered = _("Please write one thing, or leave this out.")


# The steps in which a statement is put together, and the fields of each.
PARTS: dict[str, tuple[str, ...]] = {
    "when": ("when", "feelings"),
    "matters": ("needs", "because"),
    "like": ("wish", "not_asking", "like", "not_meaning"),
    "sentence": ("words",),
}

# A page that was loaded before the steps were as small sends all but the sentence.
EARLIER_PARTS = (*PARTS["when"], *PARTS["matters"], *PARTS["like"])


class SpeakForm(TurnForm):
    """One part of a statement, or the sentence that they make: a page sends one of them."""

    part = forms.CharField(required=False, max_length=12, empty_value="")
    when = WordsField(MAX_PART_LENGTH)
    feelings = FewField(Feeling.choices, MAX_FEELINGS, FEELINGS)
    needs = FewField(Need.choices, MAX_NEEDS)
    because = WordsField(MAX_PART_LENGTH)
    wish = WordsField(MAX_PART_LENGTH)
    not_asking = WordsField(MAX_PART_LENGTH)
    like = WordsField(MAX_PART_LENGTH)  # of drafts from before there was `wish`
    not_meaning = WordsField(MAX_PART_LENGTH)  # and before there was `not_asking`
    words = WordsField()
    unwritten = forms.BooleanField(required=False)  # "leave it unwritten", once it was asked
    composed = forms.BooleanField(required=False)  # take the sentence that the parts make
    plumbing = (*TurnForm.plumbing, "unwritten", "composed")

    def clean_words(self) -> str:
        return "" if self.data.get("composed") else str(self.cleaned_data["words"] or "")

    @property
    def draft(self) -> dict[str, Any]:
        part = "sentence" if self.handing else self.cleaned_data.get("part")
        fields = EARLIER_PARTS if part == "parts" else PARTS.get(str(part), PARTS["sentence"])
        either = PARTS["like"]  # a page has one of the fields for a wish, and keeps the other
        return {
            name: value
            for name, value in super().draft.items()
            if name in fields and (name not in either or name in self.data)
        }

    asked = ("words",)
    unanswered = _("Please write what you want to say.")


class ReflectForm(TurnForm):
    words = WordsField()
    asked = ("words",)
    unanswered = _("Please write what you heard, in your own words.")


class ReplyForm(TurnForm):
    """What is still missing, in a line."""

    words = WordsField(MAX_PART_LENGTH)
    asked = ("words",)
    unanswered = _("Please say in a line what is still missing.")


class SenseForm(TurnForm):
    because = WordsField()
    imagine = WordsField(MAX_PART_LENGTH)
    asked = ("because", "imagine")
    unanswered = _("Please write one of the two, or leave this out.")


class FlexForm(TurnForm):
    keep = WordsField(MAX_PART_LENGTH)
    give = WordsField(MAX_PART_LENGTH)
    intend = WordsField(MAX_PART_LENGTH)
    land = WordsField(MAX_PART_LENGTH)
    asked = ("keep", "give", "intend", "land")
    unanswered = _("Please write one of these, or leave this out.")
    can_be_said_aloud = False


class ProposeForm(ProposalForm, TurnForm):
    """The outcome of a talk."""

    plumbing = (*TurnForm.plumbing, *ProposalForm.plumbing)


class TalkAssentForm(TurnForm):
    """Yes to the words with this digest.

    `acknowledged` is the same digest, if the words differ for the two and that was ticked.
    """

    digest = forms.CharField(required=False, max_length=64, empty_value="")
    acknowledged = forms.CharField(required=False, max_length=64, empty_value="")

    @property
    def content(self) -> dict[str, Any]:
        digest, ticked = self.cleaned_data["digest"], self.cleaned_data["acknowledged"]
        return {"digest": digest, "acknowledged": [ticked] if ticked else []}


class TogetherForm(TurnForm):
    """One press on a shared screen; with the speaker's reply, where one was asked for."""

    reply = forms.TypedChoiceField(
        choices=[(move.value, move.label) for move in REPLIES],
        coerce=Move,
        required=False,
        empty_value=None,
    )


class CloseForm(TurnForm):
    well = WordsField(MAX_PART_LENGTH)
    next = WordsField(MAX_PART_LENGTH)


# The moves that words go with.
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


PURPOSE = re.compile(rf"({'|'.join(FORMS)})-[12]-[1-{ROUNDS}]")

# Steps that somebody may leave out by a button of its own, and what is handed over then.
LEFT_OUT: dict[Move, Mapping[str, Any]] = {
    move: {**dict.fromkeys(FORMS[move].asked, ""), "left_out": True}
    for move in (Move.APPRECIATE, Move.MAKES_SENSE, Move.FLEX)
}
LEAVE_OUT = "leave_out"  # the name of that button


class OpenForm(forms.Form):
    """How two people want to talk, and who speaks first."""

    mode = forms.TypedChoiceField(
        choices=Mode.choices,
        coerce=Mode,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the two.")
        ),
    )
    begins = forms.ChoiceField(
        choices=[("me", "me"), ("partner", "partner")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose who speaks first.")
        ),
    )
    together = forms.CharField(required=False, max_length=64, empty_value="")


class PauseForm(forms.Form):
    """When to come back."""

    minutes = forms.TypedChoiceField(
        choices=[(str(minutes), label) for minutes, label in PAUSES.items()],
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose when you come back.")
        ),
    )


class ModeForm(forms.Form):
    mode = forms.TypedChoiceField(choices=Mode.choices, coerce=Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTurn:
    """A turn as it was sent."""

    move: Move
    side: Side
    is_named: bool  # whether it says whose turn it is, which a shared screen has to
    form: TurnForm
    beside: TurnForm | None  # words of the same form, where its button hands none over
    left_out: bool = False  # nothing is handed over, by a button that says so

    @property
    def hands_over(self) -> bool:
        """Whether it hands over words, or says yes to some."""
        return self.form.hands_over_words or self.move == Move.ASSENT

    @property
    def invalid(self) -> TurnForm | None:
        """The first form with errors."""
        sent = (self.form, self.beside)
        return next((form for form in sent if form and not form.is_valid()), None)


def sent_turn(request: HttpRequest, talk: Talk, move: Move) -> SentTurn:
    """What a person sent to take this turn."""
    left_out = move in LEFT_OUT and LEAVE_OUT in request.POST
    has_words = move in FORMS and not left_out
    kind = FORMS[move] if has_words else TurnForm
    if move == Move.ASSENT:
        kind = TalkAssentForm
    return SentTurn(
        move=move,
        side=writer_of(request, talk),
        is_named=talk.mode == Mode.APART or request.POST.get("side") in Side.values,
        form=kind(request.POST, aloud=talk.mode == Mode.TOGETHER),
        beside=None if has_words else draft_form(request.POST),
        left_out=left_out,
    )


def names_of_words(purpose: str) -> list[str]:
    """The names of the fields that hold somebody's own words, of what has this purpose.

    Everything else in such a form is a choice, or was put there by the page.
    """
    form = FORMS.get(Move(purpose.rsplit("-", 2)[0])) if purpose else None
    return form().names_of_words if form else []


def own_words(purpose: str, content: Mapping[str, Any]) -> list[str]:
    """Somebody's own words in a draft, or in what they sent: each once, in the form's order."""
    texts = (str(content.get(name) or "").strip() for name in names_of_words(purpose))
    return list(dict.fromkeys(text for text in texts if text))


def picked(content: Mapping[str, Any]) -> list[str]:
    """The feelings and needs in a draft, as people read them."""
    lists: tuple[tuple[str, type[Feeling | Need]], ...] = (("feelings", Feeling), ("needs", Need))
    return [
        str(choice.label)
        for name, kind in lists
        for choice in kind
        if choice.value in (content.get(name) or ())
    ]


def draft_form(data: QueryDict) -> TurnForm | None:
    """The words that were sent, as a draft; None where none were sent. Any move may follow."""
    purpose = PURPOSE.fullmatch(data.get("purpose", ""))
    return FORMS[Move(purpose[1])](data, handing=False) if purpose else None


def holder_of(request: HttpRequest, talk: Talk) -> Side | None:
    """Who holds the screen. None where it is shared and a request to look does not say.

    In a talk on two screens everybody holds their own. But a page from when it was shared may
    still be in the other's hands: None again.
    """
    sent = request.POST.get("side") or request.GET.get("with")
    if talk.mode == Mode.APART:
        return None if sent == talk.me.other else talk.me
    if sent in Side.values:
        return Side(sent)
    return talk.me if request.method == "POST" else None


def writer_of(request: HttpRequest, talk: Talk) -> Side:
    """Whose words were sent."""
    unnamed = talk.me if talk.mode == Mode.TOGETHER else talk.me.other
    return holder_of(request, talk) or unnamed
