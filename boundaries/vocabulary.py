"""Words every layer shares. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Side(TextChoices):
    """The two places in a couple. Left is whoever invited; it means nothing more."""

    LEFT = "left"
    RIGHT = "right"


class Stance(TextChoices):
    """How something sits with one person. None of these is ever preselected."""

    ACCEPTABLE = "acceptable", _("Acceptable")
    CONDITIONS = "conditions", _("With conditions")
    UNACCEPTABLE = "unacceptable", _("Not acceptable")
    UNSURE = "unsure", _("Not sure yet")


class Weight(TextChoices):
    """How much something matters to one person. It never changes a grade, only an order."""

    SMALL = "small", _("A small thing")
    MATTERS = "matters", _("It matters")
    A_LOT = "a-lot", _("It matters a lot")


class Condition(TextChoices):
    """What would make something all right, from a list. Other words go beside it."""

    TOLD_FIRST = "told-first", _("We tell each other first")
    TOLD_AFTER = "told-after", _("We tell each other afterwards")
    NOT_ALONE = "not-alone", _("Not alone")
    NOT_LATE = "not-late", _("Not late")
    IN_A_GROUP = "in-a-group", _("In a group")
    WITHIN_A_LIMIT = "within-a-limit", _("Within a limit")


class Grade(TextChoices):
    """How two stances stand to each other, in the order in which they are shown.

    A grade says how far apart two people stand, never who is right.
    """

    COMMON = "common", _("You stand on the same ground")
    DETAILS = "details", _("Common ground, details to agree")
    CLOSE = "close", _("A small difference")
    FORMING = "forming", _("Still forming")
    DIFFERENCE = "difference", _("A real difference")
    NOT_SHARED = "not-shared", _("Not shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one partner says on one behaviour: one value, written and read whole.

    Private, skipped and not answered are one and the same to the other partner: not shared.
    """

    mine: Stance | None = None  # when I do it
    partners: Stance | None = None  # when my partner does it
    weight: Weight | None = None
    conditions: tuple[Condition, ...] = ()
    in_other_words: str = ""  # a condition that is not on the list
    private: bool = False
    skipped: bool = False
    hidden: bool = False  # from both, once it has opened
    note: str = ""  # opens with the answer

    @property
    def answered(self) -> bool:
        return self.mine is not None and self.partners is not None

    @property
    def shared(self) -> bool:
        return self.answered and not (self.private or self.hidden)

    @property
    def conditional(self) -> bool:
        """Whether conditions belong to this answer; without such a stance they stay behind."""
        return Stance.CONDITIONS in (self.mine, self.partners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What one person adds for themselves alone. It never leaves them, opened or not."""

    note: str = ""
    guess: Stance | None = None  # what the other partner will say to "when I do it"
    to_keep_the_peace: bool = False  # "I answered this to keep the peace"
    live: bool = False  # "this one is live for us right now"
