"""What the other can see of this person right now, by the very acts that show it to them.

Nobody gets the other's seat for it. The comparison, the understandings and the sheet for a
therapist are the same to both who look at them; in a talk, the rule that tells one of the other's
turns tells of one's own, from the other side. So this cannot say anything else than what is so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from boundaries.agreements import history
from boundaries.agreements.history import Entry
from boundaries.comparison.rules import Compared, Comparison, Remark, compare_all
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.seats.rules import Partner
from boundaries.talks import overview
from boundaries.talks.overview import ShownPart
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.rules import Issued
from boundaries.vocabulary import Grade, Side, Stance


@dataclass(frozen=True, slots=True)
class Answered:
    """One behaviour of an opened deck: what the other reads there of this person."""

    behaviour: Behaviour
    when_i_do_it: Stance
    when_they_do_it: Stance
    remark: Remark | None
    before: Grade | None  # how near each other the two were in the round before, where that moved


@dataclass(frozen=True, slots=True)
class VisibleDeck:
    """One opened deck, as the other has it before them."""

    deck: Deck
    answered: tuple[Answered, ...]
    not_shared: tuple[Behaviour, ...]  # they see that one or both did not share it, and not who


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything of this person that somebody else can see now."""

    partner: Partner | None = None
    invites: bool = False  # whoever has the link sees the first name
    joins: Partner | None = None  # they see the first name, and the address as it is here
    address: str = ""
    names: Mapping[Side, str] = field(default_factory=dict)
    opened: tuple[VisibleDeck, ...] = ()
    wants_intimate: bool = False
    waiting: tuple[str, ...] = ()  # put forward, and not accepted
    accepted: tuple[str, ...] = ()
    talks: tuple[ShownPart, ...] = ()
    entries: tuple[Entry, ...] = ()  # of the understandings: what this person proposed or agreed to
    issue: Issued | None = None

    @property
    def shared(self) -> bool:
        """Whether the one they are with has more to see than a name."""
        return bool(
            self.opened
            or self.wants_intimate
            or self.waiting
            or self.accepted
            or self.talks
            or self.entries
            or self.issue
        )


def seen(seat: Seat) -> Seen:
    """All of it. The same queries for everybody who is paired, however much there is.

    Raises agreeing.NotThere where the other has just left.
    """
    partner = seats.partner_of(seat)
    return _by_the_other(seat, partner) if partner else _by_strangers(seat)


def _by_strangers(seat: Seat) -> Seen:
    joins = pairing.waiting_for(seat)
    return Seen(
        invites=pairing.standing(seat) is not None,
        joins=joins,
        address=pairing.address_shown(seat) if joins else "",
    )


def _by_the_other(seat: Seat, partner: Partner) -> Seen:
    agreement, ours = history.agreement(seat), questions.ours(seat)
    opened = compare_all(seat, questions.decks(seat))
    return Seen(
        partner,
        names=agreement.names,
        opened=tuple(_opened(agreement.me, each) for each in opened),
        wants_intimate=questions.opting(seat).both,
        waiting=tuple(each.text for each in ours.mine),
        accepted=tuple(each.text for each in ours.accepted),
        talks=tuple(overview.shown_parts(seat)),
        entries=tuple(each for each in agreement.entries if _is_mine(each)),
        issue=therapist_sheet.issue(seat),
    )


def _opened(me: Side, comparison: Comparison) -> VisibleDeck:
    compared = comparison.compared
    return VisibleDeck(
        comparison.deck,
        tuple(_answered(me, each) for each in compared if each.lines),
        tuple(each.behaviour for each in compared if not each.lines),
    )


def _answered(me: Side, compared: Compared) -> Answered:
    """This person's half of the two lines: the left one's doing comes first."""
    left_does, right_does = compared.lines
    mine, theirs = (left_does, right_does) if me == Side.LEFT else (right_does, left_does)
    return Answered(
        compared.behaviour,
        mine.left if me == Side.LEFT else mine.right,
        theirs.left if me == Side.LEFT else theirs.right,
        next((each for each in compared.remarks if each.side == me), None),
        compared.change.grade if compared.change else None,
    )


def _is_mine(entry: Entry) -> bool:
    return any(each.side == entry.me or entry.me in each.assented for each in entry.versions)
