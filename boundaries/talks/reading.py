"""One talk as each of the two sees it, and what a talk would be about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from boundaries import dates, sentences
from boundaries.agreements.words import is_user_written
from boundaries.content import catalogue
from boundaries.errors import NotFound
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, wording
from boundaries.talks.flow import Place
from boundaries.talks.models import (
    Conversation,
    conversations,
    moves_of,
    visible_turn_ids,
    visible_turns,
)
from boundaries.vocabulary import Mode, Move, Need, Side, Step

if TYPE_CHECKING:
    from accounts.encryption import DataKey

# Calming down takes at least twenty minutes. Gottman: above about 100 heartbeats a minute nobody
# takes anything in.
MIN_PAUSE = timedelta(minutes=20)
SITTINGS_BEFORE_ADVICE = 3  # then the page suggests a third person

SIDE_BY_SIDE = (Step.FLEX, Step.OUTCOME)  # these pages show what matters to both

type Content = Mapping[str, Any]


class NoSuchTalk(NotFound):
    """These two have no such talk, or no such opened behaviour to talk about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A turn that one of the two took, as both may see it."""

    side: Side
    move: Move
    half: int
    content: Content
    at: datetime
    elsewhere: bool  # typed in the other's account, on a shared screen

    @property
    def left_out(self) -> bool:
        """Whether they chose to write nothing here. Older turns do not tell."""
        return bool(self.content.get("left_out"))

    @property
    def opening(self) -> str:
        """What its words go on from, or nothing."""
        return wording.heard(self.content) if self.move == Move.REFLECT else ""

    @property
    def aloud(self) -> bool:
        """Whether it was said, or said back, without being written."""
        return self.move in (Move.SPEAK, Move.REFLECT) and not self.content.get("words")


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of both. Who asked for it is stored nowhere."""

    earliest: datetime  # nobody comes back before
    until: datetime  # the time that was named
    back: bool  # whether this person has said that they are back

    @property
    def may_end(self) -> bool:
        return timezone.now() >= self.earliest

    @property
    def over(self) -> bool:
        return timezone.now() >= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
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
    handed: tuple[HandedOver, ...]
    pause: Pause | None
    resumed: bool
    version: str  # opaque; changes whenever this person would see something new
    opened_at: datetime
    host: Side | None = None  # whose screen a talk together is held on, where that is known

    @property
    def subject(self) -> str:
        """What it is about, as a heading. What the couple wrote is in quotation marks."""
        return sentences.heading(self.wording, user_written=is_user_written(self.behaviour))

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
    def on_other_screen(self) -> bool:
        """Whether it is held together on the other's screen, and not on this one."""
        return self.together and self.host == self.they

    @property
    def they(self) -> Side:
        return self.me.other

    @property
    def acting(self) -> Side | None:
        """Whose turn it is on this person's screen, or None.

        Where both are asked, the owner of the account comes first, so that the order does not show
        what the other has done already.
        """
        awaited = flow.awaited(self.place)
        if self.me in awaited:
            return self.me
        return self.they if self.together and awaited else None

    @property
    def until(self) -> date | None:
        """The day it was put off to, while that is ahead and not both are ready again."""
        put_off = self.latest(Move.LATER)
        return put_off_to(self.step, put_off.content if put_off else None)

    @property
    def often_put_off(self) -> bool:
        return self.place.sitting > SITTINGS_BEFORE_ADVICE

    def latest(
        self, move: Move, side: Side | None = None, half: int | None = None
    ) -> HandedOver | None:
        """The last turn with this move; by this side and in this half, where they are given."""
        for turn in reversed(self.handed):
            if turn.move == move and side in (None, turn.side) and half in (None, turn.half):
                return turn
        return None

    @property
    def asked_by(self) -> Side:
        """Who offered this talk.

        Their being ready is its first turn. The other does not see it before being ready, too.
        """
        first = self.handed[0] if self.handed else None
        is_mine = first is not None and (first.side, first.move) == (self.me, Move.READY)
        return self.me if is_mine else self.they

    def hides(self, turn: HandedOver) -> bool:
        """Whether the other may not see this turn yet, because they have not taken theirs."""
        return turn.move in flow.BLIND and not self.latest(turn.move, turn.side.other)

    @property
    def statement(self) -> HandedOver | None:
        """The statement that is being listened to now."""
        return self.latest(Move.SPEAK, half=self.place.half)

    @property
    def statements(self) -> list[HandedOver]:
        """The last statement of each of the two."""
        return [spoken for half in (1, 2) if (spoken := self.latest(Move.SPEAK, half=half))]

    @property
    def reflection(self) -> HandedOver | None:
        """What the listener last said back."""
        return self.latest(Move.REFLECT, half=self.place.half)

    @property
    def missing(self) -> HandedOver | None:
        """What the speaker said was still missing."""
        replies = (Move.PARTLY, Move.NOT_YET)
        return next((turn for turn in reversed(self.handed) if turn.move in replies), None)

    @property
    def both_left_out(self) -> bool:
        """Whether the two have just left out what one of them was to say."""
        last = self.handed[-1].move if self.handed else None
        return self.step == Step.FLEX and last == Move.LEAVE_OUT

    @property
    def needs_in_common(self) -> list[Need]:
        """The needs that both named."""
        return needs_in_common(self.handed)

    @property
    def proposal(self) -> HandedOver | None:
        return self.latest(Move.PROPOSE)


def talk(seat: Seat, talk_id: uuid.UUID) -> Talk:
    """One talk, as this person sees it. Three queries, however long it is. Raises NoSuchTalk."""
    return talk_from(seat, conversation_of(seat, talk_id))


def version(seat: Seat, talk_id: uuid.UUID) -> str:
    """Return `Talk.version` with only two queries. Raises NoSuchTalk."""
    conversation = conversation_of(seat, talk_id)
    turns = visible_turn_ids(seat.couple_id, seat.side, conversation.pk)
    return _version(seat, conversation, turns)


def talk_with_row(seat: Seat, talk_id: uuid.UUID) -> tuple[Talk, Conversation]:
    """One talk as this person sees it, and its row for rules to change. Raises NoSuchTalk."""
    conversation = conversation_of(seat, talk_id)
    return talk_from(seat, conversation), conversation


def conversation_of(seat: Seat, talk_id: uuid.UUID) -> Conversation:
    """The row of one of this couple's talks. Raises NoSuchTalk."""
    found = conversations.first(seat.couple_id, talk_id)
    if found is None:
        raise NoSuchTalk
    return found


def talk_from(seat: Seat, conversation: Conversation) -> Talk:
    """A talk as this person sees it. Raises seats.NotPaired where the other has just left."""
    key, (me, _) = seat.shared_key, sides(seat)
    turns = visible_turns(seat.couple_id, seat.side, conversation.pk)
    handed, place = replayed(conversation, turns, key, me)
    names = seats.names(seat)
    return Talk(
        id=conversation.pk,
        deck=conversation.deck,
        behaviour=conversation.behaviour,
        wording=catalogue.worded(conversation.behaviour, conversation.read(key, "wording")),
        mode=Mode(conversation.mode),
        me=me,
        names=names,
        place=place,
        handed=tuple(handed),
        pause=pause_of(seat, conversation),
        resumed=conversation.resumed,
        version=_version(seat, conversation, [turn.pk for turn in turns]),
        opened_at=conversation.opened_at,
        host=conversation.host,
    )


def put_off_to(step: Step, content: Content | None) -> date | None:
    """The day a talk rests until, by its last turn that put it off. None once the day has come."""
    if step != Step.SET_UP or content is None:
        return None
    day = date.fromisoformat(content["on"])
    return day if dates.is_ahead(day) else None


def replayed(
    conversation: Conversation, turns: Iterable[Any], key: DataKey, reader: Side
) -> tuple[list[HandedOver], Place]:
    """These turns as one of the two may read them, and the place that they lead to."""
    place = Place(Side(conversation.first))
    handed = []
    for turn in turns:
        content, side, move = turn.read(key), Side(turn.side), Move(turn.move)
        if turn.typed_by != reader:
            content.pop("form", None)  # the rest of their form was not handed over
        handed.append(
            HandedOver(
                side=side,
                move=move,
                half=place.half,
                content=content,
                at=turn.at,
                elsewhere=turn.typed_by != turn.side,
            )
        )
        place = flow.after(place, side, move)
    return handed, place


def needs_in_common(handed: Iterable[HandedOver]) -> list[Need]:
    """The needs that are in the last statement of both."""
    needs = {turn.half: set(turn.content["needs"]) for turn in handed if turn.move == Move.SPEAK}
    if len(needs) < len(Side):
        return []
    return [need for need in Need if all(need in named for named in needs.values())]


def place_of(conversation: Conversation) -> Place:
    """Where a talk stands, counting unseen turns. For rules only, never for a page."""
    moves = [(Side(side), Move(move)) for side, move in moves_of(conversation.pk)]
    return flow.replayed(Side(conversation.first), moves)


def places_around(conversation: Conversation, side: Side, move: Move) -> tuple[Place, Place]:
    """Where a talk stands, counting unseen turns, and where this move leads. Raises NotNow."""
    place = place_of(conversation)
    return place, flow.after(place, side, move)


def pause_of(seat: Seat, conversation: Conversation) -> Pause | None:
    """The pause that a talk is in, or None."""
    if conversation.paused_at is None or conversation.back_at is None:
        return None
    return Pause(
        earliest=conversation.paused_at + MIN_PAUSE,
        until=conversation.back_at,
        back=seat.side in conversation.back,
    )


def sides(seat: Seat) -> tuple[Side, Side]:
    """This person's side and the other's. Raises NoSuchTalk for somebody who is not paired."""
    if seat.side is None:
        raise NoSuchTalk
    me = Side(seat.side)
    return me, me.other


def _version(seat: Seat, conversation: Conversation, turns: Iterable[uuid.UUID]) -> str:
    pause = pause_of(seat, conversation)
    resting = (pause.until, pause.may_end, pause.over) if pause else None
    content = repr((conversation.pk, conversation.mode, conversation.host, resting, list(turns)))
    return blake2b(content.encode(), key=seat.pk.bytes, digest_size=12).hexdigest()
