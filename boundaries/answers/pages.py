"""What the pages of one's own answers show."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries.answers.forms import BriefForm
from boundaries.answers.sheets import OwnSheet, Row
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour
from boundaries.seats import rules as seats


@dataclass(frozen=True, slots=True)
class Card:
    """One behaviour as it stands on the screen: what is kept, or what was just typed."""

    behaviour: Behaviour
    version: str  # the one a save from this card is made from
    undoable: bool = False
    partners: str = ""
    mine: str = ""
    weight: str = ""
    conditions: tuple[str, ...] = ()
    in_other_words: str = ""
    private: bool = False
    skipped: bool = False
    hidden: bool = False
    note: str = ""
    self_note: str = ""
    guess: str = ""
    to_keep_the_peace: bool = False
    live: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)
    newer: Row | None = None  # what another page has saved meanwhile

    @classmethod
    def kept(cls, row: Row) -> Card:
        answer, aside = row.answer, row.aside
        return cls(
            row.behaviour,
            row.version,
            row.undoable,
            answer.partners or "",
            answer.mine or "",
            answer.weight or "",
            answer.conditions,
            answer.in_other_words,
            answer.private,
            answer.skipped,
            answer.hidden,
            answer.note,
            aside.note,
            aside.guess or "",
            aside.to_keep_the_peace,
            aside.live,
        )

    @classmethod
    def typed(cls, row: Row, form: BriefForm, newer: Row | None = None) -> Card:
        """A refused form gives back every word, so that none has to be written twice.

        Beside something newer it carries that one's version: to save again is then meant.
        """
        data = form.data
        return cls(
            row.behaviour,
            newer.version if newer else data.get("seen", ""),
            row.undoable,
            data.get("partners", ""),
            data.get("mine", ""),
            data.get("weight", ""),
            tuple(data.getlist("conditions")),  # type: ignore[attr-defined]
            data.get("in_other_words", ""),
            "private" in data,
            False,
            False,
            data.get("note", ""),
            data.get("self_note", ""),
            data.get("guess", ""),
            "to_keep_the_peace" in data,
            "live" in data,
            {name: [str(each) for each in told] for name, told in form.errors.items()},
            newer,
        )

    @property
    def answered(self) -> bool:
        return bool(self.partners or self.mine)

    @property
    def status(self) -> str:
        """How it stands on disk, in words."""
        if self.answered and self.private:
            return _("Saved, and kept private.")
        if self.answered:
            return _("Saved. Only you can see this.")
        if self.skipped:
            return _("Skipped. Only you can see this.")
        return _("Only you can see this.")

    @property
    def has_more(self) -> bool:
        """Whether something stands in the folded part for the other partner to read."""
        return bool(self.weight or self.note or self.private)

    @property
    def has_asides(self) -> bool:
        return bool(self.self_note or self.guess or self.to_keep_the_peace or self.live)


def whole_list(page: OwnSheet, partner: seats.Partner | None) -> dict[str, Any]:
    """What the list of a sheet is drawn from."""
    return {
        "page": page,
        "partner": partner,
        "partners_direction": direction(partner),
        "groups": [
            (catalogue.category(id), [Card.kept(row) for row in rows])
            for id, rows in groupby(page.rows, key=lambda row: row.behaviour.category)
        ],
        "hidden": [Card.kept(row) for row in page.hidden],
    }


def direction(partner: seats.Partner | None) -> str:
    """The other of the two directions, in words."""
    if partner is None:
        return _("When my partner does it")
    return _("When %(name)s does it") % {"name": isolated(partner.first_name)}
