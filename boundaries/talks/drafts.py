"""Words of a talk that were written and not handed over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from hashlib import blake2b

from django.db import transaction

from boundaries.errors import Conflict
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading
from boundaries.talks.flow import Place
from boundaries.talks.models import Conversation, Draft
from boundaries.talks.reading import Content, Talk
from boundaries.vocabulary import Move, Side

UNWRITTEN = ""  # the version of a draft that nobody has begun

LATE = ("", "+", "++", "+++")  # after a purpose: words that came too late for it


class StaleDraft(Conflict):
    """The draft was changed on another page or device. Nothing was overwritten."""

    def __init__(self, content: Content, version: str) -> None:
        super().__init__()
        self.content = content
        self.version = version


@dataclass(frozen=True, slots=True)
class DraftWords:
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


def purpose_of(place: Place, move: Move) -> str:
    """Which making of a move some words are for: each has its own draft."""
    what = Move.PARTLY if move == Move.NOT_YET else move  # the same words go with either
    return f"{what}-{place.half}-{place.round}"


def written(seat: Seat, talk: Talk, side: Side) -> dict[str, DraftWords]:
    """What this person has written in this talk and not handed over, by purpose."""
    found = Draft.owned_by(seat).filter(conversation=talk.id, side=side).order_by("purpose")
    contents = {draft.purpose: draft.read(seat.key) for draft in found}
    return {
        purpose: DraftWords(purpose, content, _version(content))
        for purpose, content in contents.items()
    }


@transaction.atomic
def save(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, seen: str, side: Side
) -> DraftWords:
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
        return DraftWords(purpose, content, UNWRITTEN)
    content = {**now, **content}  # what was not sent stays as it is
    if now == content or not any((*now.values(), *content.values())):
        return DraftWords(purpose, content, _version(now))
    if seen != _version(now):
        raise StaleDraft(now, _version(now))
    Draft.put(seat, conversation, side=side, purpose=purpose, content=content)
    return DraftWords(purpose, content, _version(content))


def save_late(
    seat: Seat, talk_id: uuid.UUID, purpose: str, content: Content, *, seen: str, side: Side
) -> bool:
    """Keep words that came too late to be handed over.

    They take the place of the draft that they were made from (`seen`), and stand beside anything
    else. Returns whether there was room: a few may come late, and no more. Raises NotThere.
    """
    for late in LATE:
        made_from = UNWRITTEN if late else seen
        try:
            save(seat, talk_id, f"{purpose}{late}", content, seen=made_from, side=side)
        except StaleDraft:
            continue
        return True
    return False


@transaction.atomic
def throw_away(seat: Seat, talk_id: uuid.UUID, purpose: str, side: Side, *, seen: str) -> None:
    """Delete words that were never handed over, if they are what was seen. Raises NotThere."""
    seat = seats.locked_seat(seat)
    conversation = reading.found(seat, talk_id)
    for draft in Draft.owned_by(seat).filter(conversation=conversation, side=side, purpose=purpose):
        if _version(draft.read(seat.key)) == seen:
            draft.delete()


def _was_handed_over(
    seat: Seat, conversation: Conversation, side: Side, purpose: str, content: Content
) -> bool:
    """Whether these words are no draft any more: a page that saves by itself came late.

    It looks only at what this person has been told: the answer says what was found.
    """
    now = reading.heard(seat, conversation)
    move = DraftWords(purpose, {}, UNWRITTEN).move
    moves = {move, Move.NOT_YET} if move == Move.PARTLY else {move}
    if purpose == purpose_of(now.place, move) and moves & flow.allowed(now.place, side):
        return False  # they are for what comes now
    told = (each for each in now.handed if each.side == side and each.move in moves)
    return any(_holds(each.content, content) for each in told)


def _holds(handed: Content, draft: Content) -> bool:
    """Whether all that was written is in what was handed over."""
    return bool(draft.items() <= handed.get("form", handed).items())


def _version(content: Content) -> str:
    if not any(content.values()):
        return UNWRITTEN
    return blake2b(repr(sorted(content.items())).encode(), digest_size=12).hexdigest()
