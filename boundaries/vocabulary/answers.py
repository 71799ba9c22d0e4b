"""What a person answers, for themselves or for both, and how two answers compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
