"""What the pages of one's own answers show."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries import sentences
from boundaries.answers.forms import BriefForm
from boundaries.answers.sheets import OwnSheet, Row
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.seats.rules import Partner
from boundaries.sentences import Sentence, SentencePart
from boundaries.vocabulary import Answer, Condition, Side, Stance, Weight, clauses

LAST_LOOK = "look"  # a card that was opened from the last look leads back to it
NOTHING = Sentence([])


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One behaviour as it is on the screen: what is saved, or what was just typed."""

    behaviour: Behaviour
    version: str  # the one a save from this card is made from
    undoes: str = ""  # what an undo takes back, in words; empty if there is nothing to undo
    redoes: str = ""  # what it brings back, once something was undone
    partners: str = ""
    mine: str = ""
    apart: bool = False  # whether each direction is asked by itself
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
            undoes=last_change(row),
            redoes=last_change(row, undone=True),
            partners=answer.partners or "",
            mine=answer.mine or "",
            apart=answer.mine != answer.partners,
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
            undoes=last_change(row),
            redoes=last_change(row, undone=True),
            partners=data.get("partners", ""),
            mine=data.get("mine", ""),
            apart="apart" in data,
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
    def undoable(self) -> bool:
        return bool(self.undoes)

    @property
    def answered(self) -> bool:
        return bool(self.partners or self.mine)

    @property
    def half_answered(self) -> bool:
        return bool(self.partners) != bool(self.mine)

    @property
    def conditions_between(self) -> bool:
        """Whether the conditions stand below the first direction, because only that one asks."""
        return self.apart and self.partners == Stance.CONDITIONS != self.mine

    @property
    def conditions_offered(self) -> list[Condition]:
        """The conditions that fit this behaviour, and any other one that was chosen before."""
        unfitting = self.behaviour.unfitting_conditions
        return [it for it in Condition if it not in unfitting or it in self.conditions]

    @property
    def saved(self) -> str:
        """In words, what is saved of this card. Empty if nothing is."""
        if self.half_answered:
            return _("Saved. Your other answer on this card is still open.")
        if self.answered and self.private:
            return _("Saved, and kept private.")
        if self.answered and self.note:
            return _("Saved. Your partner reads the note once you’ve both sealed.")
        if self.answered and self.mine == self.partners:
            return _("Saved, whoever does it.")
        if self.answered:
            return _("Saved.")
        if self.note:
            return _("Your note is saved. It opens with your answer.")
        return _("Skipped.") if self.skipped else ""

    @property
    def named_conditions(self) -> Sentence:
        """What "Fine, if …" depends on, as a sentence; empty while nothing is named."""
        if not (self.conditions or self.in_other_words):
            return NOTHING
        chosen = [condition for condition in Condition if condition in self.conditions]
        is_named = chosen or self.in_other_words
        words = _if(chosen, self.in_other_words) if is_named else []
        return Sentence(sentences.as_sentence(words))

    @property
    def status(self) -> str:
        """What is saved; before that, who sees it."""
        return self.saved or _("Only you see this.")

    @property
    def has_more(self) -> bool:
        """Whether the folded part holds something."""
        return any(
            (
                *(self.weight, self.note, self.private, self.hidden, self.errors),
                *(self.self_note, self.guess, self.to_keep_the_peace, self.live),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLookLine:
    """One card in a line: what would open, or why nothing would."""

    behaviour: Behaviour
    words: Sentence
    shared: bool
    unnamed: bool  # "fine, if …" without a condition
    half_answered: bool
    weight: Weight | None
    note: str

    @classmethod
    def of(cls, row: Row, partner: Partner | None) -> LastLookLine:
        answer = row.answer
        no_conditions = not answer.conditions and not answer.in_other_words
        return cls(
            behaviour=row.behaviour,
            words=Sentence(
                _shared(answer, partner) if answer.shared else _not_shared(answer, partner)
            ),
            shared=answer.shared,
            unnamed=answer.shared and answer.conditional and no_conditions,
            half_answered=answer.half_answered,
            weight=answer.weight,
            note=answer.note,
        )


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


def card_context(
    sheet: OwnSheet,
    card: Card,
    partner: Partner | None,
    *,
    arrived: Collection[str] = (),
    from_last_look: bool = False,
) -> dict[str, Any]:
    """The context of card.html: one card of a sheet.

    `arrived` says how this person came here: "saved" the card before it, or "undone" this one.
    With the browser's back button they come as they did before: then this card has its own undo.
    """
    before = sheet.before(card.behaviour)
    arrived_by_saving = "saved" in arrived and not card.undoable
    just_saved = before if arrived_by_saving and before and before.undoable else None
    next = next_page(sheet, card.behaviour, from_last_look=from_last_look)
    return {
        "page": sheet,
        "card": card,
        "partner": partner,
        "partners_direction": direction(partner),
        "place": sheet.place(card.behaviour),
        "category": catalogue.category(card.behaviour.category),
        "next": next,
        "last": next == reverse("answers-last-look", args=[sheet.deck]),
        "back": LAST_LOOK if from_last_look else "",
        "undone": "undone" in arrived,
        "just_saved": just_saved,
        "undoes_before": last_change(just_saved) if just_saved else "",
        "place_before": sheet.place(just_saved.behaviour) if just_saved and card.answered else None,
    }


def last_change(row: Row, *, undone: bool = False) -> str:
    """The last change of a card in words: the answer it gave, if that is what changed.

    Of a card that was undone it is the change that was taken back.
    """
    if row.before is None:
        return ""
    new, old = (row.before, row.answer) if undone else (row.answer, row.before)
    both = ((new.partners, old.partners), (new.mine, old.mine))
    changed = {now for now, then in both if now != then}
    if len(changed) > 1:
        return _("both answers")
    stance = changed.pop() if changed else None
    if stance:
        return str(stance.label)
    if new.skipped and not old.skipped:
        return _("Skip")
    return _("your last change")


def next_page(sheet: OwnSheet, behaviour: Behaviour, *, from_last_look: bool) -> str:
    """The address of what comes after a card: the card below, or the last look."""
    after = None if from_last_look else sheet.after(behaviour)
    if after is None:
        return reverse("answers-last-look", args=[sheet.deck])
    return reverse("answers-card", args=[after.behaviour]) + "?saved"


def sealed_context(sheet: OwnSheet, side: str | None, next_deck: Deck | None) -> dict[str, Any]:
    """The context of show.html under one's own seal. It is the same whatever the partner does."""
    return {
        "page": sheet,
        "marks": {"left": side == Side.LEFT, "right": side == Side.RIGHT},
        "next_deck": next_deck,
    }


def last_look_lines(sheet: OwnSheet, partner: Partner | None) -> list[LastLookLine]:
    """Everything on a sheet as it would open, a line for each card."""
    return [LastLookLine.of(row, partner) for row in sheet.rows]


def direction(partner: Partner | None) -> str:
    """The label of what the partner does, as against what this person does."""
    if partner is None:
        return _("When my partner does it")
    return _("When %(name)s does it") % {"name": isolated(partner.first_name)}


def _shared(answer: Answer, partner: Partner | None) -> list[SentencePart]:
    if answer.mine == answer.partners:
        return _stance_words(answer.mine, answer)
    if partner is None:
        words, name = _("when my partner does it: %(partners)s; when I do it: %(mine)s"), ""
    else:
        words = _("when %(name)s does it: %(partners)s; when I do it: %(mine)s")
        name = isolated(partner.first_name)
    return sentences.filled(
        words,
        name=sentences.ours(name),
        partners=_stance_words(answer.partners, answer),
        mine=_stance_words(answer.mine, answer),
    )


def _stance_words(stance: Stance | None, answer: Answer) -> list[SentencePart]:
    """A stance; with its conditions where it asks for some and they are named."""
    if stance is None:
        return []
    is_named = answer.conditions or answer.in_other_words
    if stance != Stance.CONDITIONS or not is_named:
        return [sentences.ours(stance.in_words)]
    return _if(answer.conditions, answer.in_other_words)


def _if(conditions: Iterable[Condition], in_other_words: str) -> list[SentencePart]:
    """At least one condition. A person's own words are set apart: they may be a whole sentence."""
    named = [sentences.ours(clause) for clause in clauses(conditions)]
    own = [sentences.theirs(in_other_words)] if in_other_words else []
    if not (named and own):
        all_named = sentences.joined(named or own)
        return sentences.filled(_("fine, if %(conditions)s"), conditions=all_named)
    return sentences.filled(
        _("fine, if %(conditions)s (in your words: %(words)s)"),
        conditions=sentences.joined(named),
        words=own,
    )


def _not_shared(answer: Answer, partner: Partner | None) -> list[SentencePart]:
    if answer.answered and answer.private:
        return [sentences.ours(_("not shared (you kept it private)"))]
    if answer.skipped:
        return [sentences.ours(_("not shared (you skipped it)"))]
    if answer.half_answered:
        missing = direction(partner) if answer.partners is None else _("When I do it")
        return sentences.filled(
            _("not shared (no answer yet for “%(direction)s”)"), direction=sentences.ours(missing)
        )
    return [sentences.ours(_("not shared (no answer yet)"))]
