"""What the page of a talk shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text import isolated
from boundaries.agreements import outcome_fields
from boundaries.agreements.words import Words, is_own, unpacked
from boundaries.seats import rules as seats
from boundaries.talks import drafts, flow, wording
from boundaries.talks.drafts import DraftWords
from boundaries.talks.forms import (
    FORMS,
    PAUSES,
    TurnForm,
)
from boundaries.talks.reading import Handed, Talk
from boundaries.vocabulary import FEELINGS, Mode, Move, Need, Side, Step

PURPOSE = re.compile(rf"({'|'.join(FORMS)})-[12]-[1-{flow.ROUNDS}]")


# What is written at each step. All other steps are done by pressing a button.
WRITING = {
    Step.WARM_START: Move.APPRECIATE,
    Step.SPEAK: Move.SPEAK,
    Step.CROSSROADS: Move.SPEAK,
    Step.REFLECT: Move.REFLECT,
    Step.CONFIRM: Move.PARTLY,
    Step.MAKES_SENSE: Move.MAKES_SENSE,
    Step.FLEX: Move.FLEX,
    Step.OUTCOME: Move.PROPOSE,
    Step.CLOSE: Move.CLOSE,
}


@dataclass(frozen=True, slots=True)
class TalkStage:
    """A part of the way, for who wants to know where they are."""

    name: str
    done: bool
    now: bool


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """What is being written: as it is kept, or as it was just typed."""

    purpose: str
    version: str
    said: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: Mapping[str, Any] | None = None  # what another page has saved meanwhile

    @classmethod
    def kept_as(cls, written: DraftWords) -> OpenDraft:
        return cls(written.purpose, written.version, written.content)

    def typed(self, form: TurnForm, stale: drafts.StaleDraft | None = None) -> OpenDraft:
        """With every word given back that was just sent, and the reason why it was not taken.

        Beside something newer it carries that one's version: to save again is then meant.
        """
        errors = {name: [str(each) for each in told] for name, told in form.errors.items()}
        version = stale.version if stale else form.data.get("seen", "")
        return OpenDraft(
            self.purpose,
            version,
            {**self.said, **form.sent},
            errors,
            stale.content if stale else None,
        )

    @property
    def kept(self) -> bool:
        """Whether something of it is on disk."""
        return self.version != drafts.UNWRITTEN

    @property
    def texts(self) -> list[str]:
        return [each for each in self.said.values() if isinstance(each, str)]

    @property
    def newer_texts(self) -> list[str]:
        return [each for each in (self.newer or {}).values() if each and isinstance(each, str)]

    @property
    def composed(self) -> str:
        """The sentence that its parts make."""
        return wording.statement(self.said)


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """Something that was handed over, for reading again."""

    first_name: str
    told: str | Promise  # what it was
    words: list[str]
    elsewhere: bool


def still_page(
    request: HttpRequest, talk: Talk, example: str, written: DraftWords | None = None
) -> HttpResponse:
    """A talk to look at, which is nobody's: nothing of it can be sent."""
    sheet = OpenDraft.kept_as(written or DraftWords("", {}, drafts.UNWRITTEN))
    context = {
        **frame(talk, talk.acting),
        **pictured(talk, sheet),
        "step": _template(request, talk, talk.acting),
        "part": request.GET.get("part", ""),
        "example": example,
    }
    return render(request, "boundaries/talks/talk.html", context)


def frame(talk: Talk, acting: Side | None) -> dict[str, Any]:
    """What every page of a talk is drawn from."""
    actor = acting or talk.me
    return {
        "talk": talk,
        "place": talk.place,
        "acting": acting,
        "actor": talk.names[actor],
        "them": talk.names[actor.other],
        "me": talk.names[talk.me],
        "partner": talk.names[talk.they],
        "speaker": talk.names[talk.place.speaker],
        "listener": talk.names[talk.place.listener],
        "stages": stages(talk),
        "modes": Mode,
        "pauses": PAUSES.items(),
        **outcome_fields.calendar(),
        "said": said(talk),
        "proposal": proposal(talk),
        "namesake": seats.namesake_of(talk.names[talk.me]),
        "elsewhere": any(each.elsewhere and each.side == talk.me for each in talk.handed),
    }


def proposal(talk: Talk) -> Words | None:
    """The words that stand in this talk."""
    if talk.proposal is None:
        return None
    own = is_own(talk.behaviour)
    return unpacked(talk.proposal.content, talk.names, own=own)


def _beginning(talk: Talk) -> str:
    return wording.beginning(talk.wording, own=is_own(talk.behaviour))


def stages(talk: Talk) -> list[TalkStage]:
    """How far the talk has come: settling in, one speaks, the other speaks, common ground."""
    place = talk.place
    step = place.back_to if place.step == Step.SET_UP else place.step
    first, second = place.first, place.first.other
    if step in (Step.CLOSE, Step.CLOSED):
        at = 4
    elif step in (Step.FLEX, Step.OUTCOME):
        at = 3
    elif step in (Step.RULES, Step.WARM_START):
        at = 0
    else:
        at = place.half
    names = (
        _("Settle in"),
        _("%(name)s speaks") % {"name": isolated(talk.names[first])},
        _("%(name)s speaks") % {"name": isolated(talk.names[second])},
        _("Common ground"),
    )
    return [TalkStage(name, number < at, number == at) for number, name in enumerate(names)]


def pictured(talk: Talk, sheet: OpenDraft) -> dict[str, Any]:
    """The lists that a step offers to choose from, and the form as it stands."""
    said = sheet.said
    context: dict[str, Any] = {"sheet": sheet}
    if talk.step == Step.REFLECT and talk.place.round > 1:
        context["missing"] = talk.missing
    if talk.step in (Step.SPEAK, Step.CROSSROADS):
        context |= {
            "feelings": FEELINGS,
            "needs": Need,
            "when": said.get("when", _beginning(talk)),
        }
    if talk.step == Step.OUTCOME:
        context |= {
            **outcome_fields.pictured(talk.names, said, sheet.errors),
            "flexes": [
                {"first_name": talk.names[each.side], **each.content}
                for side in Side
                if (each := talk.latest(Move.FLEX, side))
            ],
        }
    return context


def said(talk: Talk, handed: Iterable[Handed] | None = None) -> list[SpokenTurn]:
    """Everything that was handed over in words, in its order; or as much of it as is given."""
    told = talk.handed if handed is None else handed
    return spoken(told, talk.names, own=is_own(talk.behaviour))


def spoken(
    handed: Iterable[Handed], names: Mapping[Side, str], *, own: bool = False
) -> list[SpokenTurn]:
    """What was handed over, as far as it was in words."""
    return [
        SpokenTurn(names[each.side], TOLD[each.move], words, each.elsewhere)
        for each in handed
        if each.move in TOLD and (words := _words(each, names, own=own))
    ]


TOLD: dict[Move, str | Promise] = {
    Move.APPRECIATE: gettext_lazy("appreciates"),
    Move.SPEAK: gettext_lazy("says"),
    Move.REFLECT: gettext_lazy("has heard"),
    Move.PARTLY: gettext_lazy("says “partly”"),
    Move.NOT_YET: gettext_lazy("says “not yet”"),
    Move.MAKES_SENSE: gettext_lazy("sees sense in it"),
    Move.FLEX: gettext_lazy("holds on to this, and can bend there"),
    Move.PROPOSE: gettext_lazy("proposes"),
    Move.CLOSE: gettext_lazy("closes with"),
}


# What stands before somebody's words where they were given the beginning of a sentence.
BEGUN: dict[str, str | Promise] = {
    "words": "",
    "because": gettext_lazy("It makes sense because %(words)s"),
    "imagine": gettext_lazy("I imagine you might feel %(words)s"),
    "keep": gettext_lazy("I can’t give up: %(words)s"),
    "give": gettext_lazy("I can flex on: %(words)s"),
    "well": "",
    "next": "",
}


def _words(handed: Handed, names: Mapping[Side, str], *, own: bool) -> list[str]:
    content = handed.content
    if handed.move == Move.PROPOSE:
        return [*unpacked(content, names, own=own).told]
    told = [("words", BEGUN["words"])] if handed.move == Move.SPEAK else BEGUN.items()
    words = [
        wording.going_on(str(begun), content[name]) if begun else content[name]
        for name, begun in told
        if content.get(name)
    ]
    if not words and handed.move in (Move.SPEAK, Move.REFLECT):
        words = [_("Said aloud.")]
    return words


def _blank(talk: Talk, purpose: str) -> DraftWords:
    """Nothing written yet. To say it in other words begins with the words there were."""
    said = talk.statement if talk.step == Step.CROSSROADS else None
    words = {"words": said.content.get("words", "")} if said else {}
    return DraftWords(purpose, words, drafts.UNWRITTEN)


def _template(request: HttpRequest, talk: Talk, acting: Side | None) -> str:
    """Which part of the page shows: on a shared screen a card first, to hand it over."""
    if talk.pause:
        name = "paused"
    elif talk.over:
        name = "closed"
    elif acting is None:
        name = "waiting"
    elif acting != _holder(request, talk):
        name = "hand-over"
    else:
        name = talk.step
    return f"boundaries/talks/steps/{name.replace('-', '_')}.html"


def _holder(request: HttpRequest, talk: Talk) -> Side | None:
    """In whose hands the screen is. Nobody knows, where it is shared and a look does not say so.

    Apart, everybody holds their own; but a page from when it was shared may lie in the other's.
    """
    told = request.POST.get("side") or request.GET.get("with")
    if not talk.together:
        return None if told == talk.they else talk.me
    nobody = talk.me if request.method == "POST" else None
    return Side(told) if told in Side.values else nobody
