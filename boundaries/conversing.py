"""The guided talk about one behaviour: taking turns, with nobody's words seen before their time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from boundaries import asking, comparing, notices, pairing, sealing, steps
from boundaries.catalogue import Deck
from boundaries.comparing import Compared
from boundaries.models.conversations import Conversation, Draft, Turn
from boundaries.models.couples import Seat
from boundaries.models.envelopes import Envelope, Seal
from boundaries.steps import Place
from boundaries.vocabulary import Grade, Mode, Move, Need, Side, Step

if TYPE_CHECKING:
    from accounts.encryption import DataKey

# Calming down takes twenty minutes at the least (Gottman: above some 100 beats a minute nobody
# takes anything in); a return time further off than a day is another day, which is a move.
LEAST_PAUSE, MOST_PAUSE = timedelta(minutes=20), timedelta(days=1)
A_DAY = timedelta(days=1)
LIVELY = timedelta(minutes=15)  # who did something so lately is looking, and needs no mail
SITTINGS_BEFORE_A_WORD = 3  # put off so often, a talk may do better with a third person

MOST_TURNS = 200  # in one talk; then it can only be closed

SIDE_BY_SIDE = (Step.FLEX, Step.OUTCOME)  # where what matters to both is held up to them

UNWRITTEN = ""  # the version of a draft that nobody has begun

PLUMBING = ("form", "digest", "unlike")  # beside the words of a turn, and none themselves
LATE = ("", "+", "++", "+++")  # after a purpose: words that came too late for it

type Content = Mapping[str, Any]


class NotThere(Exception):
    """There is no such talk between these two; or no such opened line to talk about."""


class MovedOn(Exception):
    """The talk stands elsewhere than where this was done. Nothing was handed over."""


class Paused(Exception):
    """A pause is a pause: nothing is handed over in it."""


class TooSoon(Exception):
    """Less than twenty minutes have passed, or the other is not back before the named time."""


class Stale(Exception):
    """The draft was changed on another page or device. Nothing was overwritten."""

    def __init__(self, content: Content, version: str) -> None:
        super().__init__()
        self.content = content
        self.version = version


@dataclass(frozen=True, slots=True)
class Handed:
    """What one of the two has done and handed over, as both may see it."""

    side: Side
    move: Move
    half: int
    content: Content
    at: datetime
    elsewhere: bool  # typed in the other's account, on a shared screen


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody's: it says when, and not who."""

    least: datetime  # nobody comes back before
    until: datetime  # the time that was named
    back: bool  # this person has said that they are back

    @property
    def may_end(self) -> bool:
        return timezone.now() >= self.least

    @property
    def over(self) -> bool:
        return timezone.now() >= self.until


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk as one of the two sees it."""

    id: uuid.UUID
    deck: str
    behaviour: str
    wording: str
    mode: Mode
    me: Side
    names: Mapping[Side, str]
    place: Place  # as far as this person can tell
    handed: tuple[Handed, ...]
    pause: Pause | None
    resumed: bool
    seen: str  # what tells this look at it from another
    opened_at: datetime

    @property
    def step(self) -> Step:
        return self.place.step

    @property
    def together(self) -> bool:
        return self.mode == Mode.TOGETHER

    @property
    def over(self) -> bool:
        return self.step == Step.CLOSED

    @property
    def they(self) -> Side:
        return steps.other(self.me)

    @property
    def acting(self) -> Side | None:
        """Whose turn it is on this person's screen, or nobody's.

        Where both are asked, the person whose account it is comes first: what the other has done
        already does not show in who is asked.
        """
        awaited = steps.awaited(self.place)
        if self.me in awaited:
            return self.me
        return self.they if self.together and awaited else None

    @property
    def until(self) -> date | None:
        """The day it was put off to, while it is."""
        if self.step != Step.SET_UP:
            return None
        off = self.latest(Move.LATER)
        return date.fromisoformat(off.content["on"]) if off else None

    @property
    def often_put_off(self) -> bool:
        return self.place.sitting > SITTINGS_BEFORE_A_WORD

    def latest(
        self, move: Move, side: Side | None = None, half: int | None = None
    ) -> Handed | None:
        """The last making of a move, by one of the two or in one half where these are given."""
        for each in reversed(self.handed):
            if each.move == move and side in (None, each.side) and half in (None, each.half):
                return each
        return None

    @property
    def statement(self) -> Handed | None:
        """What is being listened to just now."""
        return self.latest(Move.SPEAK, half=self.place.half)

    @property
    def statements(self) -> list[Handed]:
        """What each of the two has said last."""
        return [said for half in (1, 2) if (said := self.latest(Move.SPEAK, half=half))]

    @property
    def reflection(self) -> Handed | None:
        """What was said back last."""
        return self.latest(Move.REFLECT, half=self.place.half)

    @property
    def missing(self) -> Handed | None:
        """What the speaker added when it had not arrived yet."""
        added = (Move.PARTLY, Move.NOT_YET)
        return next((each for each in reversed(self.handed) if each.move in added), None)

    @property
    def needs_in_common(self) -> list[Need]:
        """What both said matters to them."""
        return _needs_in_common(self.handed)

    @property
    def proposal(self) -> Handed | None:
        return self.latest(Move.PROPOSE)


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


@dataclass(frozen=True, slots=True)
class Brief:
    """A talk on the list."""

    id: uuid.UUID
    wording: str
    step: Step
    waits_for_me: bool
    until: date | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Of one talk, what the other can see of this person's part in it."""

    id: uuid.UUID
    wording: str
    handed: tuple[Handed, ...]
    needs: tuple[Need, ...]  # that both said matter to them, while they are held up


@dataclass(frozen=True, slots=True)
class Agenda:
    """All talks of two people, and what might be talked about next."""

    going: tuple[Brief, ...]
    over: tuple[Brief, ...]
    suggested: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a talk would be about: one opened line, and something the two share already."""

    compared: Compared
    deck: str
    going: uuid.UUID | None  # a talk on it that is not over


def agenda(seat: Seat) -> Agenda:
    """All talks, the newest first, and what the deck that opened last suggests."""
    briefs = _briefs(seat, Conversation.objects.of(seat))
    talked = {behaviour for behaviour, _ in briefs}
    deck = opened_last(seat)
    talks = _suggested(seat, deck) if deck else ()
    return Agenda(
        tuple(brief for _, brief in briefs if brief.step != Step.CLOSED),
        tuple(brief for _, brief in briefs if brief.step == Step.CLOSED),
        tuple(each for each in talks if each.behaviour.id not in talked),
    )


def opened_last(seat: Seat) -> Deck | None:
    """The deck that these two have opened last, or none."""
    opened = Seal.objects.filter(envelope__in=Envelope.objects.open_to(seat))
    opened = opened.exclude(envelope__deck=sealing.OPTING_IN).order_by("-set_at")
    deck = opened.values_list("envelope__deck", flat=True).first()
    try:
        return asking.deck(seat, deck) if deck else None
    except asking.NotAsked:  # the other has just left
        return None


def _suggested(seat: Seat, deck: Deck) -> tuple[Compared, ...]:
    try:
        return comparing.compare(seat, deck).talks
    except comparing.NotOpen:  # the other has just left
        return ()


def told(seat: Seat) -> list[Told]:
    """All that the other can see of this person's part in their talks, the newest talk first.

    Three queries, however many there are; alone, none.
    """
    if seat.side is None:
        return []
    turns: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for turn in Turn.told_to(seat):
        turns[turn.conversation_id].append(turn)
    seen = set(Turn.told_by(seat).values_list("pk", flat=True))
    talks = Conversation.objects.of(seat).order_by("-opened_at")
    return [_told_of(seat, each, turns[each.pk], seen) for each in talks]


def _told_of(
    seat: Seat, conversation: Conversation, turns: Sequence[Any], seen: Collection[uuid.UUID]
) -> Told:
    key, (_, they) = seat.shared_key, _sides(seat)
    handed, place = _gone_through(conversation, turns, key, they)
    mine = (each for turn, each in zip(turns, handed, strict=True) if turn.pk in seen)
    return Told(
        conversation.pk,
        conversation.read(key, "wording"),
        tuple(mine),
        tuple(_needs_in_common(handed)) if place.step in SIDE_BY_SIDE else (),
    )


def waiting(seat: Seat) -> Brief | None:
    """A talk in which it is this person's turn, or nothing. The one opened first comes first."""
    all_of_them = _briefs(seat, Conversation.objects.of(seat))
    briefs = [brief for _, brief in all_of_them if brief.waits_for_me]
    return briefs[-1] if briefs else None


def subject(seat: Seat, behaviour_id: str) -> Subject:
    """What a talk on this would be about. Raises NotThere where both have not shared it."""
    try:
        deck, behaviour = asking.placed(seat, behaviour_id)
        comparison = comparing.compare(seat, deck)
    except (asking.NotAsked, comparing.NotOpen):
        raise NotThere from None
    for compared in comparison.compared:
        if compared.behaviour.id == behaviour.id and compared.lines:
            going = Conversation.objects.of(seat).filter(behaviour=behaviour.id, over=False)
            return Subject(compared, deck.id, going.values_list("pk", flat=True).first())
    raise NotThere


def can_be_offered(seat: Seat, behaviour_id: str) -> bool:
    """Whether the two can talk about this now: in a later round it may be kept private."""
    try:
        subject(seat, behaviour_id)
    except NotThere:
        return False
    return True


@transaction.atomic
def open(seat: Seat, behaviour_id: str, *, mode: Mode, begins: bool, shown: str = "") -> uuid.UUID:
    """Offer the other a talk, for oneself ready now. `begins` is whether one speaks first oneself.

    Where a talk on it is going, that is the one. Raises NotThere, and pairing.NotPaired, also where
    the page was about another couple.
    """
    couple = pairing.hold_couple(seat, shown or None)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    about = subject(seat, behaviour_id)
    if about.going is not None:
        return about.going
    me, they = _sides(seat)
    behaviour = about.compared.behaviour
    conversation = Conversation(
        couple=couple,
        deck=about.deck,
        behaviour=behaviour.id,
        first=me if begins else they,
        mode=mode,
    )
    conversation.holding(seat.shared_key, wording=behaviour.text).save(force_insert=True)
    _write(
        seat, conversation, me, me, Move.READY, Place(Side(conversation.first)), {}, made_from=""
    )
    if mode == Mode.APART:
        _tell(seat, conversation, they)
    return conversation.pk


def talk(seat: Seat, talk_id: uuid.UUID) -> Talk:
    """One talk, as this person sees it. Three queries, however long it is. Raises NotThere."""
    return _talk(seat, _found(seat, talk_id))


def look(seat: Seat, talk_id: uuid.UUID) -> str:
    """What tells this look at a talk from another: the same as `Talk.seen`, for two queries.

    Raises NotThere.
    """
    conversation = _found(seat, talk_id)
    turns = Turn.told_to(seat).filter(conversation=conversation).values_list("pk", flat=True)
    return _look(seat, conversation, turns)


def warm_ground(seat: Seat, talk: Talk) -> str:
    """Something the two agree on already, nearest to what they talk about, or nothing."""
    try:
        comparison = comparing.compare(seat, asking.deck(seat, talk.deck))
    except (asking.NotAsked, comparing.NotOpen):
        return ""
    about = {each.behaviour.id: each.behaviour.category for each in comparison.compared}
    shared = [each.behaviour for each in comparison.compared if each.grade == Grade.COMMON]
    near = [each for each in shared if each.category == about.get(talk.behaviour)]
    return next((each.text for each in (*near, *shared)), "")


@transaction.atomic
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
    Raises NotThere, Paused, MovedOn and pairing.NotPaired.
    """
    pairing.hold_couple(seat)
    seat = _hold(seat)
    conversation = _found(seat, talk_id)
    now = _talk(seat, conversation)
    side = (side or now.me) if now.together else now.me
    content = dict(content or {})
    if now.seen != seen:
        if _was_done(seat, conversation, side, move, content, seen):
            return False
        raise MovedOn
    if now.pause and move != Move.STOP:
        raise Paused
    if side != now.me and move in steps.BLIND and now.me not in now.place.done:
        raise MovedOn  # else an answer would tell whether the other has done theirs already
    if side != now.me and move == Move.ASSENT:
        raise MovedOn  # nobody says yes for the other
    if len(now.handed) >= MOST_TURNS and move not in (Move.STOP, Move.CLOSE):
        raise MovedOn
    before = _place(conversation)
    try:
        place = steps.after(before, side, move)
    except steps.NotNow:
        raise MovedOn from None
    _write(seat, conversation, side, now.me, move, before, content, made_from=seen)
    purpose = purpose_of(before, move)
    for kept in Draft.by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        written = kept.read(seat.key)
        if _version(written) == draft or _holds(content, written):
            kept.delete()
    if move in steps.BLIND and place.step == before.step:
        return True  # unseen: nothing that the other could notice changes
    conversation.resumed = False
    conversation.over = place.step in (Step.CLOSE, Step.CLOSED)
    both = move in steps.BLIND and side == now.me  # the other did theirs in their own account
    conversation.told = [] if both else [each for each in conversation.told if each != now.me]
    conversation.paused_at = conversation.back_at = None
    conversation.back = []
    conversation.save()
    asked = steps.awaited(replace(place, done=frozenset()))  # whatever was done unseen before
    for other in asked - {side} if not now.together else ():
        if not _is_about(seat, conversation, other):
            _tell(seat, conversation, other)
    return True


@transaction.atomic
def pause(seat: Seat, talk_id: uuid.UUID, length: timedelta) -> None:
    """Rest, both. The time to come back is named; who asked for it is written nowhere.

    In a pause already, nothing changes. Raises NotThere, ValueError and pairing.NotPaired.
    """
    if not LEAST_PAUSE <= length <= MOST_PAUSE:
        raise ValueError("a pause is of twenty minutes to a day")
    pairing.hold_couple(seat)
    conversation = _found(seat, talk_id)
    if conversation.back_at is not None or _place(conversation).step == Step.CLOSED:
        return
    conversation.paused_at = timezone.now()
    conversation.back_at = conversation.paused_at + length
    conversation.save(update_fields=["paused_at", "back_at"])


@transaction.atomic
def come_back(seat: Seat, talk_id: uuid.UUID) -> None:
    """Say that one is back. From the named time on one of the two is enough, before it takes both.

    Raises NotThere, TooSoon and pairing.NotPaired.
    """
    pairing.hold_couple(seat)
    conversation = _found(seat, talk_id)
    pause = _pause(seat, conversation)
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


@transaction.atomic
def switch(seat: Seat, talk_id: uuid.UUID, mode: Mode) -> None:
    """Go on together on one screen, or apart. Nothing else changes by it, and either may.

    Raises NotThere and pairing.NotPaired.
    """
    pairing.hold_couple(seat)
    conversation = _found(seat, talk_id)
    parted = conversation.mode == Mode.TOGETHER and mode == Mode.APART
    conversation.mode = mode
    conversation.save(update_fields=["mode"])
    now = _talk(seat, conversation)
    if parted and now.they in steps.awaited(now.place):
        _tell(seat, conversation, now.they)


# Words that are not handed over


def purpose_of(place: Place, move: Move) -> str:
    """Which making of a move some words are for: each has its own draft."""
    what = Move.PARTLY if move == Move.NOT_YET else move  # the same words go with either
    return f"{what}-{place.half}-{place.round}"


def drafts(seat: Seat, talk: Talk, side: Side) -> dict[str, Written]:
    """What this person has written in this talk and not handed over, by purpose."""
    found = Draft.by(seat).filter(conversation=talk.id, side=side).order_by("purpose")
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

    `seen` is the version that they were made from. Raises NotThere, and Stale where something newer
    is on disk; what is there already is not written again.
    """
    seat = _hold(seat)
    conversation = _found(seat, talk_id)
    found = Draft.by(seat).filter(conversation=conversation, side=side, purpose=purpose).first()
    now = found.read(seat.key) if found else {}
    if found is None and _was_handed_over(seat, conversation, side, purpose, content):
        return Written(purpose, content, UNWRITTEN)
    content = {**now, **content}  # what was not sent stays as it is
    if now == content or not any((*now.values(), *content.values())):
        return Written(purpose, content, _version(now))
    if seen != _version(now):
        raise Stale(now, _version(now))
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
        except Stale:
            continue
        return True
    return False


def advise(seat: Seat, advised: bool) -> None:
    """Whether this person wants notes on their wording. It is theirs alone, in all their talks."""
    Seat.objects.filter(pk=seat.pk).update(advised=advised)


@transaction.atomic
def throw_away(seat: Seat, talk_id: uuid.UUID, purpose: str, side: Side, *, seen: str) -> None:
    """Delete words that were never handed over, if they are what was seen. Raises NotThere."""
    seat = _hold(seat)
    conversation = _found(seat, talk_id)
    for draft in Draft.by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        if _version(draft.read(seat.key)) == seen:
            draft.delete()


def export(seat: Seat) -> list[dict[str, Any]]:
    """This person's part in all talks: what they handed over, and what they wrote and did not.

    Three queries, however many. Nothing of the other's part is in it; neither is what the other
    typed into this account on a shared screen, which is theirs.
    """
    handed: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for turn in Turn.by(seat).order_by("conversation", "number"):
        told = {"move": turn.move, "at": turn.at, "words": _told(turn.read(seat.shared_key))}
        told["typed_on_the_others_screen"] = turn.typed_by != turn.side
        handed.setdefault(turn.conversation_id, []).append(told)
    kept: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for draft in Draft.by(seat).filter(side=seat.side).order_by("purpose"):
        told = {"purpose": draft.purpose, "words": _told(draft.read(seat.key))}
        kept.setdefault(draft.conversation_id, []).append(told)
    return [
        {
            "behaviour": each.behaviour,
            "mode": each.mode,
            "opened_on": timezone.localdate(each.opened_at),
            "over": each.over,
            "i_speak_first": each.first == seat.side,
            "handed_over": handed.get(each.pk, []),
            "not_handed_over": kept.get(each.pk, []),
        }
        for each in Conversation.objects.of(seat).order_by("opened_at", "pk")
    ]


def _told(content: Content) -> dict[str, Any]:
    """What is said in it, without what only a page needs.

    Nor with the behaviour that a proposal is about: its words may be the other's.
    """
    told = {name: said for name, said in content.items() if name not in PLUMBING}
    return told | {"text": told["text"][1:]} if "text" in told else told


def _hold(seat: Seat) -> Seat:
    """Lock the person's own seat, under which their drafts are written and deleted."""
    held = Seat.objects.with_keys().select_for_update(no_key=True, of=("self",))
    return held.get(pk=seat.pk)


def _found(seat: Seat, talk_id: uuid.UUID) -> Conversation:
    found = Conversation.objects.of(seat).filter(pk=talk_id).first()
    if found is None:
        raise NotThere
    return found


def _talk(seat: Seat, conversation: Conversation) -> Talk:
    key, (me, _) = seat.shared_key, _sides(seat)
    turns = list(Turn.told_to(seat).filter(conversation=conversation))
    handed, place = _gone_through(conversation, turns, key, me)
    names = pairing.names(seat)
    if len(names) < len(Side):
        raise NotThere  # the other has just left
    pause = _pause(seat, conversation)
    return Talk(
        conversation.pk,
        conversation.deck,
        conversation.behaviour,
        conversation.read(key, "wording"),
        Mode(conversation.mode),
        me,
        names,
        place,
        tuple(handed),
        pause,
        conversation.resumed,
        _look(seat, conversation, [turn.pk for turn in turns]),
        conversation.opened_at,
    )


def _gone_through(
    conversation: Conversation, turns: Iterable[Any], key: DataKey, reader: Side
) -> tuple[list[Handed], Place]:
    """What was handed over in these turns, as one of the two reads it, and where that leads to."""
    place = Place(Side(conversation.first))
    handed = []
    for turn in turns:
        content = turn.read(key)
        if turn.typed_by != reader:
            content.pop("form", None)  # what else stood in their form was not handed over
        side, move = Side(turn.side), Move(turn.move)
        elsewhere = turn.typed_by != turn.side
        handed.append(Handed(side, move, place.half, content, turn.at, elsewhere))
        place = steps.after(place, side, move)
    return handed, place


def _needs_in_common(handed: Iterable[Handed]) -> list[Need]:
    """What both said matters to them, by what each has said last."""
    said = {each.half: set(each.content["needs"]) for each in handed if each.move == Move.SPEAK}
    if len(said) < len(Side):
        return []
    return [need for need in Need if all(need in each for each in said.values())]


def _look(seat: Seat, conversation: Conversation, turns: Iterable[uuid.UUID]) -> str:
    pause = _pause(seat, conversation)
    resting = (pause.until, pause.may_end, pause.over) if pause else None
    told = repr((conversation.pk, conversation.mode, resting, list(turns)))
    return blake2b(told.encode(), key=seat.pk.bytes, digest_size=12).hexdigest()


def _place(conversation: Conversation) -> Place:
    moves = Turn.all_of(conversation).values_list("side", "move")
    return steps.through(
        Side(conversation.first), ((Side(side), Move(move)) for side, move in moves)
    )


def _pause(seat: Seat, conversation: Conversation) -> Pause | None:
    if conversation.paused_at is None or conversation.back_at is None:
        return None
    return Pause(
        conversation.paused_at + LEAST_PAUSE,
        conversation.back_at,
        seat.side in conversation.back,
    )


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
    now = _talk(seat, conversation)
    move = Written(purpose, {}, UNWRITTEN).move
    moves = {move, Move.NOT_YET} if move == Move.PARTLY else {move}
    if purpose == purpose_of(now.place, move) and moves & steps.allowed(now.place, side):
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
        turn=steps.turn(place, move),
        content=content,
        made_from=made_from,
    )


def _is_about(seat: Seat, conversation: Conversation, side: Side) -> bool:
    """Whether the other did something here a moment ago, as far as this person may know."""
    lately = Turn.told_to(seat).filter(conversation=conversation, at__gte=timezone.now() - LIVELY)
    return lately.filter(side=side, typed_by=side).exists()


def _tell(seat: Seat, conversation: Conversation, side: Side) -> None:
    """One mail, and no other before they have done something: whoever waits does not nag.

    To who has not been in this talk, one of the same day about another talk is enough.
    """
    if side in conversation.told:
        return
    lately = Conversation.objects.of(seat).filter(opened_at__gte=timezone.now() - A_DAY)
    told = any(side in each for each in lately.values_list("told", flat=True))
    been = Turn.told_to(seat).filter(conversation=conversation, typed_by=side).exists()
    conversation.told = [*conversation.told, str(side)]
    conversation.save(update_fields=["told"])
    if told and not been:
        return
    for other in Seat.objects.filter(couple=conversation.couple_id, side=side).select_related(
        "user"
    ):
        notices.something_waits_for(other.user)


def _sides(seat: Seat) -> tuple[Side, Side]:
    if seat.side is None:
        raise NotThere
    me = Side(seat.side)
    return me, steps.other(me)


def _briefs(seat: Seat, conversations: QuerySet[Conversation]) -> list[tuple[str, Brief]]:
    """Talks with the behaviour each is on, the newest first. Two queries, however many."""
    found = list(conversations.order_by("-opened_at"))
    places = {each.pk: Place(Side(each.first)) for each in found}
    until: dict[uuid.UUID, date] = {}
    turns = Turn.told_to(seat).filter(conversation__in=conversations)
    for turn in turns:
        side, move = Side(turn.side), Move(turn.move)
        places[turn.conversation_id] = steps.after(places[turn.conversation_id], side, move)
        if move == Move.LATER:
            until[turn.conversation_id] = date.fromisoformat(turn.read(seat.shared_key)["on"])
    return [
        (
            each.behaviour,
            Brief(
                each.pk,
                each.read(seat.shared_key, "wording"),
                places[each.pk].step,
                seat.side in steps.awaited(places[each.pk]) and each.back_at is None,
                until.get(each.pk) if places[each.pk].step == Step.SET_UP else None,
                each.opened_at,
            ),
        )
        for each in found
    ]


def _version(content: Content) -> str:
    if not any(content.values()):
        return UNWRITTEN
    return blake2b(repr(sorted(content.items())).encode(), digest_size=12).hexdigest()
