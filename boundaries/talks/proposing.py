"""The turns of a talk that propose words, or say yes to them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from boundaries.agreements import rules as agreements
from boundaries.agreements.words import unpacked
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Move, Side


def take_turn(
    seat: Seat,
    talk_id: uuid.UUID,
    move: Move,
    content: Mapping[str, Any],
    *,
    seen: str,
    draft: str = drafts.UNWRITTEN,
    side: Side | None = None,
    unlike: Collection[str] = (),
) -> None:
    """Propose words in a talk, or say yes to them: the same words as on the page of agreements.

    On a shared screen, nothing that is done for the other counts as the other's yes: they say it
    in their own account. `unlike` is as for `agreements.assent`. Raises what `talks.take_turn`
    raises, and agreements.Changed, TickMissing and Enough.
    """
    with seats.locked(seat) as (couple, seat):
        talk = reading.talk(seat, talk_id)
        if move == Move.ASSENT and not agreements.is_pending(
            seat, talk.behaviour, content["digest"]
        ):
            raise agreements.WordsChanged
        if not talks.take_turn(seat, talk_id, move, content, seen=seen, draft=draft, side=side):
            return  # it was done before, and its answer was lost on the way
        if move == Move.ASSENT:
            agreed = agreements.assent(seat, [content["digest"]], unlike=content["unlike"])
            if agreed != [talk.behaviour]:
                raise agreements.WordsChanged
            return
        whose = (side or talk.me) if talk.together else talk.me
        words = unpacked(content)
        agreements.propose_in_talk(
            seat, couple, talk.behaviour, words, talk=talk_id, side=whose, unlike=unlike
        )
