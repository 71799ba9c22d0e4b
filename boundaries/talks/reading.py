"""Talks as each of the two sees them: one talk, all of them, what there is to talk about."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from boundaries import sentences
from boundaries.comparison.rules import Compared, NotOpen, compare, opened_last, opened_line
from boundaries.content.catalogue import Deck
from boundaries.errors import NotFound
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.vocabulary import Grade, Mode, Move, Need, Side, Step

if TYPE_CHECKING:
    from accounts.encryption import DataKey

# Calming down takes twenty minutes at the least (Gottman: above some 100 beats a minute nobody
# takes anything in).
MIN_PAUSE = timedelta(minutes=20)
SITTINGS_BEFORE_A_WORD = 3  # put off so often, a talk may do better with a third person

SIDE_BY_SIDE = (Step.FLEX, Step.OUTCOME)  # where what matters to both is held up to them

PLUMBING = (
    "form",
    "digest",
    "unlike",
    "format",
    "behaviour",
)  # beside the words of a turn, and none themselves

type Content = Mapping[str, Any]


class NoSuchTalk(NotFound):
    """There is no such talk between these two; or no such opened line to talk about."""


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
        return self.me.other

    @property
    def acting(self) -> Side | None:
        """Whose turn it is on this person's screen, or nobody's.

        Where both are asked, the person whose account it is comes first: what the other has done
        already does not show in who is asked.
        """
        awaited = flow.awaited(self.place)
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

    def hides(self, turn: Handed) -> bool:
        """Whether it is one that the other may not see yet: they have not done theirs."""
        return turn.move in flow.BLIND and not self.latest(turn.move, turn.side.other)

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
class Brief:
    """A talk on the list."""

    id: uuid.UUID
    wording: str
    step: Step
    waits_for_me: bool
    until: date | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class OwnTalkPart:
    """Of one talk, what the other can see of this person's part in it."""

    id: uuid.UUID
    behaviour: str
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
class TalkSubject:
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


def _suggested(seat: Seat, deck: Deck) -> tuple[Compared, ...]:
    try:
        return compare(seat, deck).talks
    except NotOpen:  # the other has just left
        return ()


def told(seat: Seat) -> list[OwnTalkPart]:
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
) -> OwnTalkPart:
    key, (_, they) = seat.shared_key, sides(seat)
    handed, place = _gone_through(conversation, turns, key, they)
    mine = (each for turn, each in zip(turns, handed, strict=True) if turn.pk in seen)
    return OwnTalkPart(
        conversation.pk,
        conversation.behaviour,
        conversation.read(key, "wording"),
        tuple(mine),
        tuple(_needs_in_common(handed)) if place.step in SIDE_BY_SIDE else (),
    )


def waiting(seat: Seat) -> Brief | None:
    """A talk in which it is this person's turn, or nothing. The one opened first comes first."""
    all_of_them = _briefs(seat, Conversation.objects.of(seat))
    briefs = [brief for _, brief in all_of_them if brief.waits_for_me]
    return briefs[-1] if briefs else None


def subject(seat: Seat, behaviour_id: str) -> TalkSubject:
    """What a talk on this would be about. Raises NoSuchTalk where both have not shared it."""
    try:
        deck, compared = opened_line(seat, behaviour_id)
    except NotOpen:
        raise NoSuchTalk from None
    going = Conversation.objects.of(seat).filter(behaviour=behaviour_id, over=False)
    return TalkSubject(compared, deck.id, going.values_list("pk", flat=True).first())


def talk(seat: Seat, talk_id: uuid.UUID) -> Talk:
    """One talk, as this person sees it. Three queries, however long it is. Raises NoSuchTalk."""
    return heard(seat, found(seat, talk_id))


def look(seat: Seat, talk_id: uuid.UUID) -> str:
    """What tells this look at a talk from another: the same as `Talk.seen`, for two queries.

    Raises NoSuchTalk.
    """
    conversation = found(seat, talk_id)
    turns = Turn.told_to(seat).filter(conversation=conversation).values_list("pk", flat=True)
    return _look(seat, conversation, turns)


def warm_ground(seat: Seat, talk: Talk) -> str:
    """Something the two agree on already, nearest to what they talk about, or nothing."""
    try:
        comparison = compare(seat, questions.deck(seat, talk.deck))
    except (questions.NotAsked, NotOpen):
        return ""
    about = {each.behaviour.id: each.behaviour.category for each in comparison.compared}
    shared = [each.behaviour for each in comparison.compared if each.grade == Grade.COMMON]
    near = [each for each in shared if each.category == about.get(talk.behaviour)]
    return next((each.text for each in (*near, *shared)), "")


def export(seat: Seat) -> list[dict[str, Any]]:
    """This person's part in all talks: what they handed over, and what they wrote and did not.

    Four queries, however many. Nothing of the other's part is in it; neither is what the other
    typed into this account on a shared screen, which is theirs.
    """
    called = {str(side): name for side, name in seats.names(seat).items()}
    handed: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for turn in Turn.owned_by(seat).order_by("conversation", "number"):
        words = _told(turn.read(seat.shared_key), called)
        told = {"move": turn.move, "at": turn.at, "words": words}
        told["typed_on_the_others_screen"] = turn.typed_by != turn.side
        handed.setdefault(turn.conversation_id, []).append(told)
    kept: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for draft in Draft.owned_by(seat).filter(side=seat.side).order_by("purpose"):
        told = {"purpose": draft.purpose, "words": _told(draft.read(seat.key), called)}
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


def _told(content: Content, names: Mapping[str, str]) -> dict[str, Any]:
    """What is said in it, without what only a page needs.

    Nor with the behaviour that a proposal is about: its words may be the other's.
    """
    told = {name: said for name, said in content.items() if name not in PLUMBING}
    if "text" not in told:
        return told
    if "format" in content:
        return told | {"text": [str(sentences.unpacked(each, names)) for each in told["text"]]}
    return told | {"text": told["text"][1:]}


def found(seat: Seat, talk_id: uuid.UUID) -> Conversation:
    """A talk of this couple's. Raises NoSuchTalk."""
    found = Conversation.objects.of(seat).filter(pk=talk_id).first()
    if found is None:
        raise NoSuchTalk
    return found


def heard(seat: Seat, conversation: Conversation) -> Talk:
    """A talk as this person sees it. Raises seats.NotPaired where the other has just left."""
    key, (me, _) = seat.shared_key, sides(seat)
    turns = list(Turn.told_to(seat).filter(conversation=conversation))
    handed, place = _gone_through(conversation, turns, key, me)
    names = seats.names(seat)
    pause = pause_of(seat, conversation)
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
        place = flow.after(place, side, move)
    return handed, place


def _needs_in_common(handed: Iterable[Handed]) -> list[Need]:
    """What both said matters to them, by what each has said last."""
    said = {each.half: set(each.content["needs"]) for each in handed if each.move == Move.SPEAK}
    if len(said) < len(Side):
        return []
    return [need for need in Need if all(need in each for each in said.values())]


def _look(seat: Seat, conversation: Conversation, turns: Iterable[uuid.UUID]) -> str:
    pause = pause_of(seat, conversation)
    resting = (pause.until, pause.may_end, pause.over) if pause else None
    told = repr((conversation.pk, conversation.mode, resting, list(turns)))
    return blake2b(told.encode(), key=seat.pk.bytes, digest_size=12).hexdigest()


def place_of(conversation: Conversation) -> Place:
    """Where a talk stands, unseen turns and all. It may lead to an act, and onto no page."""
    moves = Turn.all_of(conversation).values_list("side", "move")
    return flow.through(
        Side(conversation.first), ((Side(side), Move(move)) for side, move in moves)
    )


def pause_of(seat: Seat, conversation: Conversation) -> Pause | None:
    """The pause that a talk is in, or none."""
    if conversation.paused_at is None or conversation.back_at is None:
        return None
    return Pause(
        conversation.paused_at + MIN_PAUSE,
        conversation.back_at,
        seat.side in conversation.back,
    )


def sides(seat: Seat) -> tuple[Side, Side]:
    """One's own side and the other's. Raises NoSuchTalk where one is alone."""
    if seat.side is None:
        raise NoSuchTalk
    me = Side(seat.side)
    return me, me.other


def _briefs(seat: Seat, conversations: QuerySet[Conversation]) -> list[tuple[str, Brief]]:
    """Talks with the behaviour each is on, the newest first. Two queries, however many."""
    found = list(conversations.order_by("-opened_at"))
    places = {each.pk: Place(Side(each.first)) for each in found}
    until: dict[uuid.UUID, date] = {}
    turns = Turn.told_to(seat).filter(conversation__in=conversations)
    for turn in turns:
        side, move = Side(turn.side), Move(turn.move)
        places[turn.conversation_id] = flow.after(places[turn.conversation_id], side, move)
        if move == Move.LATER:
            until[turn.conversation_id] = date.fromisoformat(turn.read(seat.shared_key)["on"])
    return [
        (
            each.behaviour,
            Brief(
                each.pk,
                each.read(seat.shared_key, "wording"),
                places[each.pk].step,
                seat.side in flow.awaited(places[each.pk]) and each.back_at is None,
                until.get(each.pk) if places[each.pk].step == Step.SET_UP else None,
                each.opened_at,
            ),
        )
        for each in found
    ]
