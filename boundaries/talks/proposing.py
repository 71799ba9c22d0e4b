"""The turns of a talk that propose words, or say yes to them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from boundaries.agreements import rules as agreements
from boundaries.agreements.words import unpack
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Move, Side

PROPOSING = (Move.PROPOSE, Move.ASSENT)


def take_turn(
    seat: Seat,
    talk_id: uuid.UUID,
    move: Move,
    content: Mapping[str, Any],
    *,
    version: str,
    draft_version: str = drafts.UNWRITTEN,
    side: Side | None = None,
    acknowledged: Collection[str] = (),
) -> None:
    """Propose words in a talk, or say yes to them, as on the page of agreements.

    Nothing done for the other on a shared screen counts as their yes: they say it in their own
    account. `acknowledged` is as for `agreements.assent`. Raises what `talks.take_turn` raises, and
    agreements.WordsChanged, TickMissing and TooManyProposals.
    """
    with seats.locked(seat) as (couple, seat):
        talk = reading.talk(seat, talk_id)
        if move == Move.ASSENT and not agreements.is_pending(
            seat, talk.behaviour, content["digest"]
        ):
            raise agreements.WordsChanged
        taken = talks.take_turn(
            seat, talk_id, move, content, version=version, draft_version=draft_version, side=side
        )
        if not taken:
            return  # it was taken before, and the response to it was lost
        if move == Move.ASSENT:
            agreed = agreements.assent(
                seat, [content["digest"]], acknowledged=content["acknowledged"]
            )
            if agreed != [talk.behaviour]:
                raise agreements.WordsChanged
            return
        proposer = (side or talk.me) if talk.together else talk.me
        words = unpack(content)
        agreements.propose_in_talk(
            seat,
            couple,
            talk.behaviour,
            words,
            talk=talk_id,
            side=proposer,
            acknowledged=acknowledged,
        )
