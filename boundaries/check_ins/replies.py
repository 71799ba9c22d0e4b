"""What one person replies in a check-in, and a check-in that both have finished."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from boundaries.vocabulary import Closeness, Side

APART = 3  # steps of closeness between two people from which a talk is suggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """One person's half of a check-in. Everything in it can be left out."""

    appreciation: str = ""
    well: str = ""
    closeness: Closeness | None = None
    nothing_new: bool = False  # "nothing today"
    new: str = ""  # anyone or anything new they want to mention
    understanding: uuid.UUID | None = None  # the version of the words that were due
    still_good: bool | None = None  # whether they are, or want a talk; None if not said
    plan: str = ""  # for time together

    @property
    def blank(self) -> bool:
        return self == Replies(understanding=self.understanding)

    @property
    def packed(self) -> dict[str, Any]:
        """The stored form, without blank fields."""
        values = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        if self.understanding:
            values["understanding"] = self.understanding.hex
        return values


def unpacked(content: Mapping[str, Any]) -> Replies:
    """The opposite of `Replies.packed`. Ignores what is stored beside it."""
    known = {name: content[name] for name in Replies.__slots__ if name in content}
    if "closeness" in known:
        known["closeness"] = Closeness(known["closeness"])
    if "understanding" in known:
        known["understanding"] = uuid.UUID(known["understanding"])
    return Replies(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A check-in that both have finished. It is the same for both."""

    id: uuid.UUID
    at: datetime
    halves: Mapping[Side, Replies]  # left, then right
    phone: Side | None = None  # on whose phone the two wrote it; None if each used their own

    @property
    def day(self) -> date:
        return localdate(self.at)

    @property
    def closeness(self) -> Mapping[Side, Closeness]:
        """How close each feels, of those who said so."""
        said = {side: half.closeness for side, half in self.halves.items()}
        return {side: closeness for side, closeness in said.items() if closeness}

    @property
    def suggests_talk(self) -> bool:
        """Whether both feel far from each other, or one much closer than the other."""
        steps = [closeness.step for closeness in self.closeness.values()]
        if len(steps) < len(Side):
            return False
        return max(steps) <= Closeness.A_BIT_FAR.step or max(steps) - min(steps) >= APART

    @property
    def still_good(self) -> uuid.UUID | None:
        """The version of an understanding that both find still good."""
        found = {half.understanding for half in self.halves.values() if half.still_good}
        both = all(half.still_good for half in self.halves.values())
        return found.pop() if both and len(found) == 1 else None
