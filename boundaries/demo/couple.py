"""An invented couple, for visitors without an account. Nothing of theirs is stored.

Their pages use the same comparison and the same templates as everybody's.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from boundaries.agreements.common_ground import ready_to_propose
from boundaries.agreements.history import Agreement, Entry, ProposalVersion
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, digest_of, put_into_words
from boundaries.answers.sheets import OwnSheet, Row
from boundaries.comparison.rules import Comparison, comparison_of
from boundaries.content import catalogue
from boundaries.content.languages import PerLanguage
from boundaries.seats.rules import Partner
from boundaries.vocabulary import (
    Answer,
    Condition,
    Origin,
    Outcome,
    Side,
    Stance,
    Weight,
)

OPENED_AT = datetime(2026, 6, 12, 20, 30, tzinfo=UTC)
# Translators: the first names of an invented couple.
NAMES = {Side.LEFT: gettext_noop("Asha"), Side.RIGHT: gettext_noop("Ravi")}

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE

# By behaviour: what Asha answers (when Ravi does it, when she does it), then what Ravi answers.
# A missing behaviour is one that one of them has skipped.
STANCES: dict[str, tuple[tuple[Stance, Stance], tuple[Stance, Stance]]] = {
    "a1": ((A, A), (A, A)),
    "a2": ((C, A), (A, A)),
    "a3": ((A, A), (A, A)),
    "b1": ((C, C), (A, A)),
    "b4": ((N, N), (C, A)),
    "c1": ((C, C), (C, C)),
    "c2": ((A, A), (A, A)),
    "c8": ((U, A), (A, A)),
    "d1": ((N, C), (A, A)),
    "e1": ((C, C), (C, C)),
    "e2": ((A, A), (C, A)),
    "e3": ((A, A), (N, C)),
    "e5": ((A, A), (A, A)),
    "f1": ((N, N), (N, N)),
    "f3": ((N, N), (C, A)),
    "f5": ((N, N), (N, N)),
    "f6": ((C, C), (U, U)),
    "f11": ((A, A), (A, A)),
    "f9": ((N, N), (N, N)),
    "g8": ((C, C), (A, C)),
    "g6": ((A, A), (A, A)),
    "i1": ((N, N), (N, N)),
    "j4": ((C, A), (N, C)),
}
NOTES = {
    (
        Side.LEFT,
        "d1",
    ): gettext_noop("A birthday message is fine. Evenings of texting would make me feel far off."),
    (Side.RIGHT, "d1"): gettext_noop("We share old friends. I would always tell you."),
    (Side.LEFT, "f11"): gettext_noop("Privacy is not secrecy. I like having a corner of my own."),
}
WEIGHTS = {
    (Side.LEFT, "d1"): Weight.A_LOT,
    (Side.RIGHT, "d1"): Weight.SMALL,
    (Side.LEFT, "a2"): Weight.SMALL,
    (Side.LEFT, "f6"): Weight.MATTERS,
}
CONDITIONS = {
    (Side.LEFT, "a2"): (Condition.WITHIN_A_LIMIT,),
    (Side.LEFT, "c1"): (Condition.TOLD_FIRST,),
    (Side.RIGHT, "c1"): (Condition.TOLD_FIRST, Condition.IN_A_GROUP),
    (Side.LEFT, "e1"): (Condition.TOLD_AFTER,),
    (Side.RIGHT, "e1"): (Condition.TOLD_AFTER,),
}


def names() -> dict[Side, str]:
    """Their first names, as they are written in the active language."""
    return {side: _(name) for side, name in NAMES.items()}


def translated(content: Mapping[str, Any]) -> dict[str, Any]:
    """What one of them wrote, in the active language. What they picked has no words of its own."""
    return {
        field: _(words) if isinstance(words, str) and words else words
        for field, words in content.items()
    }


@PerLanguage
def answers_of(side: Side) -> dict[str, Answer]:
    """What one of the two answered, by behaviour."""
    which = list(Side).index(side)
    return {
        id: Answer(
            partners=both[which][0],
            mine=both[which][1],
            note=_(note) if (note := NOTES.get((side, id))) else "",
            weight=WEIGHTS.get((side, id)),
            conditions=CONDITIONS.get((side, id), ()),
        )
        for id, both in STANCES.items()
    }


@PerLanguage
def comparison() -> Comparison:
    """The comparison of the essentials, once both had sealed."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    both = (names()[Side.LEFT], names()[Side.RIGHT])
    return comparison_of(deck, both, (answers_of(Side.LEFT), answers_of(Side.RIGHT)), OPENED_AT)


@PerLanguage
def sheet() -> OwnSheet:
    """Asha's answers, before anything is sealed."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    hers = answers_of(Side.LEFT)
    rows = tuple(
        Row(behaviour=behaviour, answer=hers.get(behaviour.id, Answer()))
        for behaviour in deck.behaviours
    )
    return OwnSheet(deck=deck, rows=rows, hidden=(), sealed=False, open=False, again=False)


TOLD_AFTERWARDS = ProposalLine(
    doer=BOTH,
    outcome=Outcome.CONDITIONS,
    conditions=(Condition.TOLD_AFTER, Condition.NOT_LATE),
)
ASHA, RAVI = Side.LEFT, Side.RIGHT


def _version(
    id: str,
    number: int,
    words: Words,
    side: Side,
    origin: Origin,
    day: int,
    *,
    agreed: bool = True,
    ended: bool = False,
) -> ProposalVersion:
    """A version that `side` proposed `day` days after they opened their answers.

    Unless it is `agreed`, it still waits for the other. `ended` ends it after forty days.
    """
    at = OPENED_AT + timedelta(days=day)
    return ProposalVersion(
        id=uuid.UUID(int=number),
        number=number,
        words=words,
        side=side,
        by=names()[side],
        origin=origin,
        talk=uuid.UUID(int=0) if origin == Origin.TALK else None,
        at=at,
        digest=digest_of(id, words),
        assented=frozenset(Side) if agreed else frozenset({side}),
        agreed_at=at if agreed else None,
        ended_at=at + timedelta(days=40) if ended else None,
    )


@PerLanguage
def agreement() -> Agreement:
    """Their understandings, as Asha sees them: agreed, only proposed, ended, and changed later."""
    lines = {compared.behaviour.id: compared for compared in comparison().compared}

    def entry(
        id: str, *versions: tuple[list[ProposalLine], Side, Origin, int, dict[str, Any]]
    ) -> Entry:
        """An entry with these versions, from the oldest to the newest."""
        text = lines[id].behaviour.text
        oldest_first = [
            _version(
                id,
                number,
                put_into_words(text, proposal, names(), more.pop("well", "")),
                side,
                origin,
                day,
                **more,
            )
            for number, (proposal, side, origin, day, more) in enumerate(versions, start=1)
        ]
        category = catalogue.category(lines[id].behaviour.category)
        return Entry(
            behaviour=id, category=category, versions=tuple(reversed(oldest_first)), me=ASHA
        )

    def from_common_ground(id: str) -> Entry:
        """What both already answered alike, agreed on the evening of the opening."""
        words = ready_to_propose(lines[id], names()).words
        return entry(id, ([*words.lines], ASHA, Origin.COMMON_GROUND, 0, {}))

    fine = ProposalLine(doer=BOTH, outcome=Outcome.FINE)
    until_december = replace(TOLD_AFTERWARDS, on=date(2026, 12, 12))
    first = ProposalLine(doer=BOTH, outcome=Outcome.CONDITIONS, conditions=(Condition.TOLD_FIRST,))
    hers = ProposalLine(doer=ASHA, outcome=Outcome.CONDITIONS, words=_("it stays in the group"))
    his = ProposalLine(doer=RAVI, outcome=Outcome.FINE)
    return Agreement(
        names(),
        ASHA,
        (
            from_common_ground("a1"),
            from_common_ground("a3"),
            entry("b1", ([his, hers], RAVI, Origin.PAGE, 20, {"agreed": False})),
            entry("c1", ([first], ASHA, Origin.PAGE, 9, {"ended": True})),
            from_common_ground("c2"),
            entry(
                "d1",
                ([TOLD_AFTERWARDS], ASHA, Origin.TALK, 4, {}),
                (
                    [until_december],
                    RAVI,
                    Origin.PAGE,
                    30,
                    {"well": _("We both kept to it in July.")},
                ),
            ),
            entry("e5", ([fine], RAVI, Origin.COMMON_GROUND, 0, {})),
            from_common_ground("f9"),
            from_common_ground("i1"),
        ),
    )


def partner() -> Partner:
    """Ravi, as Asha sees him."""
    return Partner(names()[Side.RIGHT])
