"""What two people can talk about, and what they agree on to begin with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from boundaries.comparison.rules import Compared, NotOpen, compare, opened_line
from boundaries.content.catalogue import Behaviour
from boundaries.questions import rules as questions
from boundaries.seats.models import Seat
from boundaries.talks.models import Conversation
from boundaries.talks.reading import NoSuchTalk, Talk
from boundaries.vocabulary import Grade, Stance


@dataclass(frozen=True, slots=True)
class TalkSubject:
    """What a talk would be about."""

    compared: Compared
    deck: str
    going: uuid.UUID | None  # a talk about it that is not over


@dataclass(frozen=True, slots=True)
class WarmGround:
    """Something that two people agree on."""

    behaviour: Behaviour
    fine: bool  # with both; otherwise it is not OK with either


def subject(seat: Seat, behaviour_id: str) -> TalkSubject:
    """What a talk about this behaviour would be. Raises NoSuchTalk unless both have shared it."""
    try:
        deck, compared = opened_line(seat, behaviour_id)
    except NotOpen:
        raise NoSuchTalk from None
    going = Conversation.objects.of(seat).filter(behaviour=behaviour_id, over=False)
    return TalkSubject(compared, deck.id, going.values_list("pk", flat=True).first())


def warm_ground(seat: Seat, talk: Talk) -> WarmGround | None:
    """Something else the two agree on: best what is fine with both, and of the same category."""
    try:
        compared = compare(seat, questions.deck(seat, talk.deck)).compared
    except (questions.NotAsked, NotOpen):
        return None
    categories = {entry.behaviour.id: entry.behaviour.category for entry in compared}
    category = categories.get(talk.behaviour)
    shared = [
        WarmGround(entry.behaviour, entry.lines[0].left == Stance.ACCEPTABLE)
        for entry in compared
        if entry.grade == Grade.COMMON
        and entry.whoever_does_it
        and entry.behaviour.id != talk.behaviour
    ]
    shared.sort(key=lambda warm: (not warm.fine, warm.behaviour.category != category))
    return shared[0] if shared else None
