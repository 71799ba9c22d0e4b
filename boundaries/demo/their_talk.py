"""The talk of the invented couple about a former partner."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_noop

from boundaries.agreements.words import put_into_words
from boundaries.content import catalogue
from boundaries.content.languages import PerLanguage
from boundaries.demo.couple import ASHA, OPENED_AT, RAVI, TOLD_AFTERWARDS, names, translated
from boundaries.talks import drafts, flow
from boundaries.talks.drafts import DraftWords
from boundaries.talks.flow import Place
from boundaries.talks.reading import HandedOver, Talk
from boundaries.talks.wording import statement
from boundaries.vocabulary import Mode, Move, Side

LONELY = {
    "when": gettext_noop("I find out days later that you two have written"),
    "feelings": ["insecure", "left-out"],
    "needs": ["honesty", "priority"],
    "because": gettext_noop("I hear of it last"),
    "wish": gettext_noop("mention it when one of us has written"),
    "not_asking": gettext_noop("read your messages"),
}
TORN = {
    "when": gettext_noop("a message from an old friend comes late in the evening"),
    "feelings": ["torn", "guilty"],
    "needs": ["friendship", "honesty"],
    "because": "",
    "wish": gettext_noop("see it as a message, and not as a question about us"),
    "not_asking": "",
}
HEARD = {
    "words": gettext_noop(
        "That it makes you unsure when you hear of it last, and that honesty matters."
    )
}

# What the two did in their talk, in order. Ravi speaks first.
TURNS: tuple[tuple[Side, Move, dict[str, Any]], ...] = (
    (RAVI, Move.READY, {}),
    (ASHA, Move.READY, {}),
    (RAVI, Move.AGREE, {}),
    (ASHA, Move.AGREE, {}),
    (
        RAVI,
        Move.APPRECIATE,
        {"words": gettext_noop("You asked how my mother is before I had my coat off.")},
    ),
    (ASHA, Move.APPRECIATE, {"words": gettext_noop("You made the tea I like this morning.")}),
    (RAVI, Move.SPEAK, TORN),
    (
        ASHA,
        Move.REFLECT,
        {"words": gettext_noop("That you feel torn, and that old friends matter to you.")},
    ),
    (
        RAVI,
        Move.PARTLY,
        {"words": gettext_noop("And that I would like it to be no big question each time.")},
    ),
    (
        ASHA,
        Move.REFLECT,
        {
            "words": gettext_noop(
                "You feel torn. Friends matter, and it should not turn into a talk about us."
            )
        },
    ),
    (RAVI, Move.YES, {}),
    (
        ASHA,
        Move.MAKES_SENSE,
        {"because": gettext_noop("you have known them longer than me"), "imagine": ""},
    ),
    (ASHA, Move.SPEAK, LONELY),
    (RAVI, Move.REFLECT, HEARD),
    (ASHA, Move.YES, {}),
    (
        RAVI,
        Move.MAKES_SENSE,
        {
            "because": gettext_noop("I go quiet just then"),
            "imagine": gettext_noop("small beside it"),
        },
    ),
    (
        RAVI,
        Move.FLEX,
        {"keep": gettext_noop("My old friends."), "give": gettext_noop("The hour, and saying so.")},
    ),
    (
        ASHA,
        Move.FLEX,
        {
            "keep": gettext_noop("Hearing of it from you."),
            "give": gettext_noop("When I hear of it."),
        },
    ),
    (ASHA, Move.PROPOSE, {}),
    (RAVI, Move.LET_STAND, {}),
    (
        RAVI,
        Move.CLOSE,
        {
            "well": gettext_noop("You did not interrupt me once."),
            "next": gettext_noop("A walk by the river."),
        },
    ),
    (ASHA, Move.CLOSE, {"well": gettext_noop("You stayed when it got quiet."), "next": ""}),
)
HALF_WAY = 12  # turns, after which Asha says how it is for her
HEARD_BACK = 14  # turns, of which the last is Ravi saying back what he heard


@PerLanguage
def talk(turns: int) -> Talk:
    """Their talk about a former partner after this many turns, as Asha sees it."""
    wording = catalogue.every()["d1"].text
    place, handed = Place(RAVI), []
    for side, move, words in TURNS[:turns]:
        content = translated(words)
        if move == Move.SPEAK:
            content["words"] = statement(content)
        if move == Move.PROPOSE:
            content = dict(put_into_words(wording, [TOLD_AFTERWARDS], names()).packed)
        handed.append(
            HandedOver(
                side=side,
                move=move,
                half=place.half,
                content=content,
                at=OPENED_AT,
                elsewhere=False,
            )
        )
        place = flow.after(place, side, move)
    return Talk(
        id=uuid.UUID(int=0),
        deck=catalogue.ESSENTIALS,
        behaviour="d1",
        wording=wording,
        mode=Mode.APART,
        me=ASHA,
        names=names(),
        place=place,
        handed=tuple(handed),
        pause=None,
        resumed=False,
        version="",
        opened_at=OPENED_AT,
    )


def draft_of_asha() -> DraftWords:
    """What Asha is writing for her next turn, half-way through the talk."""
    return DraftWords(
        drafts.purpose_of(talk(HALF_WAY).place, Move.SPEAK), translated(LONELY), "an example"
    )
