"""Where the marks stand in the picture of closeness over time. The words beside it say the same."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.check_ins.closeness import Point
from boundaries.vocabulary import Closeness, Side

LEFT, WIDTH = 92, 320  # what the words take of the width
TOP, ROW = 20, 38
APART = 7  # two marks at the same place stand side by side


@dataclass(frozen=True, slots=True)
class ClosenessMark:
    """One person's mark on one day: the middle of it."""

    side: Side
    x: int
    y: int

    @property
    def corner_x(self) -> int:
        return self.x - 6

    @property
    def corner_y(self) -> int:
        return self.y - 6


@dataclass(frozen=True, slots=True)
class Picture:
    """Five words from top to bottom, and a column of marks for each day."""

    rows: tuple[tuple[int, str], ...]
    marks: tuple[ClosenessMark, ...]
    height: int = TOP + ROW * len(Closeness)


def picture_of(points: list[Point]) -> Picture:
    nearest_first = list(reversed(Closeness))
    rows = {closeness: TOP + ROW * at for at, closeness in enumerate(nearest_first)}
    step = (WIDTH - LEFT) / max(len(points), 1)
    marks = []
    for number, point in enumerate(points):
        middle = LEFT + step * (number + 0.5)
        alike = len(point.closeness) == len(Side) and len(set(point.closeness.values())) == 1
        for side, closeness in point.closeness.items():
            aside = {Side.LEFT: -APART, Side.RIGHT: APART}[side] if alike else 0
            marks.append(ClosenessMark(side, round(middle + aside), rows[closeness]))
    return Picture(
        rows=tuple((y, str(closeness.label)) for closeness, y in rows.items()), marks=tuple(marks)
    )
