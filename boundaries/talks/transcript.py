"""What was handed over in a talk, as lines to read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from boundaries import sentences
from boundaries.agreements.words import is_user_written, unpack
from boundaries.sentences import Sentence
from boundaries.talks import flow, wording
from boundaries.talks.reading import HandedOver, Talk
from boundaries.vocabulary import Move, Side, Step

# What stands before somebody's words.
SAYS: dict[Move, str | Promise] = {
    Move.APPRECIATE: gettext_lazy("%(name)s appreciates"),
    Move.SPEAK: gettext_lazy("%(name)s says"),
    Move.REFLECT: gettext_lazy("%(name)s has heard"),
    Move.PARTLY: gettext_lazy("%(name)s says “partly”"),
    Move.NOT_YET: gettext_lazy("%(name)s says “not yet”"),
    Move.MAKES_SENSE: gettext_lazy("%(name)s says what makes sense"),
    Move.FLEX: gettext_lazy("%(name)s says what matters most"),
    Move.PROPOSE: gettext_lazy("%(name)s proposes"),
    Move.CLOSE: gettext_lazy("%(name)s closes with"),
}

# The beginning of the sentence that each field of a turn completes, where it has one.
OPENINGS: dict[str, str | Promise] = {
    "words": "",
    "because": gettext_lazy("It makes sense because %(words)s"),
    "imagine": gettext_lazy("I imagine you might feel %(words)s"),
    "keep": gettext_lazy("What I need most: %(words)s"),
    "give": gettext_lazy("Where I’m flexible: %(words)s"),
    "intend": gettext_lazy("What I’d mean by it: %(words)s"),
    "land": gettext_lazy("How it would land with me: %(words)s"),
    "well": "",
    "next": gettext_lazy("Something nice to do now: %(words)s"),
}

# Where the other is told that somebody chose to write nothing. Kind words are a gift: nobody is
# told that there are none.
LEFT_OUT: dict[Move, str | Promise] = {
    Move.MAKES_SENSE: Step.MAKES_SENSE.label,
    Move.FLEX: Step.FLEX.label,
}

# Who takes one of these has not answered what was said to them.
NO_ANSWER = (Move.READY, Move.LATER, Move.LEAVE_OUT)

MISSING = (Move.PARTLY, Move.NOT_YET)

# What the page of a step shows in a place of its own, or what must wait until the step goes on.
SHOWN_AT: dict[Step, tuple[Move, ...]] = {
    Step.SET_UP: (Move.SPEAK, Move.REFLECT, Move.YES, *MISSING, Move.FLEX),
    Step.REFLECT: (Move.SPEAK,),
    Step.CONFIRM: (Move.SPEAK, Move.REFLECT),
    Step.CROSSROADS: (Move.SPEAK, Move.REFLECT),
    Step.MAKES_SENSE: (Move.SPEAK, Move.REFLECT),
    Step.OUTCOME: (Move.FLEX,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """A turn that was handed over in words, or a step that somebody left out."""

    side: Side
    first_name: str
    says: str  # with the name, before the words
    words: list[str]
    elsewhere: bool  # typed in the other's account
    missing: bool  # it says what was not heard yet
    left_out: str | Promise = ""  # the step, if they chose to write nothing there
    heard: bool = False  # it says "yes, that’s it" to what the other said back


@dataclass(frozen=True, slots=True)
class Record:
    """What was said in a talk, to read again."""

    turns: list[SpokenTurn]
    aloud: bool  # whether some of it was said and not written


def record(talk: Talk, turns: Iterable[HandedOver] | None = None) -> Record:
    """Everything that was handed over in words, in order; or only what these turns hold."""
    shown = talk.handed if turns is None else tuple(turns)
    user_written = is_user_written(talk.behaviour)
    return Record(
        spoken_turns(shown, talk.names, user_written=user_written),
        aloud=any(turn.aloud for turn in shown),
    )


def just_said(talk: Talk, to: Side | None) -> list[SpokenTurn]:
    """What the partner has just written to this person, as far as their page doesn't show it yet.

    None: what either has written to the other, for two who share a screen.
    """
    shown = (*SHOWN_AT.get(talk.step, ()), Move.PROPOSE)
    if talk.step == Step.REFLECT and not talk.together:
        shown = (*shown, *MISSING)
    turns = [turn for turn in _just_handed(talk, to) if turn.move not in shown]
    heard = [] if to is None else [_heard(turn, talk) for turn in turns if turn.move == Move.YES]
    return [*heard, *spoken_turns(turns, talk.names)]


def side_by_side(talk: Talk) -> list[dict[str, Any]]:
    """What each of the two wrote on what matters most. Older turns have fewer fields."""
    written = (talk.latest(Move.FLEX, side) for side in Side)
    return [
        {"first_name": talk.names[flex.side], **flex.content}
        for flex in written
        if flex and any(flex.content.values())
    ]


def _heard(turn: HandedOver, talk: Talk) -> SpokenTurn:
    """The word that what somebody said back is what was meant. On one screen both hear it."""
    return SpokenTurn(
        side=turn.side,
        first_name=talk.names[turn.side],
        says="",
        words=[],
        elsewhere=turn.elsewhere,
        missing=False,
        heard=True,
    )


def _just_handed(talk: Talk, to: Side | None) -> list[HandedOver]:
    """What somebody's partner has handed over since they last answered, in order.

    Two who share a screen (None) hear everything at once: only what the last turn brought.
    A turn that both take unseen counts from when both have taken it.
    """
    turns = [turn for turn in talk.handed if to is not None or not talk.hides(turn)]
    answers = (
        number
        for number, turn in enumerate(turns)
        if turn.move not in NO_ANSWER and to in (None, turn.side)
    )
    last = max(answers, default=-1)
    return [
        turn
        for number, turn in enumerate(turns)
        if turn.side != to and _opened(turns, number) >= last
    ]


def _opened(turns: Sequence[HandedOver], number: int) -> int:
    """The number of the turn with which this one could be read by the other."""
    if turns[number].move not in flow.BLIND:
        return number
    side, move = turns[number].side, turns[number].move
    others = (at for at, turn in enumerate(turns) if (turn.side, turn.move) == (side.other, move))
    return max(number, next(others, number))


def spoken_turns(
    turns: Iterable[HandedOver], names: Mapping[Side, str], *, user_written: bool = False
) -> list[SpokenTurn]:
    """Return the turns in words, and steps left out. `user_written`: the couple's behaviour."""
    return [
        SpokenTurn(
            side=turn.side,
            first_name=names[turn.side],
            says=_says(turn, names),
            words=words,
            elsewhere=turn.elsewhere,
            missing=turn.move in MISSING,
            left_out=_left_out(turn),
        )
        for turn in turns
        if turn.move in SAYS
        and ((words := _words(turn, names, user_written=user_written)) or _left_out(turn))
    ]


def _says(turn: HandedOver, names: Mapping[Side, str]) -> Sentence:
    name = sentences.name(turn.side, names[turn.side])
    return Sentence(sentences.filled(str(SAYS[turn.move]), name=name))


def _left_out(turn: HandedOver) -> str | Promise:
    return LEFT_OUT.get(turn.move, "") if turn.left_out else ""


def _words(turn: HandedOver, names: Mapping[Side, str], *, user_written: bool) -> list[str]:
    if turn.move == Move.PROPOSE:
        return [*unpack(turn.content, names, user_written=user_written).full_text]
    fields = ["words"] if turn.move == Move.SPEAK else OPENINGS
    return [_sentence(name, turn.content[name]) for name in fields if turn.content.get(name)]


def _sentence(field: str, words: str) -> str:
    opening = str(OPENINGS[field])
    return wording.completed(opening, words) if opening else words
