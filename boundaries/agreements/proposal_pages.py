"""What the pages show on which words are proposed: the form for new ones, and common ground."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundaries.agreements import history, outcome_fields
from boundaries.agreements.common_ground import CommonGround, common_ground
from boundaries.agreements.forms import AssentForm, WordsForm
from boundaries.agreements.history import ProposalSubject
from boundaries.agreements.refusals import NONE, Refusal
from boundaries.agreements.words import Words
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.seats.rules import Partner

if TYPE_CHECKING:
    from boundaries.seats.models import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """The form for new words, and for the partner's that came before them."""

    about: ProposalSubject
    content: Mapping[str, Any]
    errors: Mapping[str, list[str]]
    read_out: Words | None
    changed: bool
    tick: str
    partner: Partner | None
    couple_token: str
    outcomes: Any
    doers: list[outcome_fields.Doer]
    alike: str
    earliest: str
    latest: str
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonGroundPage:
    """Common ground of a deck, to propose as it is."""

    deck: Deck
    offered: list[CommonGround]
    refused: AssentForm | None
    ticked: set[str] | None
    partner: Partner | None
    couple_token: str


def change_page(
    seat: Seat,
    about: ProposalSubject,
    content: Mapping[str, Any],
    *,
    errors: Mapping[str, Any] | None = None,
    refusal: Refusal = NONE,
) -> ChangePage:
    """Return the form for new words. `content` and `errors` are by field name."""
    names = seats.names(seat)
    messages = {name: list(map(str, found)) for name, found in (errors or {}).items()}
    return ChangePage(
        about=about,
        content=content,
        errors=messages,
        read_out=WordsForm.read_out(content, about.wording, names),
        changed=refusal.changed,
        tick=refusal.tick,
        partner=seats.partner_of(seat),
        couple_token=seats.couple_token(seat),
        **{
            **outcome_fields.pictured(about.behaviour, names, content, messages),
            **outcome_fields.calendar(),
        },
    )


def common_ground_page(seat: Seat, deck: Deck, form: AssentForm | None = None) -> CommonGroundPage:
    """Return common ground to propose; after a refusal, also what was ticked and waits by now."""
    waiting = _ticked_and_waiting(seat, deck, form.ticked) if form else []
    return CommonGroundPage(
        deck=deck,
        offered=[*common_ground(seat, deck), *waiting],
        refused=form,
        ticked=form.ticked if form else None,
        partner=seats.partner_of(seat),
        couple_token=seats.couple_token(seat),
    )


def words_on_common_ground(seat: Seat, deck: Deck) -> dict[str, Words]:
    """Return the words to choose from, by digest. The partner may have just proposed some."""
    ids = {behaviour.id for behaviour in catalogue.ever_in(deck)}
    waiting = words_to_answer(seat, ids)
    return waiting | {item.digest: item.words for item in common_ground(seat, deck)}


def words_to_answer(seat: Seat, behaviours: Collection[str] | None = None) -> dict[str, Words]:
    """Return the newest words by digest, unless they were taken back.

    Words that this person has said yes to count, too: a second yes changes nothing.
    """
    return {
        entry.newest.digest: entry.newest.words
        for entry in history.agreement(seat).entries
        if entry.newest.ended_at is None and (behaviours is None or entry.behaviour in behaviours)
    }


def _ticked_and_waiting(seat: Seat, deck: Deck, ticked: set[str]) -> list[CommonGround]:
    ids = {behaviour.id for behaviour in catalogue.ever_in(deck)}
    return [
        CommonGround(entry.behaviour, entry.newest.words, entry.newest.digest)
        for entry in history.agreement(seat).entries
        if entry.behaviour in ids and entry.waits_for_me and entry.newest.digest in ticked
    ]
