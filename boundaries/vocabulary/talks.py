"""The steps and moves of a talk, and what comes of it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mode(TextChoices):
    """How two people hold a talk. The steps are the same either way."""

    TOGETHER = "together", _("Together, on one screen")
    APART = "apart", _("Apart, in turns")


class Step(TextChoices):
    """The steps of a talk. Their order is in boundaries/talks/flow.py."""

    SET_UP = "set-up", _("Is now a good time?")
    RULES = "rules", _("Ground rules")
    WARM_START = "warm-start", _("Something kind first")
    SPEAK = "speak", _("Say how it is for you")
    REFLECT = "reflect", _("Say back what you heard")
    CONFIRM = "confirm", _("Is that what you meant?")
    CROSSROADS = "crossroads", _("Not quite there yet")
    MAKES_SENSE = "makes-sense", _("What makes sense to you")
    FLEX = "flex", _("What you need, where you’re flexible")
    OUTCOME = "outcome", _("What would work for you two?")
    CLOSE = "close", _("End on something good")
    CLOSED = "closed", pgettext_lazy("a talk", "Closed")


class Move(TextChoices):
    """One thing that a person can do in a talk. See boundaries/talks/flow.py."""

    READY = "ready", _("Now is good")
    LATER = "later", _("Another day")
    AGREE = "agree", _("I’m in")
    APPRECIATE = "appreciate", _("Something you appreciate")
    SPEAK = "speak", _("What you want to say")
    LEAVE_OUT = "leave-out", _("Leave this part out")
    REFLECT = "reflect", _("What you heard")
    YES = "yes", _("Yes, that’s it")
    PARTLY = "partly", _("Partly")
    # Translators: an answer to “Is that what you meant?”
    NOT_YET = "not-yet", _("Not yet")
    ENOUGH = "enough", _("Good enough for now")
    MAKES_SENSE = "makes-sense", _("What makes sense to you")
    FLEX = "flex", _("What you need most, and where you’re flexible")
    PROPOSE = "propose", _("A proposal")
    ASSENT = "assent", _("Yes to these words")
    LET_STAND = "let-stand", _("Leave it for now")
    STOP = "stop", _("Good enough for today")
    CLOSE = "close", _("Your closing words")


class Outcome(TextChoices):
    """What two people can agree on for a line. None of these is better than another."""

    # Translators: acceptable to both; not a sum to pay.
    FINE = "fine", _("Fine")
    NOT_FOR_US = "not-for-us", _("Not OK")
    CONDITIONS = "conditions", _("Fine, if …")
    REVISIT = "revisit", pgettext_lazy("an understanding", "Not sure yet")
    DIFFER = "differ", _("We see it differently, and that’s all right")


class Origin(TextChoices):
    """Where a proposal comes from."""

    TALK = "talk", _("From a talk")
    COMMON_GROUND = "common-ground", _("From your common ground")
    PAGE = "page", _("Written for this page")
