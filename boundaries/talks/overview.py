"""All of a person's talks: the list, what waits for them, and their own part in each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from accounts.kept_queries import kept_query
from boundaries import sentences
from boundaries.agreements import standing
from boundaries.agreements.words import is_user_written
from boundaries.comparison.rules import Compared, Comparison, NotOpen, compare, opened_last
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.talks.reading import Content, HandedOver
from boundaries.vocabulary import Mode, Move, Need, Side, Step

if TYPE_CHECKING:
    from accounts.encryption import DataKey

# Stored with the words of a turn. Turns from before 0.2.0 say "unlike" for "acknowledged".
NOT_WORDS = ("form", "language", "digest", "acknowledged", "unlike", "format", "behaviour")


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSummary:
    """A talk on the list."""

    id: uuid.UUID
    behaviour: str
    wording: str
    step: Step
    waits_for_me: bool  # now: a talk that was put off waits for nobody before its day
    waits_for_partner: bool  # and for them alone
    is_asked: bool  # the partner has offered it, and it has not begun yet
    on_other_screen: bool  # it is held together, on the partner's screen
    on_this_screen: bool  # it is held together, on this person's own: every turn is taken there
    until: date | None  # the day it was put off to, while that is ahead
    opened_at: datetime

    @property
    def subject(self) -> str:
        """What it is about, as a heading. What the couple wrote is in quotation marks."""
        return sentences.heading(self.wording, user_written=is_user_written(self.behaviour))


@dataclass(frozen=True, slots=True)
class Agenda:
    """All talks of two people, and what they might talk about next."""

    going: tuple[TalkSummary, ...]
    over: tuple[TalkSummary, ...]
    suggested: tuple[Compared, ...]
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What two people have done about their answers, by behaviour. Both see all of it."""

    talked: frozenset[str] = frozenset()  # a talk exists
    proposed: frozenset[str] = frozenset()  # words were proposed, whatever became of them
    agreed: frozenset[str] = frozenset()  # an agreement stands

    def suggested(self, comparison: Comparison) -> tuple[Compared, ...]:
        """At most three talks, on what these two have neither talked about nor agreed on."""
        return comparison.talks_without(self.talked | self.agreed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """This person's part in one talk, as far as the other can see it."""

    id: uuid.UUID
    behaviour: str
    wording: str
    handed: tuple[HandedOver, ...]
    needs: tuple[Need, ...]  # that both named, while the page of the talk shows them


def agenda(seat: Seat) -> Agenda:
    """All talks, newest first, and what the deck that opened last suggests."""
    talks = summaries(seat)
    deck = opened_last(seat)
    done = progress(seat) if seat.couple_id else Progress()
    return Agenda(
        going=tuple(summary for summary in talks if summary.step != Step.CLOSED),
        over=tuple(summary for summary in talks if summary.step == Step.CLOSED),
        suggested=_suggested(seat, deck, done) if deck else (),
        progress=done,
    )


def progress(seat: Seat) -> Progress:
    """What these two have talked about, proposed and agreed. One query."""
    stands: dict[str, bool] = {}
    talked = set()
    for behaviour, number, agreed, ended in sorted(_done(seat.couple_id, seat.side)):
        if not number:
            talked.add(behaviour)
        elif agreed:
            stands[behaviour] = not ended
        else:
            stands.setdefault(behaviour, False)
    agreed_on = (behaviour for behaviour, stand in stands.items() if stand)
    return Progress(
        talked=frozenset(talked), proposed=frozenset(stands), agreed=frozenset(agreed_on)
    )


@kept_query(uuid.UUID, str)
def _done(couple: uuid.UUID | None, side: str | None) -> QuerySet[Any, Any]:
    me = Seat.in_couple(couple, side)
    talks = Conversation.objects.of(me).values_list(
        "behaviour", Value(0), Value(value=False), Value(value=False)
    )
    return standing.outline(me).union(talks)


def summaries(seat: Seat) -> list[TalkSummary]:
    """All talks, newest first. Two queries, however many."""
    conversations = list(Conversation.objects.of(seat).order_by("-opened_at"))
    places = {talk.pk: Place(Side(talk.first)) for talk in conversations}
    put_off: dict[uuid.UUID, Content] = {}
    first: dict[uuid.UUID, tuple[Side, Move]] = {}
    for turn in Turn.visible_to(seat).filter(conversation__in=Conversation.objects.of(seat)):
        side, move, id = Side(turn.side), Move(turn.move), turn.conversation_id
        places[id] = flow.after(places[id], side, move)
        first.setdefault(id, (side, move))
        if move == Move.LATER:
            put_off[id] = turn.read(seat.shared_key)
    return [
        _summary(
            seat,
            conversation,
            places[conversation.pk],
            reading.put_off_to(places[conversation.pk].step, put_off.get(conversation.pk)),
            is_asked=first.get(conversation.pk) != (seat.side, Move.READY),
        )
        for conversation in conversations
    ]


def shown_parts(seat: Seat) -> list[ShownPart]:
    """Everything the other can see of this person's part in their talks, newest talk first.

    Three queries, however many talks there are; none for somebody who is not paired.
    """
    if seat.side is None:
        return []
    turns: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for turn in Turn.visible_to(seat):
        turns[turn.conversation_id].append(turn)
    shown = set(Turn.shown_to_other(seat).values_list("pk", flat=True))
    talks = Conversation.objects.of(seat).order_by("-opened_at")
    return [
        _shown_part(seat, conversation, turns[conversation.pk], shown) for conversation in talks
    ]


def export(seat: Seat) -> list[dict[str, Any]]:
    """This person's part in all talks: what they handed over, and their drafts.

    Four queries, however many talks there are. It holds nothing of the other's part, nor what the
    other typed into this account on a shared screen.
    """
    names = {str(side): name for side, name in seats.names(seat).items()}
    handed, drafts = _handed_over(seat, names), _drafts(seat, names)
    return [
        {
            "behaviour": conversation.behaviour,
            "mode": conversation.mode,
            "opened_on": timezone.localdate(conversation.opened_at),
            "over": conversation.over,
            "i_speak_first": conversation.first == seat.side,
            "handed_over": handed.get(conversation.pk, []),
            "not_handed_over": drafts.get(conversation.pk, []),
        }
        for conversation in Conversation.objects.of(seat).order_by("opened_at", "pk")
    ]


def _summary(
    seat: Seat, conversation: Conversation, place: Place, until: date | None, *, is_asked: bool
) -> TalkSummary:
    rests = conversation.back_at is not None or until is not None
    awaited = frozenset() if rests else flow.awaited(place)
    is_here = conversation.mode == Mode.TOGETHER and conversation.host in (None, seat.side)
    waits_for_me = bool(awaited) if is_here else seat.side in awaited
    return TalkSummary(
        id=conversation.pk,
        behaviour=conversation.behaviour,
        wording=_wording(conversation, seat.shared_key),
        step=place.step,
        waits_for_me=waits_for_me,
        waits_for_partner=bool(awaited) and not waits_for_me,
        is_asked=is_asked and seat.side in awaited and place.is_new,
        on_other_screen=conversation.host not in (None, seat.side) and place.step != Step.CLOSED,
        on_this_screen=is_here,
        until=until,
        opened_at=conversation.opened_at,
    )


def _suggested(seat: Seat, deck: Deck, done: Progress) -> tuple[Compared, ...]:
    try:
        return done.suggested(compare(seat, deck))
    except NotOpen:  # the other has just left
        return ()


def _shown_part(
    seat: Seat, conversation: Conversation, turns: Sequence[Any], shown: Collection[uuid.UUID]
) -> ShownPart:
    key, (_, they) = seat.shared_key, reading.sides(seat)
    handed, place = reading.replayed(conversation, turns, key, they)
    mine = (entry for turn, entry in zip(turns, handed, strict=True) if turn.pk in shown)
    side_by_side = place.step in reading.SIDE_BY_SIDE
    return ShownPart(
        id=conversation.pk,
        behaviour=conversation.behaviour,
        wording=_wording(conversation, key),
        handed=tuple(mine),
        needs=tuple(reading.needs_in_common(handed)) if side_by_side else (),
    )


def _handed_over(seat: Seat, names: Mapping[str, str]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """For each talk, the turns this person took."""
    handed: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for turn in Turn.owned_by(seat).order_by("conversation", "number"):
        handed[turn.conversation_id].append(
            {
                "move": turn.move,
                "at": turn.at,
                "words": _exported(turn.read(seat.shared_key), names),
                "typed_on_the_others_screen": turn.typed_by != turn.side,
            }
        )
    return handed


def _drafts(seat: Seat, names: Mapping[str, str]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """For each talk, what this person wrote and did not hand over."""
    drafts: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for draft in Draft.owned_by(seat).filter(side=seat.side).order_by("purpose"):
        words = _exported(draft.read(seat.key), names)
        drafts[draft.conversation_id].append({"purpose": draft.purpose, "words": words})
    return drafts


def _wording(conversation: Conversation, key: DataKey) -> str:
    return catalogue.worded(conversation.behaviour, conversation.read(key, "wording"))


def _exported(content: Content, names: Mapping[str, str]) -> dict[str, Any]:
    """The words in it, without what only a page needs.

    A proposal also loses the wording of its behaviour: that may be the other's.
    """
    words = {name: value for name, value in content.items() if name not in NOT_WORDS}
    if "text" not in words:
        return words
    if "format" in content:
        return words | {"text": [str(sentences.unpack(line, names)) for line in words["text"]]}
    return words | {"text": words["text"][1:]}
