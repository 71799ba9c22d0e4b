"""A few parts of the invented couple's pages, for the page on how it works."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.agreements.history import Entry
from boundaries.answers.sheets import Row
from boundaries.comparison.rules import Compared
from boundaries.demo import couple, their_talk
from boundaries.talks.reading import Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpts:
    """What the page shows, in this order."""

    row: Row  # one of Asha's answers
    lines: list[Compared]  # of the comparison, from alike to different
    talk: Talk  # in which Ravi has just said back what he heard
    understanding: Entry


def excerpts() -> Excerpts:
    """In the active language."""
    lines = {compared.behaviour.id: compared for compared in couple.comparison().compared}
    return Excerpts(
        row=next(row for row in couple.sheet().rows if row.behaviour.id == "a2"),
        lines=[lines[id] for id in ("c2", "b1", "f3")],
        talk=their_talk.talk(their_talk.HEARD_BACK),
        understanding=next(
            entry for entry in couple.agreement().entries if entry.behaviour == "d1"
        ),
    )
