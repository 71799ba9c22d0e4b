"""Which step is next for this person. It drives the home page, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.agreements import history
from boundaries.answers import sheets
from boundaries.answers.sheets import OwnSheet
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.pairing import rules as pairing
from boundaries.pairing.rules import Joiner
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.seats.rules import Partner
from boundaries.talks import overview
from boundaries.talks.overview import TalkSummary
from boundaries.therapist_sheet import rules as therapist_sheet


class NextStep(StrEnum):
    """One thing to do next. Each is told in one sentence and one button on the home page."""

    AGREE = "agree"  # nothing may be kept yet
    CONFIRM = "confirm"  # somebody has followed this person's link
    BEGIN = "begin"  # nothing is answered yet
    GO_ON = "go on"  # the first deck is begun and not dealt with
    INVITE = "invite"  # alone, with the first deck done
    WAIT_FOR_JOINER = "wait for joiner"  # the link is out
    WAIT_FOR_CONFIRMATION = "wait for confirmation"  # joined, and the other has yet to say yes
    SEAL = "seal"
    SEALED = "sealed"
    COMPARE = "compare"
    TALK = "talk"  # it is this person's turn in a talk
    ANSWER = "answer"  # the other has proposed something
    RELEASE = "release"  # the other has released a sheet for a therapist
    REST = "rest"  # nothing waits, and there is a page to come back to


@dataclass(frozen=True, slots=True)
class HomeStage:
    """One of the four things that lead to the comparison, and where this person stands with it."""

    name: str  # answer, pair, seal, open
    done: bool
    now: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Everything the home page shows."""

    step: NextStep
    first: OwnSheet
    others: list[OwnSheet]
    partner: Partner | None
    joiner: Joiner | None
    awaited: Partner | None  # who must confirm that this person joined
    parted: bool
    talk: TalkSummary | None  # that waits for this person
    asked_again: bool  # the text they agreed to has changed

    @property
    def opened(self) -> bool:
        """Whether the two have opened anything together."""
        return any(page.open or page.again for page in self.all)

    @property
    def on_the_way(self) -> bool:
        """Whether the first deck is still ahead, and nothing else comes first."""
        waits = self.step in (NextStep.TALK, NextStep.ANSWER, NextStep.RELEASE)
        return not (self.parted or waits or self.first.open or self.first.again)

    @property
    def way(self) -> list[HomeStage]:
        """How far this person has come with the first deck. The other's steps are not in it."""
        opened = self.first.open or self.first.again
        sealed = self.first.sealed or opened
        done = {
            "answer": sealed or self.first.next is None,
            "pair": self.partner is not None,
            "seal": sealed,
            "open": opened,
        }
        now = next((name for name, is_done in done.items() if not is_done), None)
        return [HomeStage(name, is_done, name == now) for name, is_done in done.items()]

    @property
    def has_intimate(self) -> bool:
        return any(page.deck.id == catalogue.INTIMATE for page in self.others)

    @property
    def has_own(self) -> bool:
        return any(page.deck.id == catalogue.OWN for page in self.others)

    @property
    def all(self) -> list[OwnSheet]:
        return [self.first, *self.others]


def home(seat: Seat) -> Home:
    first, *others = sheets.own_sheets(seat)
    partner = seats.partner_of(seat)
    standing = None if partner else pairing.standing(seat)
    awaited = None if partner else pairing.waiting_for(seat)
    joiner = standing.joiner if standing else None
    opened = any(page.open or page.again for page in (first, *others))
    talk = overview.waiting(seat) if opened else None
    step = _waiting(seat, talk) if opened else None
    step = step or _step(first, partner, standing is not None, joiner, awaited)
    if step == NextStep.COMPARE and history.has_agreed(seat):
        step = NextStep.REST
    if not consent.agreed(seat):
        step = NextStep.AGREE
    return Home(
        step=step,
        first=first,
        others=others,
        partner=partner,
        joiner=joiner,
        awaited=awaited,
        parted=seat.parted,
        talk=talk,
        asked_again=consent.asked_again(seat),
    )


def _waiting(seat: Seat, talk: TalkSummary | None) -> NextStep | None:
    """What the other has done that waits for this person, if anything does."""
    if talk:
        return NextStep.TALK
    if history.waits(seat):
        return NextStep.ANSWER
    return NextStep.RELEASE if therapist_sheet.waits(seat) else None


def _step(
    first: OwnSheet,
    partner: Partner | None,
    invited: bool,
    joiner: Joiner | None,
    awaited: Partner | None,
) -> NextStep:
    if joiner:
        return NextStep.CONFIRM
    if first.open or first.again:
        return NextStep.COMPARE
    if first.sealed:
        return NextStep.SEALED
    if first.next:
        return NextStep.GO_ON if first.begun else NextStep.BEGIN
    if partner:
        return NextStep.SEAL
    if awaited:
        return NextStep.WAIT_FOR_CONFIRMATION
    return NextStep.WAIT_FOR_JOINER if invited else NextStep.INVITE
