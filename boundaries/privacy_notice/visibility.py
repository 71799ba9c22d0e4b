"""What the other can see of this person right now, read by the same rules that show it to them.

Nobody needs the other's seat for it. The comparison, the understandings and the therapist sheet
are the same for both; in a talk, the rule that shows the other's turns is applied from their side.
So this page cannot differ from what the other sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from boundaries.agreements import history
from boundaries.agreements.history import Entry
from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import pages as check_in_pages
from boundaries.check_ins.pages import FinishedPage
from boundaries.check_ins.rhythms import CheckInRhythm
from boundaries.comparison.rules import Compared, Comparison, Remark, compare_all
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.repair import reading as repairs
from boundaries.repair.reading import ShownRepair
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.seats.rules import Partner
from boundaries.talks import overview
from boundaries.talks.overview import ShownPart
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.rules import Issued
from boundaries.vocabulary import Grade, Side, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One behaviour of an opened deck, with what the other reads of this person."""

    behaviour: Behaviour
    when_i_do_it: Stance
    when_they_do_it: Stance
    remark: Remark | None
    before: Grade | None  # of the round before, where it was another one


@dataclass(frozen=True, slots=True)
class VisibleDeck:
    """One opened deck, as the other sees it."""

    deck: Deck
    answered: tuple[Answered, ...]
    not_shared: tuple[Behaviour, ...]  # they see that one or both did not share it, and not who


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
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
    check_ins: tuple[FinishedPage, ...] = ()
    rhythm: CheckInRhythm | None = None
    wants_picture: bool = False
    repairs: tuple[ShownRepair, ...] = ()  # what this person sent after a line was crossed

    @property
    def shared(self) -> bool:
        """Whether the partner can see more than a name."""
        return bool(
            self.opened
            or self.wants_intimate
            or self.waiting
            or self.accepted
            or self.talks
            or self.entries
            or self.issue
            or self.check_ins
            or self.rhythm
            or self.wants_picture
            or self.repairs
        )


def visible(seat: Seat) -> Visible:
    """Everything that somebody else can see. The same queries however much there is.

    Raises NoSuchAgreement where the other has just left.
    """
    partner = seats.partner_of(seat)
    return _by_the_other(seat, partner) if partner else _by_strangers(seat)


def _by_strangers(seat: Seat) -> Visible:
    joins = pairing.waiting_for(seat)
    return Visible(
        invites=pairing.standing(seat) is not None,
        joins=joins,
        address=pairing.address_shown(seat) if joins else "",
    )


def _by_the_other(seat: Seat, partner: Partner) -> Visible:
    agreement, ours = history.agreement(seat), questions.ours(seat)
    opened = compare_all(seat, questions.decks(seat))
    return Visible(
        partner=partner,
        names=agreement.names,
        opened=tuple(_opened(agreement.me, comparison) for comparison in opened),
        wants_intimate=questions.opting(seat).both,
        waiting=tuple(own.text for own in ours.mine),
        accepted=tuple(own.text for own in ours.accepted),
        talks=tuple(overview.shown_parts(seat)),
        entries=tuple(entry for entry in agreement.entries if _is_mine(entry)),
        issue=therapist_sheet.issue(seat),
        check_ins=tuple(check_in_pages.finished_pages(seat)),
        rhythm=rhythms.rhythm(seat),
        wants_picture=closeness.wanted(seat).both,
        repairs=tuple(repairs.shown(seat)),
    )


def _opened(me: Side, comparison: Comparison) -> VisibleDeck:
    compared = comparison.compared
    return VisibleDeck(
        comparison.deck,
        tuple(_answered(me, row) for row in compared if row.lines),
        tuple(row.behaviour for row in compared if not row.lines),
    )


def _answered(me: Side, compared: Compared) -> Answered:
    """This person's half of the two lines: the left one's doing comes first."""
    left_does, right_does = compared.lines
    mine, theirs = (left_does, right_does) if me == Side.LEFT else (right_does, left_does)
    return Answered(
        behaviour=compared.behaviour,
        when_i_do_it=mine.left if me == Side.LEFT else mine.right,
        when_they_do_it=theirs.left if me == Side.LEFT else theirs.right,
        remark=next((remark for remark in compared.remarks if remark.side == me), None),
        before=compared.change.grade if compared.change else None,
    )


def _is_mine(entry: Entry) -> bool:
    return any(
        version.side == entry.me or entry.me in version.assented for version in entry.versions
    )
