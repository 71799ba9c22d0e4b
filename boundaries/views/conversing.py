"""The talk: the list of talks, setting one up, each step of it, the pause, and ways on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import still_you
from accounts.text import isolated
from boundaries import agreeing, conversing, hearing, pairing, phrasing, steps, wording
from boundaries.conversing import Written
from boundaries.forms.conversing import (
    FORMS,
    PAUSES,
    ModeForm,
    OpenForm,
    PauseForm,
    ProposeForm,
    SpeakForm,
    TurnForm,
    YesForm,
)
from boundaries.hearing import Talk
from boundaries.http import SeatedRequest, limited, of_talk, seated
from boundaries.phrasing import Note
from boundaries.views import outcomes
from boundaries.vocabulary import FEELINGS, Feeling, Mode, Move, Need, Outcome, Side, Step

PURPOSE = re.compile(rf"({'|'.join(FORMS)})-[12]-[1-{steps.ROUNDS}]")

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
class Stage:
    """A part of the way, for who wants to know where they are."""

    name: str
    done: bool
    now: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is being written: as it is kept, or as it was just typed."""

    purpose: str
    version: str
    said: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: Mapping[str, Any] | None = None  # what another page has saved meanwhile

    @classmethod
    def kept_as(cls, written: Written) -> Sheet:
        return cls(written.purpose, written.version, written.content)

    def typed(self, form: TurnForm, stale: conversing.Stale | None = None) -> Sheet:
        """With every word given back that was just sent, and the reason why it was not taken.

        Beside something newer it carries that one's version: to save again is then meant.
        """
        errors = {name: [str(each) for each in told] for name, told in form.errors.items()}
        version = stale.version if stale else form.data.get("seen", "")
        return Sheet(
            self.purpose,
            version,
            {**self.said, **form.sent},
            errors,
            stale.content if stale else None,
        )

    @property
    def kept(self) -> bool:
        """Whether something of it is on disk."""
        return self.version != conversing.UNWRITTEN

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
class Said:
    """Something that was handed over, for reading again."""

    first_name: str
    told: str | Promise  # what it was
    words: list[str]
    elsewhere: bool


@require_safe
@still_you.after_idling
@seated
def agenda(request: SeatedRequest) -> HttpResponse:
    paired = request.seat.couple_id is not None
    context = {"agenda": hearing.agenda(request.seat), "paired": paired}
    return render(request, "boundaries/conversing/agenda.html", context)


@require_safe
@seated
def about(request: SeatedRequest, behaviour: str) -> HttpResponse:
    """Before a talk: what it is, and whether now is good. Looking opens nothing."""
    return _about(request, behaviour, OpenForm())


@require_POST
@seated
def open(request: SeatedRequest, behaviour: str) -> HttpResponse:
    if refusal := limited(request, "offer_talk"):
        return refusal
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _about(request, behaviour, form, HTTPStatus.BAD_REQUEST)
    try:
        talk = conversing.open(
            request.seat,
            behaviour,
            mode=form.cleaned_data["mode"],
            begins=form.cleaned_data["begins"] == "me",
            shown=form.cleaned_data["together"],
        )
    except (hearing.NotThere, pairing.NotPaired):
        raise Http404 from None
    return redirect("conversing-talk", talk)


@require_safe
@still_you.after_idling
@seated
@of_talk
def show(request: SeatedRequest, talk: Talk) -> HttpResponse:
    return page(request, talk)


@require_safe
@seated
def state(request: SeatedRequest, talk: uuid.UUID) -> HttpResponse:
    """Whether the talk has moved on since a page was made, for that page to ask now and then."""
    try:
        same = request.GET.get("look") == hearing.look(request.seat, talk)
    except hearing.NotThere:
        raise Http404 from None
    return HttpResponse(status=HTTPStatus.NO_CONTENT if same else HTTPStatus.OK)


@require_POST
@seated
@of_talk
def turn(request: SeatedRequest, talk: Talk, move: Move) -> HttpResponse:
    """Do one thing in the talk. What cannot be done now keeps its words for their writer.

    After idling it asks who it is before words are handed over or said yes to. What is said aloud,
    and whatever goes on, rests or ends, asks nothing.
    """
    kind = YesForm if move == Move.ASSENT else FORMS.get(move, TurnForm)
    form = kind(request.POST, aloud=talk.together)
    if still_you.has_idled(request) and (form.hands_over_words or move == Move.ASSENT):
        return still_you.ask(request, keep=True)
    if refusal := limited(request, "turn"):
        lost = _keep(request, talk)
        return page(request, talk, refusal.status_code, refused=lost) if lost else refusal
    if not form.is_valid() and move == Move.LATER:
        return _stuck(request, talk, form, HTTPStatus.BAD_REQUEST)
    if not form.is_valid():
        return page(request, talk, HTTPStatus.BAD_REQUEST, refused=form)
    beside = None if move in FORMS else _sent(request)
    if beside and not beside.is_valid():
        return page(request, talk, HTTPStatus.BAD_REQUEST, refused=beside)
    side = _side(request, talk)
    content = _content(request, talk, form, move, side)
    told = form.cleaned_data
    take_turn: Callable[..., object] = conversing.take_turn
    if move in (Move.PROPOSE, Move.ASSENT):
        take_turn = partial(agreeing.take_turn, unlike=[told["unlike"]])
    try:
        take_turn(
            request.seat,
            talk.id,
            move,
            content,
            seen=told["look"],
            draft=told["seen"],
            side=side,
        )
    except agreeing.TickMissing as missing:
        again = move == Move.PROPOSE
        return page(
            request,
            talk,
            HTTPStatus.BAD_REQUEST,
            refused=form if again else None,
            tick=missing.digest,
            same_words=again,
        )
    except agreeing.Enough:
        messages.info(request, outcomes.ENOUGH)
        return page(request, talk, HTTPStatus.CONFLICT, refused=form)
    except (conversing.MovedOn, conversing.Paused, agreeing.Changed):
        lost = _keep(request, talk)
        now = hearing.talk(request.seat, talk.id)
        return page(request, now, HTTPStatus.CONFLICT, refused=lost, moved_on=True)
    if beside and (lost := _keep(request, talk)):  # they stood by a button that hands none over
        return page(request, hearing.talk(request.seat, talk.id), refused=lost)
    return _back(talk, side)


@require_POST
@still_you.after_idling
@seated
@of_talk
def draft(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Keep words that are still being written."""
    purpose = PURPOSE.fullmatch(request.POST.get("purpose", ""))
    if purpose is None:
        raise Http404
    side = _side(request, talk)
    form = FORMS[Move(purpose[1])](request.POST, handing=False)
    if not form.is_valid():
        return _not_kept(request, talk, form, HTTPStatus.BAD_REQUEST)
    seen = form.cleaned_data["seen"]
    try:
        written = conversing.write(
            request.seat, talk.id, purpose[0], form.draft, seen=seen, side=side
        )
    except conversing.Stale as stale:
        return _not_kept(request, talk, form, HTTPStatus.CONFLICT, stale)
    if not request.htmx:
        here = request.POST.get("part", "")  # where what was saved can be seen, with a note on it
        return _back(talk, side, part=request.POST.get("then", here))
    sheet = Sheet.kept_as(written)
    context = {"sheet": sheet, "note": _note(request, sheet.texts)}
    return render(request, "boundaries/conversing/saved.html", context)


@require_POST
@still_you.after_idling
@seated
@of_talk
def throw_away(request: SeatedRequest, talk: Talk) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if not PURPOSE.fullmatch(purpose.rstrip("+")) or len(purpose) > 24:
        raise Http404
    side = _side(request, talk)
    seen = request.POST.get("seen", "")
    conversing.throw_away(request.seat, talk.id, purpose, side, seen=seen)
    return _back(talk, side)


@require_safe
@seated
@of_talk
def stuck(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Where a talk does not go on: five ways, and when a third person helps."""
    return _stuck(request, talk, None)


@require_POST
@seated
@of_talk
def pause(request: SeatedRequest, talk: Talk) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _stuck(request, talk, form, HTTPStatus.BAD_REQUEST)
    length = timedelta(minutes=form.cleaned_data["minutes"])
    conversing.pause(request.seat, talk.id, length)
    return _back(talk)


@require_POST
@seated
@of_talk
def come_back(request: SeatedRequest, talk: Talk) -> HttpResponse:
    try:
        conversing.come_back(request.seat, talk.id)
    except conversing.TooSoon:
        messages.info(request, _("Give it the twenty minutes. Nothing runs away."))
    return _back(talk)


@require_POST
@seated
@of_talk
def switch(request: SeatedRequest, talk: Talk) -> HttpResponse:
    if refusal := limited(request, "turn"):
        return refusal
    form = ModeForm(request.POST)
    if not form.is_valid():
        return page(request, talk, HTTPStatus.BAD_REQUEST)
    mode = form.cleaned_data["mode"]
    conversing.switch(request.seat, talk.id, mode)
    # Whoever pressed it on a shared screen may not be whose account it is: it is handed over first.
    return _back(talk, talk.they if talk.together and mode == Mode.APART else None)


@require_POST
@seated
@of_talk
def advice(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Notes on wording on or off, for this person alone."""
    conversing.advise(request.seat, request.POST.get("advised") == "on")
    return _back(talk, _side(request, talk))


def page(
    request: SeatedRequest,
    talk: Talk,
    status: int = HTTPStatus.OK,
    *,
    refused: TurnForm | None = None,
    stale: conversing.Stale | None = None,
    **more: Any,
) -> HttpResponse:
    """A talk where it stands, with whatever this person has written and not handed over.

    On a shared screen that is what was written by whoever holds it, and by nobody else. While it is
    handed over, or nobody has said who holds it, it is nothing; and so where the two go on apart
    while the other still holds it. After idling it asks who it is.
    """
    if still_you.has_idled(request):
        return still_you.ask(request, keep=True)
    holder = _holder(request, talk)
    given_back = holder is None and not talk.together
    acting = talk.me if given_back else talk.acting
    if refused and talk.together:
        acting = holder
    writing = WRITING.get(talk.step)
    here = writing and not talk.pause and (acting or talk.step == Step.OUTCOME)
    theirs = acting in (None, holder)  # else the screen is handed over first
    current = conversing.purpose_of(talk.place, writing) if writing and here and theirs else ""
    written = conversing.drafts(request.seat, talk, holder) if holder else {}
    sheet = Sheet.kept_as(written.get(current) or _blank(talk, current))
    alone = (theirs and not talk.pause) or more.get("moved_on")  # what was just sent is theirs
    kept_back = [each for purpose, each in written.items() if alone and purpose != current]
    if refused and current and request.POST.get("purpose", current) == current:
        sheet = sheet.typed(refused, stale)
    elif refused:  # words for a step that is over must not stand in the form of this one
        late = Sheet(request.POST.get("purpose", ""), "", {}).typed(refused)
        if PURPOSE.fullmatch(late.purpose):
            kept_back.append(Written(late.purpose, late.said, conversing.UNWRITTEN))
        more["moved_on"] = True
    context = {
        **frame(talk, acting),
        **pictured(talk, sheet),
        "said": said(talk, (each for each in talk.handed if _shows(talk, each, holder))),
        "step": _template(request, talk, acting),
        "part": request.POST.get("part") or request.GET.get("part", ""),
        "note": _note(request, sheet.texts),
        "advised": request.seat.advised,
        "kept_back": kept_back,
        "holder": holder,
        "talkable": talk.over and hearing.can_be_offered(request.seat, talk.behaviour),
        "warm": hearing.warm_ground(request.seat, talk) if _warms(talk, acting) else "",
        **_agreed(request, talk),
        **more,
    }
    return render(request, "boundaries/conversing/talk.html", context, status=status)


def still(
    request: HttpRequest, talk: Talk, example: str, written: Written | None = None
) -> HttpResponse:
    """A talk to look at, which is nobody's: nothing of it can be sent."""
    sheet = Sheet.kept_as(written or Written("", {}, conversing.UNWRITTEN))
    context = {
        **frame(talk, talk.acting),
        **pictured(talk, sheet),
        "step": _template(request, talk, talk.acting),
        "part": request.GET.get("part", ""),
        "example": example,
    }
    return render(request, "boundaries/conversing/talk.html", context)


def frame(talk: Talk, acting: Side | None) -> dict[str, Any]:
    """What every page of a talk is drawn from."""
    actor = acting or talk.me
    return {
        "talk": talk,
        "place": talk.place,
        "acting": acting,
        "actor": talk.names[actor],
        "them": talk.names[steps.other(actor)],
        "me": talk.names[talk.me],
        "partner": talk.names[talk.they],
        "speaker": talk.names[talk.place.speaker],
        "listener": talk.names[talk.place.listener],
        "stages": stages(talk),
        "modes": Mode,
        "pauses": PAUSES.items(),
        **outcomes.calendar(),
        "said": said(talk),
        "proposal": proposal(talk),
        "namesake": pairing.namesake_of(talk.names[talk.me]),
        "elsewhere": any(each.elsewhere and each.side == talk.me for each in talk.handed),
    }


def proposal(talk: Talk) -> agreeing.Words | None:
    """The words that stand in this talk."""
    if talk.proposal is None:
        return None
    own = agreeing.is_own(talk.behaviour)
    return agreeing.unpacked(talk.proposal.content, talk.names, own=own)


def _beginning(talk: Talk) -> str:
    return wording.beginning(talk.wording, own=agreeing.is_own(talk.behaviour))


def stages(talk: Talk) -> list[Stage]:
    """How far the talk has come: settling in, one speaks, the other speaks, common ground."""
    place = talk.place
    step = place.back_to if place.step == Step.SET_UP else place.step
    first, second = place.first, steps.other(place.first)
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
    return [Stage(name, number < at, number == at) for number, name in enumerate(names)]


def pictured(talk: Talk, sheet: Sheet) -> dict[str, Any]:
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
            **outcomes.pictured(talk.names, said, sheet.errors),
            "flexes": [
                {"first_name": talk.names[each.side], **each.content}
                for side in Side
                if (each := talk.latest(Move.FLEX, side))
            ],
        }
    return context


def said(talk: Talk, handed: Iterable[hearing.Handed] | None = None) -> list[Said]:
    """Everything that was handed over in words, in its order; or as much of it as is given."""
    told = talk.handed if handed is None else handed
    return spoken(told, talk.names, own=agreeing.is_own(talk.behaviour))


def spoken(
    handed: Iterable[hearing.Handed], names: Mapping[Side, str], *, own: bool = False
) -> list[Said]:
    """What was handed over, as far as it was in words."""
    return [
        Said(names[each.side], TOLD[each.move], words, each.elsewhere)
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


def _words(handed: hearing.Handed, names: Mapping[Side, str], *, own: bool) -> list[str]:
    content = handed.content
    if handed.move == Move.PROPOSE:
        return [*agreeing.unpacked(content, names, own=own).told]
    told = [("words", BEGUN["words"])] if handed.move == Move.SPEAK else BEGUN.items()
    words = [
        wording.going_on(str(begun), content[name]) if begun else content[name]
        for name, begun in told
        if content.get(name)
    ]
    if not words and handed.move in (Move.SPEAK, Move.REFLECT):
        words = [_("Said aloud.")]
    return words


def _blank(talk: Talk, purpose: str) -> Written:
    """Nothing written yet. To say it in other words begins with the words there were."""
    said = talk.statement if talk.step == Step.CROSSROADS else None
    words = {"words": said.content.get("words", "")} if said else {}
    return Written(purpose, words, conversing.UNWRITTEN)


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
    return f"boundaries/conversing/steps/{name.replace('-', '_')}.html"


def _holder(request: HttpRequest, talk: Talk) -> Side | None:
    """In whose hands the screen is. Nobody knows, where it is shared and a look does not say so.

    Apart, everybody holds their own; but a page from when it was shared may lie in the other's.
    """
    told = request.POST.get("side") or request.GET.get("with")
    if not talk.together:
        return None if told == talk.they else talk.me
    nobody = talk.me if request.method == "POST" else None
    return Side(told) if told in Side.values else nobody


def _shows(talk: Talk, turn: hearing.Handed, holder: Side | None) -> bool:
    """Whether a turn may be seen by whoever holds the screen."""
    return turn.side == holder or not talk.hides(turn)


def _side(request: HttpRequest, talk: Talk) -> Side:
    """Whose words these are that were sent."""
    return _holder(request, talk) or (talk.me if talk.together else talk.they)


def _warms(talk: Talk, acting: Side | None) -> bool:
    return talk.step == Step.WARM_START and acting is not None and talk.pause is None


def _agreed(request: SeatedRequest, talk: Talk) -> dict[str, Any]:
    """What became of the proposal that stands in this talk, if one does."""
    if talk.proposal is None:
        return {}
    try:
        entry = agreeing.entry(request.seat, talk.behaviour, talk.names)
    except agreeing.NotThere:
        return {}
    lies = entry.proposed if entry.proposed and entry.proposed.talk == talk.id else None
    holds = entry.current if entry.current and entry.current.talk == talk.id else None
    return {"lies": lies, "holds": holds, "answerable": lies and talk.me not in lies.assented}


def _note(request: SeatedRequest, texts: Iterable[str]) -> Note | None:
    """One gentle word on the wording, for who is writing and wants it."""
    if not request.seat.advised:
        return None
    found = (phrasing.first_note(text, get_language() or "en") for text in texts)
    return next(filter(None, found), None)


def _content(
    request: SeatedRequest, talk: Talk, form: TurnForm, move: Move, side: Side
) -> dict[str, Any]:
    """What is handed over: of a statement the words, and what was picked and stands in them.

    What is in the parts and not in the sentence stays with its writer.
    """
    if isinstance(form, ProposeForm):
        well = form.cleaned_data["well"]
        words = agreeing.put_into_words(talk.wording, form.lines, talk.names, well)
        return {**words.stored, "form": form.draft}
    if isinstance(form, SpeakForm):
        written = conversing.drafts(request.seat, talk, side)
        kept = written.get(conversing.purpose_of(talk.place, move))
        picked = kept.content if kept else {}
        words = form.cleaned_data["words"]
        return {
            "words": words,
            "feelings": _said_of(Feeling, picked.get("feelings"), words),
            "needs": _said_of(Need, picked.get("needs"), words),
        }
    return form.content


def _said_of(kind: type[Feeling | Need], picked: Iterable[str] | None, words: str) -> list[str]:
    """Of what was picked, what is still in the words."""
    labels = {each: re.escape(str(kind(each).label)) for each in picked or ()}
    return [
        each
        for each, label in labels.items()
        if re.search(rf"(?<!\w){label}(?!\w)", words, re.IGNORECASE)
    ]


def _sent(request: SeatedRequest) -> TurnForm | None:
    """The words that were sent, if there are such, for whatever they were written."""
    purpose = PURPOSE.fullmatch(request.POST.get("purpose", ""))
    return FORMS[Move(purpose[1])](request.POST, handing=False) if purpose else None


def _keep(request: SeatedRequest, talk: Talk) -> TurnForm | None:
    """What was sent and not handed over is kept for its writer, beside what is there.

    Returns what cannot be kept, to be given back.
    """
    form = _sent(request)
    if form is None:
        return None
    if not form.is_valid():
        return form
    if not any(form.draft.values()):
        return None
    purpose, seen = request.POST["purpose"], form.cleaned_data["seen"]
    side = _side(request, talk)
    kept = conversing.keep_late(request.seat, talk.id, purpose, form.draft, seen=seen, side=side)
    return None if kept else form


def _not_kept(
    request: SeatedRequest,
    talk: Talk,
    form: TurnForm,
    status: int,
    stale: conversing.Stale | None = None,
) -> HttpResponse:
    """Not saved, with every word given back and the reason beside it."""
    if not request.htmx:
        return page(request, talk, status, refused=form, stale=stale)
    sheet = Sheet(request.POST.get("purpose", ""), "", {}).typed(form, stale)
    context = {"sheet": sheet, "form": form, "talk": talk}
    return render(request, "boundaries/conversing/not_saved.html", context, status=status)


def _stuck(
    request: SeatedRequest, talk: Talk, refused: forms.Form | None, status: int = HTTPStatus.OK
) -> HttpResponse:
    if talk.over:
        raise Http404
    context = {
        **frame(talk, talk.acting),
        "holder": _holder(request, talk),
        "refused": refused,
        "differ": Outcome.DIFFER.value,
    }
    return render(request, "boundaries/conversing/stuck.html", context, status=status)


def _about(
    request: SeatedRequest, behaviour: str, form: OpenForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    try:
        subject = hearing.subject(request.seat, behaviour)
    except hearing.NotThere:
        raise Http404 from None
    context = {
        "subject": subject,
        "form": form,
        "partner": pairing.partner_of(request.seat),
        "together": pairing.together(request.seat),
        "modes": Mode,
    }
    return render(request, "boundaries/conversing/about.html", context, status=status)


def _back(talk: Talk, side: Side | None = None, part: str = "") -> HttpResponse:
    """To where the talk stands now, with who has the screen in their hands if not its owner."""
    told = side if talk.together or side == talk.they else None
    asked = {"with": told.value if told else "", "part": part}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = reverse("conversing-talk", args=[talk.id])
    return redirect(f"{path}?{query}" if query else path)
