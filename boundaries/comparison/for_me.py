"""What one person may notice about themselves in an opened deck. Only they can see it."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.answers import sheets
from boundaries.comparison.rules import opened_rounds
from boundaries.comparison.wording import heading
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One behaviour that this person rated differently for themselves, or made a guess about."""

    behaviour: Behaviour
    when_i_do_it: Stance
    when_the_other_does_it: Stance
    guess: Stance | None
    they_say: Stance | None  # about "when I do it"; None if they did not share it

    @property
    def heading(self) -> str:
        return heading(self.behaviour)

    @property
    def differs(self) -> bool:
        """Whether this person rated it differently for themselves."""
        return self.when_i_do_it != self.when_the_other_does_it

    @property
    def guessed(self) -> bool:
        return self.guess is not None and self.they_say is not None


def own_lines(seat: Seat, deck: Deck) -> list[OwnLine]:
    """Where this person rates themselves differently, and how their guesses turned out. No totals.

    It holds only what they shared themselves, and what their partner opened. Raises NotOpen.
    """
    now = opened_rounds(seat, deck)[0]
    mine, theirs = (now.left, now.right) if seat.side == Side.LEFT else (now.right, now.left)
    guesses = sheets.guesses(seat, mine.sheet)
    lines = []
    for behaviour in catalogue.ever_in(deck):
        answer, their_answer = mine.shared.get(behaviour.id), theirs.shared.get(behaviour.id)
        if answer is None or answer.mine is None or answer.partners is None:
            continue
        line = OwnLine(
            behaviour=behaviour,
            when_i_do_it=answer.mine,
            when_the_other_does_it=answer.partners,
            guess=guesses.get(behaviour.id),
            they_say=their_answer.partners if their_answer else None,
        )
        if line.differs or line.guessed:
            lines.append(line)
    return lines
