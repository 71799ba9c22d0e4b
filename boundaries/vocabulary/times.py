"""What comes back: reminders, check-ins and how close somebody feels."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReminderKind(TextChoices):
    """What people come back to, and can be reminded of."""

    REVISIT = "revisit", _("An understanding you wanted to look at again")
    CHECK_IN = "check-in", _("A check-in")
    FOLLOW_UP = "follow-up", _("How it is now, after a line was crossed")


class Closeness(TextChoices):
    """How close somebody feels to their partner, from far to near. None of these is preselected."""

    FAR = "far", _("Far away")
    A_BIT_FAR = "a-bit-far", _("A bit far")
    IN_BETWEEN = "in-between", _("In between")
    # Translators: near to the partner; not the opposite of open.
    CLOSE = "close", _("Close")
    VERY_CLOSE = "very-close", _("Very close")

    @property
    def step(self) -> int:
        """Its place from far to near, from nought. For comparing two; it is never shown."""
        return list(Closeness).index(self)


class Frequency(TextChoices):
    """How often two people check in."""

    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month")
