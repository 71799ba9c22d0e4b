"""Which screen of a talk shows, who may look at it, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text import isolated
from boundaries.talks.forms import PARTS
from boundaries.talks.reading import Talk
from boundaries.vocabulary import Side, Step

WRITTEN = "write"  # the part of a shared talk in which people write what they could say aloud
PRIVATE = (Step.SPEAK, Step.FLEX)  # until it is handed over, also on a shared screen

# What both look at on a shared screen, by step.
SHARED = MappingProxyType(
    {
        Step.SET_UP: "settle",
        Step.RULES: "settle",
        Step.WARM_START: "warm_start",
        Step.REFLECT: "hear",
        Step.CONFIRM: "hear",
        Step.CROSSROADS: "crossroads",
        Step.MAKES_SENSE: "makes_sense",
        Step.OUTCOME: "words",
        Step.CLOSE: "close",
    }
)
PART_HEADINGS: dict[str, str | Promise] = {
    "when": gettext_lazy("What happens, how you feel"),
    "matters": gettext_lazy("Why it matters to you"),
    "like": gettext_lazy("What you would like"),
    "sentence": gettext_lazy("In your words"),
}


@dataclass(frozen=True, slots=True)
class TalkStage:
    """A part of the way through a talk."""

    name: str
    done: bool
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen of a talk."""

    template: str
    shared: bool  # both look at it: it shows no words that were not handed over
    heading: str
    title: str  # of the page; it names nobody


def screen(
    talk: Talk, acting: Side | None, holder: Side | None, part: str, *, agreed: bool = False
) -> Screen:
    """The screen that shows to whoever holds this phone. `part` is as in its address.

    `agreed`: whether both have said yes to the words of this talk.
    """
    shared = is_shared(talk, part)
    if talk.pause:
        name = "paused"
    elif talk.over:
        name = "closed"
    elif talk.on_other_screen:
        name = "on_other_screen"
    elif acting is None:
        name = "waiting"
    elif shared:
        name = f"together/{SHARED[talk.step]}"
    elif acting != holder:
        name = "together/outcome" if _is_open(talk) and part != WRITTEN else "hand_over"
    else:
        name = talk.step.replace("-", "_")
    heading = _heading(talk, acting, name, part, agreed=agreed)
    return Screen(
        template=f"boundaries/talks/steps/{name}.html",
        shared=shared,
        heading=heading,
        title=_title(talk, name, heading),
    )


def is_shared(talk: Talk, part: str) -> bool:
    """Whether this is a step that two people take while both look at one screen."""
    if not talk.together or talk.over or talk.on_other_screen or part == WRITTEN:
        return False
    is_spoken_anew = talk.step == Step.CROSSROADS and part in PARTS
    return talk.step not in PRIVATE and not is_spoken_anew and not _is_open(talk)


def part_of(talk: Talk, asked: str) -> str:
    """The part that is open: of a statement, the first one if the address names none."""
    if talk.step == Step.SPEAK and asked not in PARTS:
        return "when"
    return asked


def stages(talk: Talk) -> list[TalkStage]:
    """How far the talk has come: settling in, one speaks, the other speaks, common ground."""
    place = talk.place
    step = place.back_to if place.step == Step.SET_UP else place.step
    if step in (Step.CLOSE, Step.CLOSED):
        now = 4
    elif step in (Step.FLEX, Step.OUTCOME):
        now = 3
    elif step in (Step.RULES, Step.WARM_START):
        now = 0
    else:
        now = place.half
    names = (
        _("Settle in"),
        _("%(name)s speaks") % {"name": isolated(talk.names[place.first])},
        _("%(name)s speaks") % {"name": isolated(talk.names[place.first.other])},
        _("Common ground"),
    )
    return [TalkStage(name, number < now, number == now) for number, name in enumerate(names)]


def _is_open(talk: Talk) -> bool:
    """Whether nobody has proposed words yet. The first ones are the yes of whoever writes them."""
    return talk.step == Step.OUTCOME and talk.proposal is None


def _heading(talk: Talk, acting: Side | None, name: str, part: str, *, agreed: bool) -> str:
    names = {side: isolated(shown) for side, shown in talk.names.items()}
    match name:
        case "paused":
            return _("A pause")
        case "closed" if talk.statements or talk.proposal:
            return _("Done for today")
        case "closed":
            return _("Not this time")
        case "on_other_screen":
            return _("You are talking on %(name)s’s screen now") % {"name": names[talk.they]}
        case "waiting":
            return _("Waiting for %(name)s") % {"name": names[talk.they]}
        case "hand_over" if acting:
            return _("Hand the phone to %(name)s") % {"name": names[acting]}
        case "together/words":
            return _("Read it together")
        case "close" | "together/close" if agreed:
            return _("You’ve both said yes")
        case "speak" | "crossroads" if part in PARTS:
            return str(PART_HEADINGS[part])
    return str(talk.step.label)


def _title(talk: Talk, name: str, heading: str) -> str:
    if name == "waiting":
        return _("Waiting")
    if name == "hand_over":
        return _("Your turn")
    if name == "on_other_screen":
        return _("You are talking on one screen now")
    if name in ("paused", "closed") or name.startswith("together/"):
        return heading
    return _("Your turn · %(heading)s") % {"heading": heading}
