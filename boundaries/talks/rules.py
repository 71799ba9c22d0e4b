"""The guided talk about one behaviour: taking turns, with nobody's words seen before their time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from boundaries import notifications
from boundaries.errors import Conflict, Refused
from boundaries.notifications import Subject
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import MIN_PAUSE, Content, Talk
from boundaries.vocabulary import Mode, Move, Side, Step

MAX_PAUSE = timedelta(days=1)  # a return time further off is another day, which is a move
A_DAY = timedelta(days=1)
LIVELY = timedelta(minutes=15)  # who did something so lately is looking, and needs no mail

MAX_TURNS = 200  # in one talk; then it can only be closed

UNWRITTEN = ""  # the version of a draft that nobody has begun

LATE = ("", "+", "++", "+++")  # after a purpose: words that came too late for it


class MovedOn(Conflict):
    """The talk stands elsewhere than where this was done. Nothing was handed over."""


class Paused(Refused):
    """A pause is a pause: nothing is handed over in it."""


class TooSoon(Refused):
    """Less than twenty minutes have passed, or the other is not back before the named time."""


class StaleDraft(Conflict):
    """The draft was changed on another page or device. Nothing was overwritten."""

    def __init__(self, content: Content, version: str) -> None:
        super().__init__()
        self.content = content
        self.version = version


@dataclass(frozen=True, slots=True)
class Written:
    """A draft: words of one's own, not handed over."""

    purpose: str
    content: Content
    version: str

    @property
    def move(self) -> Move:
        return Move(self.purpose.rsplit("-", 2)[0])

    @property
    def texts(self) -> list[str]:
        """What is in it in words of one's own."""
        picked = ("alike", "outcome_", "on_")
        told = [each for name, each in self.content.items() if not name.startswith(picked)]
        return [each for each in told if each and isinstance(each, str)]


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


def purpose_of(place: Place, move: Move) -> str:
    """Which making of a move some words are for: each has its own draft."""
    what = Move.PARTLY if move == Move.NOT_YET else move  # the same words go with either
    return f"{what}-{place.half}-{place.round}"


def drafts(seat: Seat, talk: Talk, side: Side) -> dict[str, Written]:
    """What this person has written in this talk and not handed over, by purpose."""
    found = Draft.owned_by(seat).filter(conversation=talk.id, side=side).order_by("purpose")
    contents = {draft.purpose: draft.read(seat.key) for draft in found}
    return {
        purpose: Written(purpose, content, _version(content))
        for purpose, content in contents.items()
    }


@transaction.atomic
def write(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, seen: str, side: Side
) -> Written:
    """Keep words that are not handed over yet. Nobody else learns of them, nor that there are any.

    `seen` is the version that they were made from. Raises NoSuchTalk, and StaleDraft where
    something newer is on disk; what is there already is not written again.
    """
    seat = seats.locked_seat(seat)
    conversation = reading.found(seat, talk_id)
    found = (
        Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose).first()
    )
    now = found.read(seat.key) if found else {}
    if found is None and _was_handed_over(seat, conversation, side, purpose, content):
        return Written(purpose, content, UNWRITTEN)
    content = {**now, **content}  # what was not sent stays as it is
    if now == content or not any((*now.values(), *content.values())):
        return Written(purpose, content, _version(now))
    if seen != _version(now):
        raise StaleDraft(now, _version(now))
    Draft.put(seat, conversation, side=side, purpose=purpose, content=content)
    return Written(purpose, content, _version(content))


def keep_late(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, seen: str, side: Side
) -> bool:
    """Keep words that came too late to be handed over.

    They take the place of the draft that they were made from (`seen`), and stand beside anything
    else. Returns whether there was room: a few may come late, and no more. Raises NotThere.
    """
    for late in LATE:
        made_from = UNWRITTEN if late else seen
        try:
            write(seat, talk_id, f"{purpose}{late}", content, seen=made_from, side=side)
        except StaleDraft:
            continue
        return True
    return False


def advise(seat: Seat, advised: bool) -> None:
    """Whether this person wants notes on their wording. It is theirs alone, in all their talks."""
    Seat.objects.filter(pk=seat.pk).update(advised=advised)


@transaction.atomic
def throw_away(seat: Seat, talk_id: uuid.UUID, purpose: str, side: Side, *, seen: str) -> None:
    """Delete words that were never handed over, if they are what was seen. Raises NotThere."""
    seat = seats.locked_seat(seat)
    conversation = reading.found(seat, talk_id)
    for draft in Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        if _version(draft.read(seat.key)) == seen:
            draft.delete()


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


def _was_handed_over(
    seat: Seat, conversation: Conversation, side: Side, purpose: str, content: Content
) -> bool:
    """Whether these words are no draft any more: a page that saves by itself came late.

    It looks only at what this person has been told: the answer says what was found.
    """
    now = reading.heard(seat, conversation)
    move = Written(purpose, {}, UNWRITTEN).move
    moves = {move, Move.NOT_YET} if move == Move.PARTLY else {move}
    if purpose == purpose_of(now.place, move) and moves & flow.allowed(now.place, side):
        return False  # they are for what comes now
    told = (each for each in now.handed if each.side == side and each.move in moves)
    return any(_holds(each.content, content) for each in told)


def _holds(handed: Content, draft: Content) -> bool:
    """Whether all that was written is in what was handed over."""
    return bool(draft.items() <= handed.get("form", handed).items())


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


def _version(content: Content) -> str:
    if not any(content.values()):
        return UNWRITTEN
    return blake2b(repr(sorted(content.items())).encode(), digest_size=12).hexdigest()
