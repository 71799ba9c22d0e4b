"""The guided talk about one behaviour: taking turns, with nobody's words seen before their time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from boundaries import notifications
from boundaries.errors import Conflict, Refused
from boundaries.notifications import Subject
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading
from boundaries.talks.drafts import UNWRITTEN, _holds, _version, purpose_of
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import MIN_PAUSE, Content
from boundaries.vocabulary import Mode, Move, Side, Step

MAX_PAUSE = timedelta(days=1)  # a return time further off is another day, which is a move
A_DAY = timedelta(days=1)
LIVELY = timedelta(minutes=15)  # who did something so lately is looking, and needs no mail

MAX_TURNS = 200  # in one talk; then it can only be closed


class MovedOn(Conflict):
    """The talk stands elsewhere than where this was done. Nothing was handed over."""


class Paused(Refused):
    """A pause is a pause: nothing is handed over in it."""


class TooSoon(Refused):
    """Less than twenty minutes have passed, or the other is not back before the named time."""


def open(seat: Seat, behaviour_id: str, *, mode: Mode, begins: bool, shown: str = "") -> uuid.UUID:
    """Offer the other a talk, for oneself ready now. `begins` is whether one speaks first oneself.

    Where a talk on it is going, that is the one. Raises NotThere, and seats.NotPaired, also where
    the page was about another couple.
    """
    with seats.locked(seat, shown or None) as (couple, seat):
        about = reading.subject(seat, behaviour_id)
        if about.going is not None:
            return about.going
        me, they = reading.sides(seat)
        behaviour = about.compared.behaviour
        conversation = Conversation(
            couple=couple,
            deck=about.deck,
            behaviour=behaviour.id,
            first=me if begins else they,
            mode=mode,
        )
        conversation.set_encrypted(seat.shared_key, wording=behaviour.text).save(force_insert=True)
        _write(
            seat,
            conversation,
            me,
            me,
            Move.READY,
            Place(Side(conversation.first)),
            {},
            made_from="",
        )
        if mode == Mode.APART:
            _notify_partner(seat, conversation)
        return conversation.pk


def take_turn(
    seat: Seat,
    talk_id: uuid.UUID,
    move: Move,
    content: Content | None = None,
    *,
    seen: str,
    draft: str = UNWRITTEN,
    side: Side | None = None,
) -> bool:
    """Do one thing in a talk, and hand over the words that go with it. They are frozen then.

    Returns whether it was done now: whoever sends the same twice has done it once.

    `seen` is the look at the talk that it answers.
    `draft` is the version of the draft that the words were made from. It is gone then; a draft that
    was written elsewhere meanwhile stays.
    `side` is whose turn it is on a shared screen; it counts only while the talk is held together.
    Raises NotThere, Paused, MovedOn and seats.NotPaired.
    """
    with seats.locked(seat, lock_seat=True) as (_, seat):
        conversation = reading.found(seat, talk_id)
        now = reading.heard(seat, conversation)
        side = (side or now.me) if now.together else now.me
        content = dict(content or {})
        if now.seen != seen:
            if _was_done(seat, conversation, side, move, content, seen):
                return False
            raise MovedOn
        if now.pause and move != Move.STOP:
            raise Paused
        if side != now.me and move in flow.BLIND and now.me not in now.place.done:
            raise MovedOn  # else an answer would tell whether the other has done theirs already
        if side != now.me and move == Move.ASSENT:
            raise MovedOn  # nobody says yes for the other
        if len(now.handed) >= MAX_TURNS and move not in (Move.STOP, Move.CLOSE):
            raise MovedOn
        before = reading.place_of(conversation)
        try:
            place = flow.after(before, side, move)
        except flow.NotNow:
            raise MovedOn from None
        _write(seat, conversation, side, now.me, move, before, content, made_from=seen)
        purpose = purpose_of(before, move)
        for kept in Draft.owned_by(seat).filter(
            conversation=conversation, side=side, purpose=purpose
        ):
            written = kept.read(seat.key)
            if _version(written) == draft or _holds(content, written):
                kept.delete()
        if move in flow.BLIND and place.step == before.step:
            return True  # unseen: nothing that the other could notice changes
        conversation.resumed = False
        conversation.over = place.step in (Step.CLOSE, Step.CLOSED)
        both = move in flow.BLIND and side == now.me  # the other did theirs in their own account
        notifications.has_acted_in_talk(seat, conversation.pk, both=both)
        conversation.paused_at = conversation.back_at = None
        conversation.back = []
        conversation.save()
        asked = flow.awaited(replace(place, done=frozenset()))  # whatever was done unseen before
        for other in asked - {side} if not now.together else ():
            if not _is_about(seat, conversation, other):
                _notify_partner(seat, conversation)
        return True


def pause(seat: Seat, talk_id: uuid.UUID, length: timedelta) -> None:
    """Rest, both. The time to come back is named; who asked for it is written nowhere.

    In a pause already, nothing changes. Raises NotThere, ValueError and seats.NotPaired.
    """
    if not MIN_PAUSE <= length <= MAX_PAUSE:
        raise ValueError("a pause is of twenty minutes to a day")
    with seats.locked(seat) as (_, seat):
        conversation = reading.found(seat, talk_id)
        if conversation.back_at is not None or reading.place_of(conversation).step == Step.CLOSED:
            return
        conversation.paused_at = timezone.now()
        conversation.back_at = conversation.paused_at + length
        conversation.save(update_fields=["paused_at", "back_at"])


def come_back(seat: Seat, talk_id: uuid.UUID) -> None:
    """Say that one is back. From the named time on one of the two is enough, before it takes both.

    Raises NotThere, TooSoon and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        conversation = reading.found(seat, talk_id)
        pause = reading.pause_of(seat, conversation)
        if pause is None:
            return
        if not pause.may_end:
            raise TooSoon
        back = {*conversation.back, str(seat.side)}
        if pause.over or len(back) == len(Side):
            conversation.paused_at = conversation.back_at = None
            conversation.back, conversation.resumed = [], True
        else:
            conversation.back = sorted(back)
        conversation.save(update_fields=["paused_at", "back_at", "back", "resumed"])


def switch(seat: Seat, talk_id: uuid.UUID, mode: Mode) -> None:
    """Go on together on one screen, or apart. Nothing else changes by it, and either may.

    Raises NotThere and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        conversation = reading.found(seat, talk_id)
        parted = conversation.mode == Mode.TOGETHER and mode == Mode.APART
        conversation.mode = mode
        conversation.save(update_fields=["mode"])
        now = reading.heard(seat, conversation)
        if parted and now.they in flow.awaited(now.place):
            _notify_partner(seat, conversation)


# Words that are not handed over


def advise(seat: Seat, advised: bool) -> None:
    """Whether this person wants notes on their wording. It is theirs alone, in all their talks."""
    Seat.objects.filter(pk=seat.pk).update(advised=advised)


def _was_done(
    seat: Seat, conversation: Conversation, side: Side, move: Move, content: Content, seen: str
) -> bool:
    """Whether this very thing was done from this very look: its answer was lost on the way."""
    done = Turn.all_of(conversation).filter(side=side, move=move, made_from=seen).first()
    if done is None:
        return False
    told = done.read(seat.shared_key)
    if move == Move.SPEAK:  # what was picked went with the draft, which is gone
        return bool(told.get("words") == content.get("words"))
    return bool(told == content)


def _write(
    seat: Seat,
    conversation: Conversation,
    side: Side,
    typed_by: Side,
    move: Move,
    place: Place,
    content: Content,
    *,
    made_from: str,
) -> None:
    Turn.add(
        seat,
        conversation,
        side=side,
        typed_by=typed_by,
        move=move,
        turn=flow.turn(place, move),
        content=content,
        made_from=made_from,
    )


def _is_about(seat: Seat, conversation: Conversation, side: Side) -> bool:
    """Whether the other did something here a moment ago, as far as this person may know."""
    lately = Turn.told_to(seat).filter(conversation=conversation, at__gte=timezone.now() - LIVELY)
    return lately.filter(side=side, typed_by=side).exists()


def _notify_partner(seat: Seat, conversation: Conversation) -> None:
    """One mail, and no other before they have done something: whoever waits does not nag.

    To who has not been in this talk, one of the same day about another talk is enough.
    """
    recent = Conversation.objects.of(seat).filter(opened_at__gte=timezone.now() - A_DAY)
    pending = notifications.talks_pending(
        seat, Q(talk=conversation.pk) | Q(talk__in=recent.values("pk"))
    )
    if conversation.pk in pending:
        return
    turns = Turn.told_to(seat).filter(conversation=conversation)
    has_been_here = turns.filter(typed_by=seat.other_side).exists()
    notifications.remember(seat, Subject.TALK, talk=conversation.pk)
    if has_been_here or not pending:
        notifications.notify_partner(seat)

