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
from boundaries.seats.rules import Partner
from boundaries.vocabulary import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One behaviour as it is on the screen: what is saved, or what was just typed."""

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
    newer: Row | None = None  # what another page has saved since this one was loaded

    @classmethod
    def kept(cls, row: Row) -> Card:
        """A card as it is saved."""
        answer, aside = row.answer, row.aside
        return cls(
            behaviour=row.behaviour,
            version=row.version,
            undoable=row.undoable,
            partners=answer.partners or "",
            mine=answer.mine or "",
            weight=answer.weight or "",
            conditions=answer.conditions,
            in_other_words=answer.in_other_words,
            private=answer.private,
            skipped=answer.skipped,
            hidden=answer.hidden,
            note=answer.note,
            self_note=aside.note,
            guess=aside.guess or "",
            to_keep_the_peace=aside.to_keep_the_peace,
            live=aside.live,
        )

    @classmethod
    def typed(cls, row: Row, form: BriefForm, newer: Row | None = None) -> Card:
        """A card as it was sent and refused, so that nothing has to be typed twice.

        If another page has saved something newer, the card carries the newer version: saving
        it again then overwrites that on purpose.
        """
        data = form.data
        return cls(
            behaviour=row.behaviour,
            version=newer.version if newer else data.get("seen", ""),
            undoable=row.undoable,
            partners=data.get("partners", ""),
            mine=data.get("mine", ""),
            weight=data.get("weight", ""),
            conditions=tuple(data.getlist("conditions")),  # type: ignore[attr-defined]
            in_other_words=data.get("in_other_words", ""),
            private="private" in data,
            note=data.get("note", ""),
            self_note=data.get("self_note", ""),
            guess=data.get("guess", ""),
            to_keep_the_peace="to_keep_the_peace" in data,
            live="live" in data,
            errors={name: [str(error) for error in errors] for name, errors in form.errors.items()},
            newer=newer,
        )

    @property
    def answered(self) -> bool:
        return bool(self.partners or self.mine)

    @property
    def status(self) -> str:
        """In words, what is saved of this card."""
        if self.answered and self.private:
            return _("Saved, and kept private.")
        if self.answered:
            return _("Saved. Only you can see this.")
        if self.skipped:
            return _("Skipped. Only you can see this.")
        return _("Only you can see this.")

    @property
    def has_more(self) -> bool:
        """Whether the folded part holds something that the partner will read."""
        return bool(self.weight or self.note or self.private)

    @property
    def has_asides(self) -> bool:
        """Whether the folded part for this person alone holds something."""
        return bool(self.self_note or self.guess or self.to_keep_the_peace or self.live)


def list_context(sheet: OwnSheet, partner: Partner | None) -> dict[str, Any]:
    """The context of show.html: the whole list of a sheet."""
    return {
        "page": sheet,
        "partner": partner,
        "partners_direction": direction(partner),
        "groups": [
            (catalogue.category(id), [Card.kept(row) for row in rows])
            for id, rows in groupby(sheet.rows, key=lambda row: row.behaviour.category)
        ],
        "hidden": [Card.kept(row) for row in sheet.hidden],
    }


def card_context(sheet: OwnSheet, card: Card, partner: Partner | None) -> dict[str, Any]:
    """The context of card.html: one card of a sheet."""
    return {
        "page": sheet,
        "card": card,
        "partner": partner,
        "partners_direction": direction(partner),
        "conditions": Condition,
        "place": sheet.place(card.behaviour),
        "category": catalogue.category(card.behaviour.category),
        "before": sheet.before(card.behaviour),
        "after": sheet.after(card.behaviour),
    }


def direction(partner: Partner | None) -> str:
    """The label of what the partner does, as against what this person does."""
    if partner is None:
        return _("When my partner does it")
    return _("When %(name)s does it") % {"name": isolated(partner.first_name)}
