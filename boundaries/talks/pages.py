"""What the pages of a talk show."""

from __future__ import annotations

import re
from collections.abc import ItemsView
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import qr
from boundaries.agreements import history, outcome_fields
from boundaries.agreements.history import ProposalVersion
from boundaries.agreements.words import Words, is_user_written, unpack
from boundaries.comparison.rules import can_be_talked_about
from boundaries.seats import rules as seats
from boundaries.talks import drafts, notes, screens, subjects, transcript
from boundaries.talks.drafts import UNWRITTEN, DraftWords, StaleDraft
from boundaries.talks.forms import PARTS, PAUSES, PURPOSE, ProposeForm, TurnForm, holder_of
from boundaries.talks.notes import FieldNote
from boundaries.talks.open_drafts import KeptWords, OpenDraft, kept_words
from boundaries.talks.reading import Talk
from boundaries.talks.screens import WRITTEN, Screen, TalkStage
from boundaries.talks.subjects import WarmGround
from boundaries.talks.transcript import Record, SpokenTurn
from boundaries.vocabulary import Mode, Move, Need, Outcome, Side, Step
from boundaries.web.fields import offered_feelings
from boundaries.web.seated import SeatedRequest

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

# How long before the session ends a page says so: five minutes, and the one in which a use of the
# session is not written down again.
NOTICE = timedelta(minutes=6)

# What is written at each step. Other steps have buttons only.
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
class WayToSayYes:
    """Where the other says yes to a proposal in their own account."""

    address: list[str]  # to type, without its scheme, in the parts between which a line may break
    picture: SafeString  # a QR code of all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFrame:
    """What every page of a talk shows, whatever its step."""

    talk: Talk
    acting: Side | None  # whose turn it is on this screen
    actor: str
    them: str  # the other, as the actor sees it
    me: str
    partner: str
    speaker: str
    listener: str
    namesake: str
    elsewhere: bool  # whether some of this person's turns were typed in the other's account
    stages: list[TalkStage]
    record: Record
    proposal: Words | None
    modes: type[Mode]
    pauses: ItemsView[int, str | Promise]
    minutes_to_idle: int  # after which a page that follows by itself asks whether to stay
    earliest: str  # the days that may be chosen, as in the value of a date field
    latest: str
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPage:
    """The page of a talk, as the person who holds the screen may see it."""

    step: str  # the template of this step
    title: str
    heading: str
    part: str  # which part of a statement is open
    draft: OpenDraft
    just_said: list[SpokenTurn]  # by the partner, to whoever looks at this page
    record: Record
    kept_back: list[KeptWords]
    holder: Side | None
    note: FieldNote | None
    advised: bool
    talkable: bool  # whether it can be talked about again
    warm: WarmGround | None
    pending: ProposalVersion | None = None  # the proposal of this talk, not yet agreed
    agreed: ProposalVersion | None = None
    answerable: bool = False  # whether this person may say yes to it
    unanswered: str = ""  # the other's name, while their yes to it is missing
    way_to_say_yes: WayToSayYes | None = None
    moved_on: bool = False
    tick: str = ""  # the digest of words that differ for the two, where that was not ticked
    same_words: bool = False


def talk_context(
    request: SeatedRequest,
    talk: Talk,
    *,
    refused: TurnForm | None = None,
    stale: StaleDraft | None = None,
    moved_on: bool = False,
    tick: str = "",
    same_words: bool = False,
) -> dict[str, Any]:
    """The page of a talk as it is now, with this person's words that are not handed over.

    `refused` are words that were just sent; they are given back. On a shared screen the page shows
    only what its holder wrote, and nothing while it is being handed over, or where nobody has said
    who holds it. The same goes for a talk on two screens while the other still holds this one.
    """
    holder = holder_of(request, talk)
    part = screens.part_of(talk, request.POST.get("part") or request.GET.get("part", ""))
    if talk.on_other_screen:
        holder = None if holder == talk.they else talk.me
    elif refused and screens.is_shared(talk, part):
        part = WRITTEN
    elif screens.is_shared(talk, part) and not moved_on:
        holder = None  # both look at it
    acting = _acting(talk, holder, refused)
    came_of_it = _proposal_status(request.seat, talk)
    screen = screens.screen(talk, acting, holder, part, agreed=bool(came_of_it.get("agreed")))
    is_theirs = acting in (None, holder)  # otherwise the screen is handed over first
    is_open = is_theirs and not (screen.shared or talk.on_other_screen)
    purpose = _purpose(talk, acting) if is_open else ""
    saved = drafts.written(request.seat, talk, holder) if holder else {}
    draft = OpenDraft.saved(saved.get(purpose) or _blank(talk, purpose))
    shows_rest = (is_theirs and not talk.pause) or moved_on or talk.on_other_screen
    kept_back = [
        OpenDraft.saved(words) for key, words in saved.items() if shows_rest and key != purpose
    ]
    if refused and purpose and request.POST.get("purpose", purpose) == purpose:
        draft = draft.with_sent(refused, stale)
    elif refused:  # words for another step must not stand in the form of this one
        moved_on = True
        if PURPOSE.fullmatch(refused.purpose):
            kept_back.append(OpenDraft.refused(refused))
    visible = (turn for turn in talk.handed if turn.side == holder or not talk.hides(turn))
    page = TalkPage(
        step=screen.template,
        title=_title(screen, is_refused=bool(refused or moved_on or tick)),
        heading=screen.heading,
        part=part,
        draft=draft,
        just_said=_just_said(talk, holder, part),
        record=transcript.record(talk, visible),
        kept_back=kept_words(kept_back),
        holder=holder,
        note=notes.first(request.seat, draft, part) if _is_own(talk, draft, refused) else None,
        advised=request.seat.advised,
        talkable=talk.over and can_be_talked_about(request.seat, talk.behaviour),
        warm=_warm_ground(request.seat, talk, acting),
        moved_on=moved_on,
        tick=tick,
        same_words=same_words,
        **came_of_it,
    )
    return {**_flat(frame(talk, acting)), **step_choices(talk, draft), **_flat(page)}


def stuck_context(request: HttpRequest, talk: Talk, refused: Any) -> dict[str, Any]:
    """The ways on where a talk is stuck. `refused` is a form with errors."""
    return {
        **_flat(frame(talk, talk.acting)),
        "holder": holder_of(request, talk),
        "refused": refused,
        "differ": Outcome.DIFFER.value,
    }


def still_page(
    request: HttpRequest, talk: Talk, example: str, words: DraftWords | None = None
) -> HttpResponse:
    """Show an example talk, whose forms cannot be sent."""
    draft = OpenDraft.saved(words or DraftWords("", {}, UNWRITTEN))
    part = screens.part_of(talk, request.GET.get("part", ""))
    screen = screens.screen(talk, talk.acting, holder_of(request, talk), part)
    context = {
        **_flat(frame(talk, talk.acting)),
        **step_choices(talk, draft),
        "draft": draft,
        "step": screen.template,
        "title": screen.title,
        "heading": screen.heading,
        "part": part,
        "just_said": _just_said(talk, talk.me, part),
        "example": example,
    }
    return render(request, "boundaries/talks/talk.html", context)


def frame(talk: Talk, acting: Side | None) -> TalkFrame:
    actor = acting or talk.me
    return TalkFrame(
        talk=talk,
        acting=acting,
        actor=talk.names[actor],
        them=talk.names[actor.other],
        me=talk.names[talk.me],
        partner=talk.names[talk.they],
        speaker=talk.names[talk.place.speaker],
        listener=talk.names[talk.place.listener],
        namesake=seats.namesake_of(talk.names[talk.me]),
        elsewhere=any(turn.elsewhere and turn.side == talk.me for turn in talk.handed),
        stages=screens.stages(talk),
        record=transcript.record(talk),
        proposal=proposal(talk),
        modes=Mode,
        pauses=PAUSES.items(),
        minutes_to_idle=int((settings.SIGNED_OUT_WHEN_IDLE_FOR - NOTICE).total_seconds() // 60),
        **outcome_fields.calendar(),
    )


def proposal(talk: Talk) -> Words | None:
    """The words that were proposed last in this talk."""
    if talk.proposal is None:
        return None
    return unpack(
        talk.proposal.content,
        talk.names,
        about=talk.behaviour,
        user_written=is_user_written(talk.behaviour),
    )


def step_choices(talk: Talk, draft: OpenDraft) -> dict[str, Any]:
    """What a step offers to choose from, beside the words in its form."""
    if talk.step == Step.REFLECT and talk.place.round > 1:
        return {"missing": talk.missing}
    if talk.step in (Step.SPEAK, Step.CROSSROADS):
        picked = draft.content.get("feelings") or ()
        return {"feelings": offered_feelings(picked), "needs": Need}
    if talk.step == Step.OUTCOME:
        choices = outcome_fields.pictured(talk.behaviour, talk.names, draft.content, draft.errors)
        read_out = ProposeForm.read_out(draft.content, talk.wording, talk.names)
        return {**choices, "flexes": transcript.side_by_side(talk), "read_out": read_out}
    return {}


def _title(screen: Screen, *, is_refused: bool) -> str:
    return _("Please check: %(title)s") % {"title": screen.title} if is_refused else screen.title


def _acting(talk: Talk, holder: Side | None, refused: TurnForm | None) -> Side | None:
    if refused and talk.together:
        return holder
    if holder is None and not talk.together:  # the other still holds this screen
        return talk.me
    return talk.acting


def _just_said(talk: Talk, holder: Side | None, part: str) -> list[SpokenTurn]:
    """What this page begins with. A later part of a statement does not say it once more."""
    is_later_part = part in PARTS and part != next(iter(PARTS))
    is_elsewhere = talk.on_other_screen and not talk.over
    if talk.pause or is_elsewhere or is_later_part:
        return []
    if talk.together:
        # Both hear it before one of them goes on alone.
        return transcript.just_said(talk, None) if holder is None or talk.over else []
    return transcript.just_said(talk, talk.me) if holder == talk.me or talk.over else []


def _purpose(talk: Talk, acting: Side | None) -> str:
    """What the words in the open form are for; "" where nothing is written."""
    move = WRITING.get(talk.step)
    if move is None or talk.pause or not (acting or talk.step == Step.OUTCOME):
        return ""
    return drafts.purpose_of(talk.place, move)


def _blank(talk: Talk, purpose: str) -> DraftWords:
    """A draft that nobody has begun. What is said once more begins with the words there were."""
    if purpose.startswith(Move.PROPOSE) and (proposed := proposal(talk)):
        return DraftWords(purpose, ProposeForm.content_of(proposed.lines, proposed.well), UNWRITTEN)
    said = drafts.said_before(talk)
    return DraftWords(purpose, {"words": said} if said else {}, UNWRITTEN)


def _is_own(talk: Talk, draft: OpenDraft, refused: TurnForm | None) -> bool:
    """Whether the words in the form are its writer's, and not a proposal to be changed."""
    return draft.is_saved or refused is not None or talk.step != Step.OUTCOME


def _warm_ground(seat: Seat, talk: Talk, acting: Side | None) -> WarmGround | None:
    if talk.step != Step.WARM_START or acting is None or talk.pause:
        return None
    return subjects.warm_ground(seat, talk)


def _proposal_status(seat: Seat, talk: Talk) -> dict[str, Any]:
    """What became of the proposal in this talk, if there is one."""
    if talk.proposal is None:
        return {}
    try:
        entry = history.entry(seat, talk.behaviour, talk.names)
    except history.NoSuchAgreement:
        return {}
    pending = entry.proposed if entry.proposed and entry.proposed.talk == talk.id else None
    agreed = entry.current if entry.current and entry.current.talk == talk.id else None
    answerable = pending is not None and talk.me not in pending.assented
    waits = pending is not None and talk.they not in pending.assented
    return {
        "pending": pending,
        "agreed": agreed,
        "answerable": answerable,
        "unanswered": talk.names[talk.they] if waits else "",
        "way_to_say_yes": _way_to_say_yes() if waits and talk.together and talk.over else None,
    }


def _way_to_say_yes() -> WayToSayYes:
    address = urljoin(settings.SITE_URL, reverse("agreements"))
    parts = re.findall(r"[^/.]+[/.]*", address.partition("://")[2])
    return WayToSayYes(parts, qr.picture(address))


def _flat(page: Any) -> dict[str, Any]:
    """The fields of a page as the names a template takes."""
    return {entry.name: getattr(page, entry.name) for entry in fields(page)}
