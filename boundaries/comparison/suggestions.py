"""Which behaviours of a comparison are suggested for a talk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from boundaries.vocabulary import Grade

if TYPE_CHECKING:
    from boundaries.comparison.rules import Compared

TALKED_ABOUT = (Grade.DIFFERENCE, Grade.FORMING, Grade.CLOSE, Grade.DETAILS)


def worth_a_talk(compared: Iterable[Compared]) -> tuple[Compared, ...]:
    """At most three behaviours to begin with: one easy, one in the middle, one that matters.

    - Easy is the lightest of the small differences and of the details to agree.
    - What matters is the heaviest real difference. It comes last.
    - In the middle is one that presses: somebody said that it matters a lot, and added a note.
      Failing that, it is the heaviest that is still forming; failing that, the heaviest small
      difference left; failing that, the lightest real difference left.

    Of two that are as heavy, the one that presses is the heavier.

    Ties follow the order of the deck, so that both partners always get the same suggestions.
    """
    left = list(compared)
    chosen: list[Compared] = []

    def take(heaviest: bool, *grades: Grade, pressing: bool = False) -> bool:
        found = [one for one in left if one.grade in grades and (one.is_pressing or not pressing)]
        if not found:
            return False
        first = (max if heaviest else min)(found, key=lambda one: (one.weight, one.is_pressing))
        left.remove(first)
        chosen.append(first)
        return True

    take(False, Grade.DETAILS, Grade.CLOSE)
    matters = take(True, Grade.DIFFERENCE)
    _ = (
        take(True, *TALKED_ABOUT, pressing=True)
        or take(True, Grade.FORMING)
        or take(True, Grade.CLOSE)
        or take(False, Grade.DIFFERENCE)
    )
    if matters:
        at = next(i for i, one in enumerate(chosen) if one.grade == Grade.DIFFERENCE)
        chosen.append(chosen.pop(at))
    return tuple(chosen)
