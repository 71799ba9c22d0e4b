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
    private: bool = False
    skipped: bool = False
    note: str = ""  # opens with the answer

    @property
    def answered(self) -> bool:
        return self.mine is not None and self.partners is not None

    @property
    def shared(self) -> bool:
        return self.answered and not self.private
