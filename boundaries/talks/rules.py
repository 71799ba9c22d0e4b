"""The guided talk about one behaviour: offering it, taking turns, pausing and switching screens."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from boundaries import notifications
from boundaries.errors import Conflict, Refused
from boundaries.notifications import Subject
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import drafts, early_drafts, flow, reading, subjects
from boundaries.talks.drafts import UNWRITTEN
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Turn, visible_turns
from boundaries.talks.reading import MIN_PAUSE, Content, Talk
from boundaries.vocabulary import Mode, Move, Side, Step

JUST_NOW = timedelta(minutes=15)  # whoever acted so recently is looking, and needs no mail
MAX_PAUSE = timedelta(days=1)  # a longer break is another day, which is a move
ONE_DAY = timedelta(days=1)

MAX_TURNS = 200  # in one talk; then it can only be closed


class MovedOn(Conflict):
    """The talk has moved on since the page was loaded. Nothing was handed over."""


class Paused(Refused):
    """The talk is in a pause, in which nothing is handed over."""


class TooSoon(Refused):
    """The pause has lasted less than twenty minutes."""


def open(
    seat: Seat, behaviour_id: str, *, mode: Mode, begins: bool, couple_token: str = ""
) -> uuid.UUID:
    """Offer the other a talk, and be ready for it. Returns its id, or that of one that is going.

    `begins`: whether this person speaks first. `couple_token` names the couple that the page was
    about. Raises NoSuchTalk, and seats.NotPaired also where the page was about another couple.
    """
    with seats.locked(seat, couple_token or None) as (couple, seat):
        subject = subjects.subject(seat, behaviour_id)
        if subject.going is not None:
            return subject.going
        me, they = reading.sides(seat)
        behaviour = subject.compared.behaviour
        first = me if begins else they
        conversation = Conversation(
            couple=couple, deck=subject.deck, behaviour=behaviour.id, first=first
        )
        conversation.hold(mode, me)
        conversation.set_encrypted(seat.shared_key, wording=behaviour.text).save(force_insert=True)
        Turn.add(
            seat,
            conversation,
            side=me,
            typed_by=me,
            place=Place(first),
            move=Move.READY,
            content={},
            made_from="",
        )
        early_drafts.bring_along(seat, conversation)
        if mode == Mode.APART:
            _notify_partner(seat, conversation)
        return conversation.pk


def take_turn(
    seat: Seat,
    talk_id: uuid.UUID,
    move: Move,
    content: Content | None = None,
    *,
    version: str,
    draft_version: str = UNWRITTEN,
    side: Side | None = None,
) -> bool:
    """Take one turn in a talk, and hand over the words that go with it. They never change again.

    Idempotent: returns False if this very turn was taken before.

    `version` is the `Talk.version` of the page it was sent from. `draft_version` is that of the
    draft the words were made from: that draft is deleted, one changed elsewhere stays. `side` is
    whose turn it is on a shared screen; it counts only while the talk is held together.
    Raises NoSuchTalk, Paused, MovedOn and seats.NotPaired.
    """
    with seats.locked(seat, lock_seat=True) as (_, seat):
        talk, conversation = reading.talk_with_row(seat, talk_id)
        together = conversation.mode == Mode.TOGETHER
        side = (side or talk.me) if together else talk.me
        content = dict(content or {})
        if talk.version != version:
            if _was_taken(seat, conversation, side, move, content, version):
                return False
            raise MovedOn
        _check(talk, side, move)
        try:
            before, place = reading.places_around(conversation, side, move)
        except flow.NotNow:
            raise MovedOn from None
        Turn.add(
            seat,
            conversation,
            side=side,
            typed_by=talk.me,
            place=before,
            move=move,
            content=content,
            made_from=version,
        )
        purpose = drafts.purpose_of(before, move)
        drafts.delete_handed_over(seat, conversation, side, purpose, content, version=draft_version)
        if move == Move.READY and side == talk.me:
            early_drafts.bring_along(seat, conversation)
        if move in flow.BLIND and place.step == before.step:
            return True  # nothing may change that the other could notice
        _move_on(seat, conversation, talk, side, move, place)
        if not together and _is_awaited_and_away(seat, conversation, place):
            _notify_partner(seat, conversation)
        return True


def pause(seat: Seat, talk_id: uuid.UUID, length: timedelta) -> None:
    """Pause the talk for both until a named time. Who asked for it is stored nowhere.

    In a pause already, nothing changes. Raises NoSuchTalk, ValueError and seats.NotPaired.
    """
    if not MIN_PAUSE <= length <= MAX_PAUSE:
        raise ValueError("a pause lasts from twenty minutes to a day")
    with seats.locked(seat) as (_, seat):
        conversation = reading.conversation_of(seat, talk_id)
        if conversation.back_at is not None or reading.place_of(conversation).step == Step.CLOSED:
            return
        conversation.paused_at = timezone.now()
        conversation.back_at = conversation.paused_at + length
        conversation.save(update_fields=["paused_at", "back_at"])


def come_back(seat: Seat, talk_id: uuid.UUID) -> None:
    """Say that this person is back. Before the named time the pause ends only when both are.

    Raises NoSuchTalk, TooSoon and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        conversation = reading.conversation_of(seat, talk_id)
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
    """Continue on this person's screen, or on two. Either may, and nothing else changes.

    Raises NoSuchTalk and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        conversation = reading.conversation_of(seat, talk_id)
        parted = conversation.mode == Mode.TOGETHER and mode == Mode.APART
        conversation.hold(mode, reading.sides(seat)[0])
        conversation.save(update_fields=["mode", "screen"])
        talk = reading.talk_from(seat, conversation)
        if parted and talk.they in flow.awaited(talk.place):
            _notify_partner(seat, conversation)


def set_advised(seat: Seat, advised: bool) -> None:
    """Whether this person wants notes on their wording, in all their talks. Nobody else knows."""
    Seat.objects.filter(pk=seat.pk).update(advised=advised)


def _was_taken(
    seat: Seat, conversation: Conversation, side: Side, move: Move, content: Content, version: str
) -> bool:
    """Whether this turn was taken before from the same page: the response to it was lost."""
    turn = Turn.all_of(conversation).filter(side=side, move=move, made_from=version).first()
    if turn is None:
        return False
    taken = turn.read(seat.shared_key)
    if move == Move.SPEAK:  # the feelings and needs came from the draft, which was deleted
        return bool(taken.get("words") == content.get("words"))
    return bool(taken == content)


def _check(talk: Talk, side: Side, move: Move) -> None:
    """Raise Paused or MovedOn if this move is impossible now, whatever the table of moves says."""
    if talk.pause and move != Move.STOP:
        raise Paused
    if side != talk.me and move in flow.BLIND and talk.me not in talk.place.done:
        raise MovedOn  # otherwise the response would show whether the other has taken theirs
    if side != talk.me and move == Move.ASSENT:
        raise MovedOn  # nobody says yes for the other
    if len(talk.handed) >= MAX_TURNS and move not in (Move.STOP, Move.CLOSE):
        raise MovedOn


def _move_on(
    seat: Seat, conversation: Conversation, talk: Talk, side: Side, move: Move, place: Place
) -> None:
    """Store what a turn changes in the talk: it ends a pause, and may let mails go out again."""
    conversation.resumed = False
    conversation.over = place.step in (Step.CLOSE, Step.CLOSED)
    both_acted = move in flow.BLIND and side == talk.me  # the other acted in their own account
    notifications.has_acted_in_talk(seat, conversation.pk, both=both_acted)
    conversation.paused_at = conversation.back_at = None
    conversation.back = []
    conversation.save()


def _notify_partner(seat: Seat, conversation: Conversation) -> None:
    """Mail the other that something waits: once, until they have acted.

    Whoever has not taken part in this talk gets at most one such mail a day for all talks.
    """
    recent = Conversation.objects.of(seat).filter(opened_at__gte=timezone.now() - ONE_DAY)
    pending = notifications.talks_pending(
        seat, Q(talk=conversation.pk) | Q(talk__in=recent.values("pk"))
    )
    if conversation.pk in pending:
        return
    turns = visible_turns(seat.couple_id, seat.side, conversation.pk)
    has_taken_part = any(turn.typed_by == seat.other_side for turn in turns)
    notifications.mark_notified(seat, Subject.TALK, talk=conversation.pk)
    if has_taken_part or not pending:
        notifications.notify_partner(seat)


def _is_awaited_and_away(seat: Seat, conversation: Conversation, place: Place) -> bool:
    """Whether the talk waits for the partner, who has not done anything in it just now.

    It makes no difference whether somebody has taken their turn unseen already.
    """
    partner = seat.other_side
    if partner not in flow.awaited(replace(place, done=frozenset())):
        return False
    turns = visible_turns(seat.couple_id, seat.side, conversation.pk)
    theirs = (turn.at for turn in turns if turn.side == turn.typed_by == partner)
    return all(at < timezone.now() - JUST_NOW for at in theirs)
