"""What only this person sees on the agenda: what they marked as going on, and early drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boundaries.answers import sheets
from boundaries.comparison.rules import compare_all
from boundaries.content import catalogue
from boundaries.questions import rules as questions
from boundaries.talks import early_drafts

if TYPE_CHECKING:
    from boundaries.content.catalogue import Behaviour
    from boundaries.seats.models import Seat
    from boundaries.talks.overview import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMyMind:
    """A behaviour that this person may want to offer a talk about."""

    behaviour: Behaviour
    draft: str  # what they keep for that talk
    can_be_offered: bool  # in a later round either may have kept it private


def on_my_mind(seat: Seat, progress: Progress) -> list[OnMyMind]:
    """What this person marked as going on right now, and what they keep words for.

    A mark is left out once the two have talked about it or agreed on it: `progress`, which is asked
    for whether there is a mark or not. The partner sees an ordinary offer if this person makes one,
    and no mark and no draft.
    """
    if seat.couple_id is None:
        return []
    decks, kept = questions.decks(seat), early_drafts.kept(seat)
    behaviours = catalogue.every() | {one.id: one for deck in decks for one in deck.behaviours}
    opened = [one for deck in compare_all(seat, decks) for one in deck.compared if one.lines]
    shared = {one.behaviour.id for one in opened}
    marked = (sheets.live(seat, decks) & shared) - progress.talked - progress.agreed
    return [
        OnMyMind(behaviour=behaviour, draft=kept.get(id, ""), can_be_offered=behaviour.id in shared)
        for id, behaviour in behaviours.items()
        if id in marked or id in kept
    ]
