"""What two people see alike already, in words that would keep it as it is."""

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


@dataclass(frozen=True, slots=True)
class Keepable:
    """A behaviour on which two people stand on the same ground, in the words that would keep it."""

    behaviour: str
    words: Words
    digest: str


def common_ground(seat: Seat, deck: Deck) -> list[Keepable]:
    """What an opened deck shows as common ground and nobody has proposed yet, in words to keep.

    Raises NoSuchAgreement where the deck is not open.
    """
    try:
        comparison = compare(seat, deck)
    except NotOpen:
        raise NoSuchAgreement from None
    spoken = set(Version.objects.of(seat).values_list("behaviour", flat=True))
    names = seats.names(seat)
    return [
        keepable(each, names)
        for each in comparison.compared
        if each.grade == Grade.COMMON and each.behaviour.id not in spoken
    ]


def keepable(compared: Compared, names: Mapping[Side, str]) -> Keepable:
    """What two people already see alike, as the words of an understanding."""
    outcomes = {
        Stance.ACCEPTABLE: Outcome.FINE,
        Stance.UNACCEPTABLE: Outcome.NOT_FOR_US,
    }
    said = [outcomes[line.left] for line in compared.lines]
    if compared.whoever_does_it:
        lines = [ProposalLine(doer=BOTH, outcome=said[0])]
    else:
        lines = [
            ProposalLine(doer=side, outcome=outcome)
            for side, outcome in zip(Side, said, strict=True)
        ]
    words = put_into_words(compared.behaviour.text, lines, names)
    return Keepable(compared.behaviour.id, words, digest_of(compared.behaviour.id, words))
