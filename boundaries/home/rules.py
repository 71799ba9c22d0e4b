"""What this person can do next. Only the home page uses it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.kept_queries import kept_query
from boundaries.agreements import standing
from boundaries.answers import sheets
from boundaries.answers.sheets import OwnSheet
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.pairing import rules as pairing
from boundaries.pairing.rules import Joiner, Stage, WayToPartner
from boundaries.questions import rules as questions
from boundaries.reminders import rules as reminders
from boundaries.reminders.rules import DueReminder
from boundaries.repair import reading as repairs
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.seats.rules import Partner
from boundaries.talks import overview
from boundaries.talks.overview import TalkSummary
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Origin


class NextStep(StrEnum):
    """One thing to do next: a sentence and a button on the home page."""

    AGREE = "agree"  # there is no consent to store anything yet
    CONFIRM = "confirm"  # somebody has used this person's invitation
    BEGIN = "begin"  # nothing is answered yet
    CONTINUE = "continue"  # the first deck is begun and not finished
    INVITE = "invite"  # alone, with the first deck done
    WAIT_FOR_JOINER = "wait for joiner"  # nobody has used the invitation yet
    WAIT_FOR_CONFIRMATION = "wait for confirmation"  # joined, but not confirmed
    SEAL = "seal"
    SEALED = "sealed"
    COMPARE = "compare"  # a deck is open, and nothing in it talked about or agreed on
    REPAIR = "repair"  # it is this person's turn after a line was crossed
    TALK = "talk"  # it is this person's turn in a talk
    ANSWER = "answer"  # the partner has proposed something
    RELEASE = "release"  # the partner has released a sheet for a therapist
    REMIND = "remind"  # nothing waits, and something they wanted to come back to is due
    PUT_OFF = "put off"  # nothing but a talk goes on, and they put it off to another day
    PARTNERS_TURN = "partner's turn"  # nothing but a talk goes on, and it is the partner's turn
    REST = "rest"  # nothing waits for this person


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything the home page shows."""

    step: NextStep
    first: OwnSheet
    others: list[OwnSheet]
    partner: Partner | None
    joiner: Joiner | None
    awaited: Partner | None  # who must confirm that this person joined
    stage: Stage  # on the way to a partner
    parted: bool
    to_keep: int  # how many proposals wait, if all are what both said alike
    talk: TalkSummary | None  # the one that the step is about
    put_off: TalkSummary | None  # the talk whose day comes next
    reminder: DueReminder | None  # the one thing to come back to, if nothing else waits
    repair: uuid.UUID | None  # one in which it is their turn, or in which an offer has just come
    repairing: uuid.UUID | None  # one that goes on, and in which nothing waits for them
    new: OwnSheet | None  # an open deck of which these two have not talked yet
    words_wait: tuple[str, ...]  # behaviours on which words wait for the partner's yes
    own_waits: bool  # the partner has put forward a behaviour, to accept or set aside
    just_agreed: bool  # both have said yes to something in the last days
    just_reopened: bool  # something they agreed on was taken back in the last days
    asked_again: bool  # the text they consented to has changed
    invited_until: date | None  # the last day of their live invitation, if nobody has used it

    @property
    def opened(self) -> bool:
        """Whether these two have opened any deck."""
        return bool(_opened(self.all))

    @property
    def offers_passkey(self) -> bool:
        """Whether the first deck is done: sealed, or nothing in it left to answer."""
        return self.first.sealed or self.first.open or not self.first.next

    @property
    def another(self) -> OwnSheet | None:
        """A deck that can be answered now, apart from the first."""
        open_to_answers = (page for page in self.others if not page.sealed and not page.open)
        return next((page for page in open_to_answers if page.next), None)

    @property
    def opened_decks(self) -> list[OwnSheet]:
        """The decks that are open to both."""
        return _opened(self.all)

    @property
    def sealed_decks(self) -> list[OwnSheet]:
        """The decks after the first that are under this person's own seal, and not open yet."""
        return [page for page in self.others if page.sealed and not page.open]

    @property
    def more(self) -> list[OwnSheet]:
        """The decks that are this person's own to answer."""
        return [page for page in self.all if not page.open]

    @property
    def waiting_text(self) -> str:
        """The one behaviour on which words wait; empty for several, and for what they wrote."""
        shipped = catalogue.every().get(self.words_wait[0]) if len(self.words_wait) == 1 else None
        return shipped.text if shipped else ""

    @property
    def has_intimate(self) -> bool:
        return any(page.deck.id == catalogue.INTIMATE for page in self.others)

    @property
    def has_own(self) -> bool:
        return any(page.deck.id == catalogue.OWN for page in self.others)

    @property
    def talks_elsewhere(self) -> bool:
        """Whether the next step is a talk that the two have on the partner's screen."""
        is_a_talk = self.step in (NextStep.TALK, NextStep.PARTNERS_TURN)
        return is_a_talk and self.talk is not None and self.talk.on_other_screen

    @property
    def all(self) -> list[OwnSheet]:
        return [self.first, *self.others]


def home(seat: Seat) -> Home:
    """Return what this person's home page shows."""
    asked = questions.asked(seat)
    first, *others = sheets.own_sheets(seat, asked.decks)
    opened = _opened([first, *others])
    partner, reminder, repair, repairing = _partner_and_more(seat)
    way = pairing.WayToPartner() if partner else pairing.way_to_partner(seat)
    talks = overview.summaries(seat) if opened else []
    proposals = standing.proposals(seat) if opened else standing.NO_PROPOSALS
    new = _new(opened, proposals.behaviours | {talk.behaviour for talk in talks})
    mine = _oldest(talk for talk in talks if talk.waits_for_me)
    partners = _oldest(talk for talk in talks if talk.waits_for_partner)
    waiting = standing.waits(seat) if opened and not (mine or repair) else []
    step = _waiting(seat, mine, waiting) if opened and not repair else None
    step = step or _step(first, partner, way)
    put_off = min((talk for talk in talks if talk.until), key=attrgetter("until"), default=None)
    if step == NextStep.COMPARE and not new:
        step = NextStep.REMIND if reminder else _at_rest(partners, put_off)
    if repair:
        step = NextStep.REPAIR
    if not consent.agreed(seat):
        step = NextStep.AGREE
    return Home(
        step=step,
        first=first,
        others=others,
        partner=partner,
        joiner=way.joiner,
        awaited=way.awaited,
        stage=Stage.CONNECTED if partner else way.stage,
        parted=seat.parted,
        to_keep=len(waiting) if set(waiting) == {Origin.COMMON_GROUND} else 0,
        talk=mine or partners,
        put_off=put_off,
        reminder=reminder,
        repair=repair,
        repairing=None if repair else repairing,
        new=new,
        words_wait=() if proposals.just_agreed else proposals.waiting,
        own_waits=asked.own_waits,
        just_agreed=proposals.just_agreed,
        just_reopened=proposals.just_reopened,
        asked_again=consent.asked_again(seat),
        invited_until=_last_day(way),
    )


def _partner_and_more(
    seat: Seat,
) -> tuple[Partner | None, DueReminder | None, uuid.UUID | None, uuid.UUID | None]:
    """The partner, what is due, a repair in which it is this person's turn, and one that goes on.

    One query for all of them, or none for somebody alone.
    """
    nothing = (None, None, None, None)
    if seat.couple_id is None:
        return nothing
    now = timezone.now()
    rows = _both_and_more(seat.couple_id, seat.side, now, repairs.news_since(now))
    partner = seats.partner_in(rows, seat)
    if partner is None:
        return nothing
    _, _, reminder, *found = rows[0]
    waits, goes_on = (uuid.UUID(repair) if repair else None for repair in found)
    return partner, DueReminder.read(reminder), waits, goes_on


@kept_query(uuid.UUID, str, datetime, datetime)
def _both_and_more(
    couple: uuid.UUID | None, side: str | None, now: datetime, since: datetime
) -> QuerySet[Seat, Any]:
    return (
        seats.both(couple)
        .annotate(
            reminder=Subquery(reminders.due_in_words(couple, side, now)),
            repair=Subquery(repairs.waiting_in_words(couple, side, since)),
            repairing=Subquery(repairs.going_on_in_words(couple)),
        )
        .values_list("pk", "user__first_name", "reminder", "repair", "repairing")
    )


def _opened(pages: list[OwnSheet]) -> list[OwnSheet]:
    return [page for page in pages if page.open or page.again]


def _new(opened: list[OwnSheet], touched: Set[str]) -> OwnSheet | None:
    """The first open deck with nothing in it that these two have talked or agreed about."""
    untouched = (
        page
        for page in opened
        if touched.isdisjoint(behaviour.id for behaviour in page.deck.behaviours)
    )
    return next(untouched, None)


def _oldest(talks: Iterable[TalkSummary]) -> TalkSummary | None:
    return min(talks, key=attrgetter("opened_at"), default=None)


def _waiting(seat: Seat, talk: TalkSummary | None, proposals: Collection[str]) -> NextStep | None:
    """What the partner has done that waits for this person; None if nothing does."""
    if talk:
        return NextStep.TALK
    if proposals:
        return NextStep.ANSWER
    return NextStep.RELEASE if therapist_sheet.waits(seat) else None


def _at_rest(partners: TalkSummary | None, put_off: TalkSummary | None) -> NextStep:
    """What to say where nothing waits for this person."""
    if partners:
        return NextStep.PARTNERS_TURN
    return NextStep.PUT_OFF if put_off else NextStep.REST


def _last_day(way: WayToPartner) -> date | None:
    """Until when their invitation works, if nobody has used it."""
    if way.invitation is None or way.joiner:
        return None
    return localdate(way.invitation.expires_at)


def _step(first: OwnSheet, partner: Partner | None, way: WayToPartner) -> NextStep:
    """The next step on the way to the first comparison."""
    if way.joiner:
        return NextStep.CONFIRM
    if first.open or first.again:
        return NextStep.COMPARE
    if first.sealed:
        return NextStep.SEALED
    if first.next:
        return NextStep.CONTINUE if first.begun else NextStep.BEGIN
    if partner:
        return NextStep.SEAL
    if way.awaited:
        return NextStep.WAIT_FOR_CONFIRMATION
    return NextStep.WAIT_FOR_JOINER if way.invitation else NextStep.INVITE
