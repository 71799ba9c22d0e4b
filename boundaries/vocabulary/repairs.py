"""The steps and moves after a line was crossed."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RepairStep(TextChoices):
    """The steps of a repair. Their order is in boundaries/repair/flow.py."""

    DESCRIBE = "describe", _("What happened")
    OWN_UP = "own-up", _("What I did")
    IMPACT = "impact", _("What it was like")
    REFLECT = "reflect", _("Say back what you heard")
    CONFIRM = "confirm", _("Is that what you meant?")
    OFFER = "offer", _("What I’ll do")
    # Translators: that it takes time.
    AFTER = "after", _("Time")
    CLOSED = "closed", pgettext_lazy("a repair", "Closed")


class RepairMove(TextChoices):
    """One thing that a person can do in a repair. See boundaries/repair/flow.py."""

    DESCRIBE = "describe", _("What happened")
    OWN_UP = "own-up", _("What I did")
    IMPACT = "impact", _("What it was like for me")
    ASK = "ask", _("A question")
    ANSWER = "answer", _("An answer")
    REFLECT = "reflect", _("What I heard")
    YES = "yes", _("Yes, that’s it")
    NOT_YET = "not-yet", _("What’s still missing")
    OFFER = "offer", _("What I’ll do")
    # Translators: somebody has read it and says so, which is not forgiving.
    HEARD = "heard", _("Heard")
    NOT_READY = "not-ready", _("Not ready")
    NOT_ENOUGH = "not-enough", _("Not enough yet")
    UNDERNEATH = "underneath", _("What was underneath")
    FOLLOW_UP = "follow-up", _("How it is now")
    SLOWER = "slower", _("Ask less often")
    PAUSE = "pause", _("Pause the questions")
    RESUME = "resume", _("Ask again")
    END = "end", _("End the questions")
    CLOSE = "close", _("Close it")
