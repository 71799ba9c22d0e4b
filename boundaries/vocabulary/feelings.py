"""What a person may feel, and what may matter to them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Feeling(TextChoices):
    """What a person may feel, worded to follow "I feel"."""

    # Translators: feelings follow "I feel". Use a form that fits any gender.
    HURT = "hurt", _("hurt")
    SAD = "sad", _("sad")
    LET_DOWN = "let-down", _("let down")
    LONELY = "lonely", _("lonely")
    CONFUSED = "confused", _("confused")
    UNSURE = "unsure", _("unsure")
    TORN = "torn", _("torn")
    # Translators: taken aback, out of balance.
    THROWN = "thrown", _("thrown")
    ANGRY = "angry", _("angry")
    IRRITATED = "irritated", _("irritated")
    FRUSTRATED = "frustrated", _("frustrated")
    RESENTFUL = "resentful", _("resentful")
    GUILTY = "guilty", _("guilty")
    ASHAMED = "ashamed", _("ashamed")
    SORRY = "sorry", _("sorry")
    EMBARRASSED = "embarrassed", _("embarrassed")
    AFRAID = "afraid", _("afraid")
    ANXIOUS = "anxious", _("anxious")
    INSECURE = "insecure", _("insecure")
    ON_EDGE = "on-edge", _("on edge")
    JEALOUS = "jealous", _("jealous")
    LEFT_OUT = "left-out", _("left out")
    ENVIOUS = "envious", _("envious")
    # Translators: as if one did not count.
    SMALL = "small", _("small")
    TIRED = "tired", _("tired")
    OVERWHELMED = "overwhelmed", _("overwhelmed")
    NUMB = "numb", _("numb")
    DISCOURAGED = "discouraged", _("discouraged")
    # These three stand as words of their own on a card, and must not read like marks.
    SAFE = "safe", _("at ease")
    # Translators: near to somebody.
    CLOSE = "close", _("connected")
    GOOD = "good", _("glad")
    RELIEVED = "relieved", _("relieved")
    GRATEFUL = "grateful", _("grateful")
    HOPEFUL = "hopeful", _("hopeful")
    PROUD = "proud", _("proud")
    CURIOUS = "curious", _("curious")


# The groups in which feelings are offered, in this order: a general one, and finer words for it.
FEELINGS: Mapping[Feeling, tuple[Feeling, ...]] = MappingProxyType(
    {
        general: tuple(Feeling)[tuple(Feeling).index(general) + 1 :][:finer]
        for general, finer in (
            (Feeling.HURT, 3),
            (Feeling.CONFUSED, 3),
            (Feeling.ANGRY, 3),
            (Feeling.GUILTY, 3),
            (Feeling.AFRAID, 3),
            (Feeling.JEALOUS, 3),
            (Feeling.TIRED, 3),
            (Feeling.SAFE, 0),
            (Feeling.CLOSE, 0),
            (Feeling.GOOD, 5),
        )
    }
)


class Need(TextChoices):
    """What may matter to a person, worded to follow "what matters to me is"."""

    # Translators: needs follow "what matters to me is".
    REASSURANCE = "reassurance", _("reassurance")
    HONESTY = "honesty", _("honesty")
    PRIORITY = "priority", _("being a priority")
    CLOSENESS = "closeness", _("closeness")
    TRUST = "trust", _("trust")
    PRIVACY = "privacy", _("privacy")
    FREEDOM = "freedom", _("freedom")
    FRIENDSHIP = "friendship", _("friendship")
    FUN = "fun", _("fun")
    RESPECT = "respect", _("respect")
    PREDICTABILITY = "predictability", _("knowing what to expect")
    UNDERSTOOD = "understood", _("being understood")
    REST = "rest", _("rest")
