"""Values that every part uses. It imports nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Side(TextChoices):
    """The two places in a couple. Left is whoever invited; it means nothing else."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return Side.LEFT if self == Side.RIGHT else Side.RIGHT


class Stance(TextChoices):
    """How one person feels about a behaviour. None of these is ever preselected."""

    ACCEPTABLE = "acceptable", _("Fine")
    CONDITIONS = "conditions", _("Fine, if …")
    UNACCEPTABLE = "unacceptable", _("Not OK")
    UNSURE = "unsure", _("Not sure yet")

    @property
    def in_words(self) -> str:
        """The label inside a sentence: "Asha says fine, Ravi says not OK"."""
        return str(STANCES_IN_WORDS[self])


STANCES_IN_WORDS: Mapping[Stance, Promise] = MappingProxyType(
    {
        Stance.ACCEPTABLE: pgettext_lazy("inside a sentence", "fine"),
        Stance.CONDITIONS: pgettext_lazy("inside a sentence", "fine, if …"),
        Stance.UNACCEPTABLE: pgettext_lazy("inside a sentence", "not OK"),
        Stance.UNSURE: pgettext_lazy("inside a sentence", "not sure yet"),
    }
)


class Weight(TextChoices):
    """How much something matters to one person. It changes the order, never a grade."""

    SMALL = "small", _("A small thing")
    MATTERS = "matters", _("It matters")
    A_LOT = "a-lot", _("It matters a lot")


class Condition(TextChoices):
    """A condition from our list, as a clause. A person can add one in their own words."""

    TOLD_FIRST = "told-first", _("We tell each other first")
    TOLD_AFTER = "told-after", _("We tell each other afterwards")
    NOT_ALONE = "not-alone", _("Others are there too")
    NOT_LATE = "not-late", _("It’s not late")
    IN_A_GROUP = "in-a-group", _("It’s in a group")
    WITHIN_A_LIMIT = "within-a-limit", _("It stays within a limit")

    @property
    def in_words(self) -> str:
        """The label after "Fine, if …"."""
        return str(CONDITIONS_IN_WORDS[self])


CONDITIONS_IN_WORDS: Mapping[Condition, Promise] = MappingProxyType(
    {
        Condition.TOLD_FIRST: pgettext_lazy("after “fine, if”", "we tell each other first"),
        Condition.TOLD_AFTER: pgettext_lazy("after “fine, if”", "we tell each other afterwards"),
        Condition.NOT_ALONE: pgettext_lazy("after “fine, if”", "others are there too"),
        Condition.NOT_LATE: pgettext_lazy("after “fine, if”", "it’s not late"),
        Condition.IN_A_GROUP: pgettext_lazy("after “fine, if”", "it’s in a group"),
        Condition.WITHIN_A_LIMIT: pgettext_lazy("after “fine, if”", "it stays within a limit"),
    }
)
TELL_EACH_OTHER = (Condition.TOLD_FIRST, Condition.TOLD_AFTER)


def clauses(conditions: Iterable[Condition]) -> list[str]:
    """Conditions as the clauses of a sentence that begins with "Fine, if"."""
    chosen = list(conditions)
    if not set(TELL_EACH_OTHER) <= set(chosen):
        return [condition.in_words for condition in chosen]
    rest = [condition.in_words for condition in chosen if condition not in TELL_EACH_OTHER]
    return [str(_("we tell each other both before and after")), *rest]


class Grade(TextChoices):
    """How two stances compare, in the order in which the grades are shown.

    A grade says how far apart two people are, never who is right.
    """

    COMMON = "common", _("You agree")
    DETAILS = "details", _("You agree, with conditions")
    CLOSE = "close", _("One step apart")
    FORMING = "forming", pgettext_lazy("where two stand", "Not sure yet")
    DIFFERENCE = "difference", _("A real difference")
    NOT_SHARED = "not-shared", _("Not shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One person's answer to one behaviour. It is always written and read as a whole.

    To the partner, private, skipped and not answered look the same: not shared.
    """

    mine: Stance | None = None  # when I do it
    partners: Stance | None = None  # when my partner does it
    weight: Weight | None = None
    conditions: tuple[Condition, ...] = ()
    in_other_words: str = ""  # a condition that is not on the list
    private: bool = False
    skipped: bool = False
    hidden: bool = False  # from both, once the deck opens
    note: str = ""  # opens with the answer

    @property
    def answered(self) -> bool:
        return self.mine is not None and self.partners is not None

    @property
    def half_answered(self) -> bool:
        """Whether only one of the two directions has a stance. It opens with neither."""
        return (self.mine is None) != (self.partners is None)

    @property
    def shared(self) -> bool:
        return self.answered and not (self.private or self.hidden)

    @property
    def conditional(self) -> bool:
        """Whether a stance asks for conditions. If none does, the conditions do not open."""
        return Stance.CONDITIONS in (self.mine, self.partners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What one person adds for themselves alone. It never opens."""

    note: str = ""
    guess: Stance | None = None  # what the partner will answer about "when I do it"
    to_keep_the_peace: bool = False  # "I answered this to keep the peace"
    live: bool = False  # "this one is going on for us right now"


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
    SAFE = "safe", _("safe")
    # Translators: near to somebody.
    CLOSE = "close", _("close")
    GOOD = "good", _("good")
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
