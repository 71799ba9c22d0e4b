"""Two stances on one scale: the picture next to the words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from boundaries.vocabulary import Stance

ON_TRACK = {Stance.ACCEPTABLE: 24, Stance.CONDITIONS: 146, Stance.UNACCEPTABLE: 268}
TRACK_Y, BELOW_Y = 14, 62
OFFSET = 10  # of two marks at the same stop, to either side


@dataclass(frozen=True, slots=True)
class Mark:
    x: int
    y: int

    @property
    def corner_x(self) -> int:
        return self.x - 8

    @property
    def corner_y(self) -> int:
        return self.y - 8


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Two stances on one scale. "Not sure yet" is below it, since it has no place on it."""

    left: Mark
    right: Mark
    height: int
    gap: bool
    labels: tuple[Label, ...]

    @classmethod
    def of(cls, one: Stance, other: Stance) -> Scale:
        same, unsure = one == other, Stance.UNSURE in (one, other)
        labels = [
            Label(24, 42, _("fine")),
            Label(146, 42, _("fine, if …")),
            Label(268, 42, _("not OK")),
        ]
        if unsure:
            labels.append(Label(146, 89, _("not sure yet")))
        return cls(
            left=_mark(one, -OFFSET if same else 0),
            right=_mark(other, OFFSET if same else 0),
            height=94 if unsure else 47,
            gap=not same and not unsure,
            labels=tuple(labels),
        )


def _mark(stance: Stance, offset: int) -> Mark:
    if stance == Stance.UNSURE:
        return Mark(146 + offset, BELOW_Y)
    return Mark(ON_TRACK[stance] + offset, TRACK_Y)
