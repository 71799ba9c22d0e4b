"""Which behaviours of a comparison are suggested for a talk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from boundaries.vocabulary import Grade

if TYPE_CHECKING:
    from boundaries.comparison.rules import Compared


def worth_a_talk(compared: Iterable[Compared]) -> tuple[Compared, ...]:
    """At most three behaviours to begin with: one easy, one in the middle, one that matters.

    - Easy is the lightest of the small differences and of the details to agree.
    - What matters is the heaviest real difference. It comes last.
    - In the middle is the heaviest that is still forming; failing that, the heaviest small
      difference left; failing that, the lightest real difference left.

    Ties follow the order of the deck, so that both partners always get the same suggestions.
    """
    left = list(compared)
    chosen: list[Compared] = []

    def take(heaviest: bool, *grades: Grade) -> bool:
        found = [candidate for candidate in left if candidate.grade in grades]
        if not found:
            return False
        first = (max if heaviest else min)(found, key=lambda candidate: candidate.weight)
        left.remove(first)
        chosen.append(first)
        return True

    take(False, Grade.DETAILS, Grade.CLOSE)
    matters = take(True, Grade.DIFFERENCE)
    _ = take(True, Grade.FORMING) or take(True, Grade.CLOSE) or take(False, Grade.DIFFERENCE)
    if matters:
        at = next(i for i, one in enumerate(chosen) if one.grade == Grade.DIFFERENCE)
        chosen.append(chosen.pop(at))
    return tuple(chosen)
