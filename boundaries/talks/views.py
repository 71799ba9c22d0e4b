"""The talk: the list of talks, setting one up, each step of it, the pause, and ways on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
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
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reauthentication
from boundaries.agreements import history, outcome_fields
from boundaries.agreements import rules as agreements
from boundaries.agreements.words import put_into_words
from boundaries.comparison.rules import can_be_talked_about
from boundaries.content import phrasing
from boundaries.content.phrasing import Note
from boundaries.seats import rules as seats
from boundaries.talks import drafts, proposing, reading
from boundaries.talks import rules as talks
from boundaries.talks.decorators import with_talk
from boundaries.talks.drafts import DraftWords
from boundaries.talks.forms import (
    FORMS,
    ModeForm,
    OpenForm,
    PauseForm,
    ProposeForm,
    SpeakForm,
    TalkAssentForm,
    TurnForm,
)
from boundaries.talks.pages import (
    PURPOSE,
    WRITING,
    OpenDraft,
    _blank,
    _holder,
    _template,
    frame,
    pictured,
    said,
)
from boundaries.talks.reading import Handed, Talk
from boundaries.vocabulary import Feeling, Mode, Move, Need, Outcome, Side, Step
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@reauthentication.after_idling
@seated
def agenda(request: SeatedRequest) -> HttpResponse:
    paired = request.seat.couple_id is not None
    context = {"agenda": reading.agenda(request.seat), "paired": paired}
    return render(request, "boundaries/talks/agenda.html", context)


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
    talk = talks.open(
        request.seat,
        behaviour,
        mode=form.cleaned_data["mode"],
        begins=form.cleaned_data["begins"] == "me",
        shown=form.cleaned_data["together"],
    )
    return redirect("talks-talk", talk)


@require_safe
@reauthentication.after_idling
@seated
@with_talk
def show(request: SeatedRequest, talk: Talk) -> HttpResponse:
    return page(request, talk)


@require_safe
@seated
def state(request: SeatedRequest, talk: uuid.UUID) -> HttpResponse:
    """Whether the talk has moved on since a page was made, for that page to ask now and then."""
    same = request.GET.get("look") == reading.look(request.seat, talk)
    return HttpResponse(status=HTTPStatus.NO_CONTENT if same else HTTPStatus.OK)


@require_POST
@seated
@with_talk
def turn(request: SeatedRequest, talk: Talk, move: Move) -> HttpResponse:
    """Do one thing in the talk. What cannot be done now keeps its words for their writer.

    After idling it asks who it is before words are handed over or said yes to. What is said aloud,
    and whatever goes on, rests or ends, asks nothing.
    """
    kind = TalkAssentForm if move == Move.ASSENT else FORMS.get(move, TurnForm)
    form = kind(request.POST, aloud=talk.together)
    if reauthentication.has_idled(request) and (form.hands_over_words or move == Move.ASSENT):
        return reauthentication.ask(request, keep=True)
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
    take_turn: Callable[..., object] = talks.take_turn
    if move in (Move.PROPOSE, Move.ASSENT):
        take_turn = partial(proposing.take_turn, unlike=[told["unlike"]])
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
    except agreements.TickMissing as missing:
        again = move == Move.PROPOSE
        return page(
            request,
            talk,
            HTTPStatus.BAD_REQUEST,
            refused=form if again else None,
            tick=missing.digest,
            same_words=again,
        )
    except agreements.TooManyProposals:
        messages.info(request, outcome_fields.ENOUGH)
        return page(request, talk, HTTPStatus.CONFLICT, refused=form)
    except (talks.MovedOn, talks.Paused, agreements.WordsChanged):
        lost = _keep(request, talk)
        now = reading.talk(request.seat, talk.id)
        return page(request, now, HTTPStatus.CONFLICT, refused=lost, moved_on=True)
    if beside and (lost := _keep(request, talk)):  # they stood by a button that hands none over
        return page(request, reading.talk(request.seat, talk.id), refused=lost)
    return _back(talk, side)


@require_POST
@reauthentication.after_idling
@seated
@with_talk
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
        written = drafts.save(request.seat, talk.id, purpose[0], form.draft, seen=seen, side=side)
    except drafts.StaleDraft as stale:
        return _not_kept(request, talk, form, HTTPStatus.CONFLICT, stale)
    if not request.htmx:
        here = request.POST.get("part", "")  # where what was saved can be seen, with a note on it
        return _back(talk, side, part=request.POST.get("then", here))
    sheet = OpenDraft.kept_as(written)
    context = {"sheet": sheet, "note": _note(request, sheet.texts)}
    return render(request, "boundaries/talks/saved.html", context)


@require_POST
@reauthentication.after_idling
@seated
@with_talk
def throw_away(request: SeatedRequest, talk: Talk) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    if not PURPOSE.fullmatch(purpose.rstrip("+")) or len(purpose) > 24:
        raise Http404
    side = _side(request, talk)
    seen = request.POST.get("seen", "")
    drafts.throw_away(request.seat, talk.id, purpose, side, seen=seen)
    return _back(talk, side)


@require_safe
@seated
@with_talk
def stuck(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Where a talk does not go on: five ways, and when a third person helps."""
    return _stuck(request, talk, None)


@require_POST
@seated
@with_talk
def pause(request: SeatedRequest, talk: Talk) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _stuck(request, talk, form, HTTPStatus.BAD_REQUEST)
    length = timedelta(minutes=form.cleaned_data["minutes"])
    talks.pause(request.seat, talk.id, length)
    return _back(talk)


@require_POST
@seated
@with_talk
def come_back(request: SeatedRequest, talk: Talk) -> HttpResponse:
    try:
        talks.come_back(request.seat, talk.id)
    except talks.TooSoon:
        messages.info(request, _("Give it the twenty minutes. Nothing runs away."))
    return _back(talk)


@require_POST
@seated
@with_talk
def switch(request: SeatedRequest, talk: Talk) -> HttpResponse:
    if refusal := limited(request, "turn"):
        return refusal
    form = ModeForm(request.POST)
    if not form.is_valid():
        return page(request, talk, HTTPStatus.BAD_REQUEST)
    mode = form.cleaned_data["mode"]
    talks.switch(request.seat, talk.id, mode)
    # Whoever pressed it on a shared screen may not be whose account it is: it is handed over first.
    return _back(talk, talk.they if talk.together and mode == Mode.APART else None)


@require_POST
@seated
@with_talk
def advice(request: SeatedRequest, talk: Talk) -> HttpResponse:
    """Notes on wording on or off, for this person alone."""
    talks.advise(request.seat, request.POST.get("advised") == "on")
    return _back(talk, _side(request, talk))


def page(
    request: SeatedRequest,
    talk: Talk,
    status: int = HTTPStatus.OK,
    *,
    refused: TurnForm | None = None,
    stale: drafts.StaleDraft | None = None,
    **more: Any,
) -> HttpResponse:
    """A talk where it stands, with whatever this person has written and not handed over.

    On a shared screen that is what was written by whoever holds it, and by nobody else. While it is
    handed over, or nobody has said who holds it, it is nothing; and so where the two go on apart
    while the other still holds it. After idling it asks who it is.
    """
    if reauthentication.has_idled(request):
        return reauthentication.ask(request, keep=True)
    holder = _holder(request, talk)
    given_back = holder is None and not talk.together
    acting = talk.me if given_back else talk.acting
    if refused and talk.together:
        acting = holder
    writing = WRITING.get(talk.step)
    here = writing and not talk.pause and (acting or talk.step == Step.OUTCOME)
    theirs = acting in (None, holder)  # else the screen is handed over first
    current = drafts.purpose_of(talk.place, writing) if writing and here and theirs else ""
    written = drafts.written(request.seat, talk, holder) if holder else {}
    sheet = OpenDraft.kept_as(written.get(current) or _blank(talk, current))
    alone = (theirs and not talk.pause) or more.get("moved_on")  # what was just sent is theirs
    kept_back = [each for purpose, each in written.items() if alone and purpose != current]
    if refused and current and request.POST.get("purpose", current) == current:
        sheet = sheet.typed(refused, stale)
    elif refused:  # words for a step that is over must not stand in the form of this one
        late = OpenDraft(request.POST.get("purpose", ""), "", {}).typed(refused)
        if PURPOSE.fullmatch(late.purpose):
            kept_back.append(DraftWords(late.purpose, late.said, drafts.UNWRITTEN))
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
        "talkable": talk.over and can_be_talked_about(request.seat, talk.behaviour),
        "warm": reading.warm_ground(request.seat, talk) if _warms(talk, acting) else "",
        **_agreed(request, talk),
        **more,
    }
    return render(request, "boundaries/talks/talk.html", context, status=status)


def _shows(talk: Talk, turn: Handed, holder: Side | None) -> bool:
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
        entry = history.entry(request.seat, talk.behaviour, talk.names)
    except history.NoSuchAgreement:
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
        words = put_into_words(talk.wording, form.lines, talk.names, well)
        return {**words.stored, "form": form.draft}
    if isinstance(form, SpeakForm):
        written = drafts.written(request.seat, talk, side)
        kept = written.get(drafts.purpose_of(talk.place, move))
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
    kept = drafts.save_late(request.seat, talk.id, purpose, form.draft, seen=seen, side=side)
    return None if kept else form


def _not_kept(
    request: SeatedRequest,
    talk: Talk,
    form: TurnForm,
    status: int,
    stale: drafts.StaleDraft | None = None,
) -> HttpResponse:
    """Not saved, with every word given back and the reason beside it."""
    if not request.htmx:
        return page(request, talk, status, refused=form, stale=stale)
    sheet = OpenDraft(request.POST.get("purpose", ""), "", {}).typed(form, stale)
    context = {"sheet": sheet, "form": form, "talk": talk}
    return render(request, "boundaries/talks/not_saved.html", context, status=status)


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
    return render(request, "boundaries/talks/stuck.html", context, status=status)


def _about(
    request: SeatedRequest, behaviour: str, form: OpenForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    subject = reading.subject(request.seat, behaviour)
    context = {
        "subject": subject,
        "form": form,
        "partner": seats.partner_of(request.seat),
        "together": seats.couple_token(request.seat),
        "modes": Mode,
    }
    return render(request, "boundaries/talks/about.html", context, status=status)


def _back(talk: Talk, side: Side | None = None, part: str = "") -> HttpResponse:
    """To where the talk stands now, with who has the screen in their hands if not its owner."""
    told = side if talk.together or side == talk.they else None
    asked = {"with": told.value if told else "", "part": part}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = reverse("talks-talk", args=[talk.id])
    return redirect(f"{path}?{query}" if query else path)
