"""The invented couple after a line was crossed, half-way: Ravi has said back what he heard."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_noop

from boundaries.content import catalogue
from boundaries.demo.couple import ASHA, OPENED_AT, RAVI, names, translated
from boundaries.repair import flow, pages
from boundaries.repair.page_words import WordsInForm
from boundaries.repair.pages import RepairPage, example_page
from boundaries.repair.reading import SeenRepair, SentWords
from boundaries.vocabulary import RepairMove, Side

TURNS: tuple[tuple[Side, RepairMove, dict[str, Any]], ...] = (
    (
        RAVI,
        RepairMove.OWN_UP,
        {"words": gettext_noop("I wrote to Leela on three evenings and didn’t tell you.")},
    ),
    (
        ASHA,
        RepairMove.IMPACT,
        {
            "words": gettext_noop("I found out from somebody else. I felt small, and I lay awake."),
            "feelings": ["hurt", "left-out"],
            "touched": gettext_noop("Whether I hear things from you first."),
        },
    ),
    (
        RAVI,
        RepairMove.REFLECT,
        {
            "words": gettext_noop(
                "You heard it from others and not from me. It made you feel small and alone."
            )
        },
    ),
)


def repair() -> SeenRepair:
    """As Asha sees it."""
    turns = tuple(
        SentWords(side=side, move=move, content=translated(content), at=OPENED_AT)
        for side, move, content in TURNS
    )
    return SeenRepair(
        id=uuid.UUID(int=0),
        behaviour="d1",
        wording=catalogue.every()["d1"].text,
        me=ASHA,
        names=names(),
        opened_by=RAVI,
        place=flow.replayed(RAVI, RAVI, [(turn.side, turn.move) for turn in turns]),
        turns=turns,
        due_at=None,
        removal_at=None,
        kept_by_me=False,
        kept_by_both=False,
        version="",
    )


def page() -> RepairPage:
    """The page on which Asha says whether he has understood."""
    return example_page(
        repair(),
        step="boundaries/repair/steps/confirm.html",
        title=pages.title(),
        main=WordsInForm(move=RepairMove.NOT_YET, content={}, version=""),
        beside={},
        beside_open=False,
        feelings=[],
        unsent=[],
        moved_on=False,
        talkable=False,
        agreed=None,
    )
