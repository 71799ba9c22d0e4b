"""What two people who share one screen do at one press: for both of them, or one after the other.

What they say to each other aloud is not written down, so these turns hand over no words.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import flow, reading
from boundaries.talks import rules as talks
from boundaries.talks.flow import By, Place
from boundaries.talks.models import Conversation, Turn
from boundaries.talks.reading import Talk
from boundaries.talks.rules import MovedOn
from boundaries.vocabulary import Move, Side, Step

# The moves of one press, in order. A move that a step does not allow any more is left out.
PRESSED: dict[Step, tuple[Move, ...]] = {
    Step.SET_UP: (Move.READY, Move.AGREE),
    Step.RULES: (Move.AGREE,),
    Step.WARM_START: (Move.APPRECIATE,),
    Step.SPEAK: (Move.LEAVE_OUT,),
    Step.REFLECT: (Move.REFLECT,),  # and the speaker's reply
    Step.CONFIRM: (),  # the same
    Step.CROSSROADS: (Move.ENOUGH,),
    Step.MAKES_SENSE: (Move.MAKES_SENSE,),
    Step.OUTCOME: (Move.LET_STAND, Move.CLOSE),
    Step.CLOSE: (Move.CLOSE,),
}

SAID_ALOUD: dict[Move, Mapping[str, Any]] = {
    Move.APPRECIATE: {"words": ""},
    Move.REFLECT: {"words": ""},
    Move.PARTLY: {"words": ""},
    Move.NOT_YET: {"words": ""},
    Move.MAKES_SENSE: {"because": "", "imagine": ""},
    Move.CLOSE: {"well": "", "next": ""},
}


def press(seat: Seat, talk_id: uuid.UUID, reply: Move | None = None, *, version: str) -> None:
    """Take the turns that one press on a shared screen stands for. All of them, or none.

    Whoever took theirs unseen, on their own phone, keeps it. Nobody's yes to words is among these
    turns. Idempotent. `reply` is the speaker's, where they were asked whether they were heard.
    Raises what `talks.take_turn` raises; MovedOn also on two screens, and where nothing is to do.
    """
    with seats.locked(seat, lock_seat=True) as (_, seat):
        talk, conversation = reading.talk_with_row(seat, talk_id)
        if talk.version != version and _was_pressed(talk, conversation, version):
            return
        if talk.version != version or not talk.together:
            raise MovedOn
        taken = [
            talks.take_turn(
                seat,
                talk_id,
                move,
                SAID_ALOUD.get(move, {}),
                version=reading.version(seat, talk_id),
                side=side,
            )
            for move in _moves(talk.step, reply)
            for side in _sides(talk, conversation, move)
        ]
        if not taken:
            raise MovedOn


def _was_pressed(talk: Talk, conversation: Conversation, version: str) -> bool:
    return Turn.all_of(conversation).filter(made_from=version, typed_by=talk.me).exists()


def _moves(step: Step, reply: Move | None) -> tuple[Move, ...]:
    if step not in (Step.REFLECT, Step.CONFIRM):
        return PRESSED.get(step, ())
    return (*PRESSED[step], reply) if reply else ()


def _sides(talk: Talk, conversation: Conversation, move: Move) -> list[Side]:
    """Who makes this move now: the owner of the account first, as on every shared screen."""
    place = reading.place_of(conversation)
    return [side for side in (talk.me, talk.they) if _is_due(place, side, move)]


def _is_due(place: Place, side: Side, move: Move) -> bool:
    by, _ = flow.MOVES.get((place.step, move), (None, None))
    return by is not None and by is not By.EITHER and move in flow.allowed(place, side)
