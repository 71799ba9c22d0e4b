"""Behaviours on which two people already agree, in words that can be proposed unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaries.agreements.history import NoSuchAgreement
from boundaries.agreements.models import Version
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, digest_of, put_into_words
from boundaries.comparison.rules import Compared, NotOpen, compare
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Grade, Outcome, Side, Stance

OUTCOMES = {Stance.ACCEPTABLE: Outcome.FINE, Stance.UNACCEPTABLE: Outcome.NOT_FOR_US}


@dataclass(frozen=True, slots=True)
class CommonGround:
    """A behaviour on which two people agree, in words ready to be proposed."""

    behaviour: str
    words: Words
    digest: str


def common_ground(seat: Seat, deck: Deck) -> list[CommonGround]:
    """Return the common ground of an opened deck on which nobody has proposed anything yet.

    Raises NoSuchAgreement if the deck is not open.
    """
    try:
        comparison = compare(seat, deck)
    except NotOpen:
        raise NoSuchAgreement from None
    proposed = set(Version.objects.of(seat).values_list("behaviour", flat=True))
    names = seats.names(seat)
    return [
        ready_to_propose(compared, names)
        for compared in comparison.compared
        if compared.grade == Grade.COMMON and compared.behaviour.id not in proposed
    ]


def ready_to_propose(compared: Compared, names: Mapping[Side, str]) -> CommonGround:
    """Return the words of a proposal for something that two people already agree on."""
    outcomes = [OUTCOMES[line.left] for line in compared.lines]  # the same stance as on the right
    if compared.whoever_does_it:
        lines = [ProposalLine(doer=BOTH, outcome=outcomes[0])]
    else:
        lines = [
            ProposalLine(doer=side, outcome=outcome)
            for side, outcome in zip(Side, outcomes, strict=True)
        ]
    words = put_into_words(compared.behaviour.text, lines, names)
    return CommonGround(compared.behaviour.id, words, digest_of(compared.behaviour.id, words))
