"""Words of a talk that were written and not handed over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.kept_queries import kept_query
from boundaries.drafts import LATE_SUFFIXES as LATE_SUFFIXES
from boundaries.drafts import UNWRITTEN as UNWRITTEN  # the names by which talks know them
from boundaries.drafts import StaleDraft as StaleDraft
from boundaries.drafts import version_of
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading, wording
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft
from boundaries.talks.reading import Content, Talk
from boundaries.vocabulary import Move, Side, Step


@dataclass(frozen=True, slots=True)
class DraftWords:
    """A person's own words that are not handed over."""

    purpose: str
    content: Content
    version: str

    @property
    def move(self) -> Move:
        return Move(self.purpose.rsplit("-", 2)[0])


def purpose_of(place: Place, move: Move) -> str:
    """Which turn some words are for: move, half and round. There is one draft for each."""
    name = Move.PARTLY if move == Move.NOT_YET else move  # the same words go with either
    return f"{name}-{place.half}-{place.round}"


def written(seat: Seat, talk: Talk, side: Side) -> dict[str, DraftWords]:
    """This person's drafts in this talk, by purpose."""
    rows = _of_talk(seat.pk, talk.id, str(side))
    contents = {draft.purpose: draft.read(seat.key) for draft in rows}
    return {
        purpose: DraftWords(purpose, content, version_of(content))
        for purpose, content in contents.items()
    }


@kept_query(uuid.UUID, uuid.UUID, str)
def _of_talk(seat: uuid.UUID, talk: uuid.UUID, side: str) -> QuerySet[Draft]:
    mine = Draft.owned_by(Seat(id=seat))
    return mine.filter(conversation=talk, side=side).order_by("purpose")


@transaction.atomic
def save(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, version: str, side: Side
) -> DraftWords:
    """Save a draft. Nobody else learns what is in it, nor that there is one.

    `version` is that of the draft which the writer changed. Content that is saved already is not
    written a second time. Raises NoSuchTalk, and StaleDraft where a newer draft is saved.
    """
    seat = seats.locked_seat(seat)
    conversation = reading.conversation_of(seat, talk_id)
    rows = Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose)
    row = rows.first()
    now = row.read(seat.key) if row else {}
    if row is None and _was_handed_over(seat, conversation, side, purpose, content):
        return DraftWords(purpose, content, UNWRITTEN)
    content = _without_composed({**now, **content})  # fields that were not sent stay as they are
    if now == content or not any((*now.values(), *content.values())):
        return DraftWords(purpose, content, version_of(now))
    if version != version_of(now):
        raise StaleDraft(now, version_of(now))
    Draft.put(seat, conversation, side=side, purpose=purpose, content=content)
    return DraftWords(purpose, content, version_of(content))


def recover(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, version: str, side: Side
) -> bool:
    """Save words that were sent and could not be handed over. Returns whether nothing is lost.

    They replace the draft that they were made from (`version`); any other draft stays, and they
    are saved beside it while there is room. Raises NoSuchTalk.
    """
    if not any(content.values()):
        return True
    for suffix in LATE_SUFFIXES:
        made_from = UNWRITTEN if suffix else version
        try:
            save(seat, talk_id, f"{purpose}{suffix}", content, version=made_from, side=side)
        except StaleDraft:
            continue
        return True
    return False


@transaction.atomic
def throw_away(seat: Seat, talk_id: uuid.UUID, purpose: str, side: Side, *, version: str) -> None:
    """Delete a draft, if this is still its version. Raises NoSuchTalk."""
    seat = seats.locked_seat(seat)
    conversation = reading.conversation_of(seat, talk_id)
    for row in Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        if version_of(row.read(seat.key)) == version:
            row.delete()


def delete_handed_over(
    seat: Seat,
    conversation: Conversation,
    side: Side,
    purpose: str,
    content: Content,
    *,
    version: str,
) -> None:
    """Delete the draft of words that were just handed over.

    It goes if it has this version or holds nothing that was not handed over. A draft that was
    changed elsewhere since then stays.
    """
    for row in Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        words = row.read(seat.key)
        if version_of(words) == version or _holds(content, words):
            row.delete()


def said_before(talk: Talk) -> str:
    """The words that are said, or said back, once more at this step."""
    words_before = talk.statement if talk.step == Step.CROSSROADS else None
    if talk.step == Step.REFLECT and talk.place.round > 1:
        words_before = talk.reflection
    return str(words_before.content.get("words", "")) if words_before else ""


def _was_handed_over(
    seat: Seat, conversation: Conversation, side: Side, purpose: str, content: Content
) -> bool:
    """Whether these words were handed over already: an automatic save arrived late.

    It looks only at turns that this person can see, because the response depends on it.
    """
    now = reading.talk_from(seat, conversation)
    move = DraftWords(purpose, {}, UNWRITTEN).move
    moves = {move, Move.NOT_YET} if move == Move.PARTLY else {move}
    if purpose == purpose_of(now.place, move) and moves & flow.allowed(now.place, side):
        return False  # they are for the turn that comes next
    turns = (turn for turn in now.handed if turn.side == side and turn.move in moves)
    return any(_holds(turn.content, content) for turn in turns)


def _without_composed(content: Content) -> Content:
    """A draft without its sentence, where that is the one its parts make.

    Nobody has changed it, so it goes on following the parts.
    """
    composed = wording.statement(content)
    if composed and content.get("words") == composed:
        return {name: value for name, value in content.items() if name != "words"}
    return content


def _holds(handed: Content, draft: Content) -> bool:
    """Whether everything in the draft is in what was handed over."""
    return bool(draft.items() <= handed.get("form", handed).items())
