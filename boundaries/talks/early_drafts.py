"""Words for a talk that is not open yet. Only their writer knows that they are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundaries.comparison.rules import Compared, compare_all
from boundaries.errors import Conflict
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.talks import drafts, reading, subjects
from boundaries.talks.drafts import UNWRITTEN
from boundaries.talks.models import Conversation, EarlyDraft
from boundaries.vocabulary import Grade, Move
from boundaries.web.fields import MAX_PART_LENGTH

if TYPE_CHECKING:
    from boundaries.content.catalogue import Behaviour, Deck
    from boundaries.seats.models import Seat

MAX_LENGTH = MAX_PART_LENGTH  # they stand in the first field of what somebody says in a talk


class NoRoomInDraft(Conflict):
    """There are words for this talk already, and no room for more. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class DeckChoices:
    """The behaviours of an opened deck that can be talked about, differences first."""

    deck: Deck
    behaviours: tuple[Behaviour, ...]


@dataclass(frozen=True, slots=True)
class TalkChoices:
    """Everything that two people can talk about."""

    decks: tuple[DeckChoices, ...]

    @property
    def ids(self) -> list[str]:
        return [behaviour.id for choices in self.decks for behaviour in choices.behaviours]


def choices(seat: Seat) -> TalkChoices:
    """What can be talked about now; nothing for somebody alone."""
    opened = compare_all(seat, questions.decks(seat)) if seat.couple_id else []
    found = ((one.deck, _behaviours(one.compared)) for one in opened)
    return TalkChoices(tuple(DeckChoices(deck, shared) for deck, shared in found if shared))


def keep(seat: Seat, behaviour: str, words: str) -> None:
    """Keep words for a talk on this behaviour: in the talk, if there is one, or until it opens.

    They go below words that are kept already. Nobody else learns of it. Raises NoSuchTalk unless
    both have shared the behaviour, NoRoomInDraft and seats.NotPaired.
    """
    with seats.locked(seat, lock_seat=True) as (couple, seat):
        going = subjects.subject(seat, behaviour).going
        if going is not None:
            if not _to_draft(seat, reading.conversation_of(seat, going), words):
                raise NoRoomInDraft
            return
        row = EarlyDraft.on(seat, behaviour)
        row = row or EarlyDraft(seat=seat, couple=couple, behaviour=behaviour)
        kept = "" if row._state.adding else str(row.read(seat.key))
        if words in kept.splitlines():
            return
        content = "\n".join(filter(None, [kept, words]))
        if len(content) > MAX_LENGTH:
            raise NoRoomInDraft
        row.set_encrypted(seat.key, content=content).save()


def bring_along(seat: Seat, conversation: Conversation) -> None:
    """Make words that were kept for this talk a draft in it. The seat must be locked. One query."""
    row = EarlyDraft.on(seat, conversation.behaviour)
    if row and _to_draft(seat, conversation, str(row.read(seat.key))):
        row.delete()


def kept(seat: Seat) -> dict[str, str]:
    """What this person keeps for talks to come, by behaviour. One query."""
    return {row.behaviour: str(row.read(seat.key)) for row in EarlyDraft.here(seat)}


def throw_away(seat: Seat, behaviour: str) -> None:
    """Delete what is kept for a talk on this behaviour. Idempotent."""
    EarlyDraft.here(seat).filter(behaviour=behaviour).delete()


def export(seat: Seat) -> list[dict[str, Any]]:
    """What this person keeps for talks to come. One query."""
    return [{"behaviour": behaviour, "words": words} for behaviour, words in kept(seat).items()]


def _to_draft(seat: Seat, conversation: Conversation, words: str) -> bool:
    """Save words as this person's draft of what they will say. Returns whether there was room."""
    me, _ = reading.sides(seat)
    half = 1 if conversation.first == me else 2
    purpose, content = f"{Move.SPEAK}-{half}-1", {"when": words}
    return drafts.recover(seat, conversation.pk, purpose, content, version=UNWRITTEN, side=me)


def _behaviours(compared: Iterable[Compared]) -> tuple[Behaviour, ...]:
    grades = list(Grade)
    shared = (one for one in compared if one.lines)
    by_grade = sorted(shared, key=lambda one: -grades.index(one.grade))
    return tuple(one.behaviour for one in by_grade)
