"""Two people who have done all there is to do here, each in words that nobody else writes."""

from __future__ import annotations

import time
import uuid
from datetime import time as clock_time
from datetime import timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db.models.functions import Now
from django.tasks import task_backends
from django.urls import reverse
from django.utils import timezone

from accounts import time_zones
from accounts.models import Letter
from accounts.outbox import post
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.pattern import Pattern
from boundaries.check_ins.replies import Replies
from boundaries.content import catalogue
from boundaries.journal import rules as journal
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.leaving.models import Export
from boundaries.pairing.models import Invitation
from boundaries.questions import rules as questions
from boundaries.reminders import preferences
from boundaries.reminders import rules as reminders
from boundaries.reminders.models import ReminderMails
from boundaries.repair import drafts as drafts_of_repairs
from boundaries.repair import rules as repairs
from boundaries.talks import drafts, early_drafts, overview
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import (
    Closeness,
    Condition,
    Frequency,
    Mode,
    Move,
    Outcome,
    ReminderKind,
    RepairMove,
    Side,
    Stance,
    Step,
    Weight,
)
from tests.conftest import (
    PASSWORD,
    Person,
    do,
    opened_together,
    pair,
    propose,
    row_of,
    talk,
    talked_up_to,
    write,
)
from tests.support.repairs import begun, take
from tests.support.routes import ENTRY, REPAIR

CLOSED = uuid.UUID(int=0xC105ED, version=4)  # a repair that is closed
BEFORE = uuid.UUID(int=0xBEF0, version=4)  # a repair with somebody from before

PRIVATE = (
    "note",
    "self-note",
    "other-words",
    "earlier",
    "draft",
    "said",
    "typed-elsewhere",
    "proposed",
    "put-forward",
    "set-aside",
    "own-note",
    "journal",
    "early-draft",
    "checked-in",
    "on-one-phone",
    "not-finished",
    "repaired",
    "repair-draft",
)  # each has these words of their own, that are in no understanding
AGREED = "agreed"  # and these, which both have said yes to


def words(who: Person, what: str) -> str:
    """What one of them wrote somewhere. It stands nowhere else, and no other word is like it."""
    return f"zq{who.user.first_name[0]}zq{what}zq"


def all_private(who: Person) -> set[str]:
    return {words(who, what) for what in PRIVATE}


def lived(one: Person, other: Person, former: Person) -> None:
    """Everything that two people can do, done by both; and `one` was with somebody before."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, former)
    opened_together(one, former, deck)
    agreements.assent(former.seat, [propose(one)])
    begun(one, "a1", id=BEFORE)
    take(one, RepairMove.OWN_UP, {"words": words(one, "repaired")}, repair=BEFORE)
    unsent = {"underneath": words(one, "repair-draft")}
    drafts_of_repairs.save(one.seat, BEFORE, "underneath", unsent, version="")
    leaving.part(former.seat)
    pair(one, other)
    for who in (one, other):
        _answer(who)
    for who, partner in ((one, other), (other, one)):
        _put_forward(who, partner)
        questions.opt_in(who.seat)
    for who in (one, other):
        own = questions.deck(who.seat, catalogue.OWN).behaviours[0]
        write(who, own, Stance.UNSURE, note=words(who, "own-note"))
        journal.save(who.seat, ENTRY, words(who, "journal"), prompt="friend", version="")
        early_drafts.keep(who.seat, "b1", words(who, "early-draft"))
    _talk(one, other)
    _agree(one, other)
    _agree(other, one)
    _repair(one, other)
    therapist_sheet.make(one.seat, ["a1"], 7)
    issue = therapist_sheet.issue(one.seat)
    assert issue
    for who in (one, other):
        therapist_sheet.release(who.seat, issue.digest)
        next_year = timezone.now() + timedelta(days=365)
        reminders.schedule(who.seat, ReminderKind.REVISIT, uuid.uuid4(), next_year)
    _check_in(one, other)


def _check_in(one: Person, other: Person) -> None:
    """One that both finished apart, one on the phone of each, and one that nobody finished."""
    for who in (one, other):
        _seal_half(who, "checked-in")
    for who, partner in ((one, other), (other, one)):
        mine, theirs = (Replies(plan=words(person, "on-one-phone")) for person in (who, partner))
        check_ins.keep_for_passing_on(who.seat, mine, seen=check_ins.own_half(who.seat).seen)
        check_ins.finish_on_one_phone(who.seat, theirs)
        closeness.want(who.seat)
    for who in (one, other):
        _seal_half(who, "not-finished")
        check_ins.take_back(who.seat)
    tomorrow = timezone.localdate() + timedelta(days=1)
    weekly = Pattern(every=Frequency.WEEKLY, first_on=tomorrow, at=clock_time(19), zone="UTC")
    rhythms.set_rhythm(one.seat, weekly, version="")
    for who in (one, other):
        rhythms.mute(who.seat)


def _seal_half(who: Person, what: str) -> None:
    half = Replies(plan=words(who, what), closeness=Closeness.CLOSE)
    check_ins.seal(who.seat, half, seen=check_ins.own_half(who.seat).seen)


def at_home(who: Person) -> None:
    """What an account gathers: ways to sign in, sessions, letters, tasks, limits, a copy of it."""
    address = f"other-{who.user.email}"
    EmailAddress.objects.create(user=who.user, email=who.user.email, verified=True, primary=True)
    second = EmailAddress.objects.create(user=who.user, email=address)
    EmailConfirmation.objects.create(
        email_address=second, key=f"zqkey{who.user.first_name}".lower(), sent=Now()
    )
    who.client.logout()
    who.client.post(
        reverse("account_login"),
        {"login": who.user.email, "password": PASSWORD},
        headers={"User-Agent": words(who, "browser")},
    )
    Authenticator.objects.create(
        user=who.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": words(who, "passkey")},
        last_used_at=Now(),
    )
    who.user.said_adult_at = timezone.now()
    who.user.save(update_fields=["said_adult_at"])
    time_zones.choose(who.user, "Asia/Kolkata")
    preferences.switch_on_only(who.seat, [ReminderKind.REVISIT])
    ReminderMails.owned_by(who.seat).update(mailed_at=Now())
    who.client.post(reverse("pairing-invite"), {"questions": "read"})
    Invitation.objects.filter(inviter=who.seat).delete()
    Invitation.objects.create(
        inviter=who.seat,
        digest=f"zqdigest{who.user.first_name}",
        expires_at=Now() + timedelta(days=7),
    )
    letter = Letter.objects.create(
        sender="us@example.org", recipient=address, subject="Hello", body=words(who, "letter")
    )
    task_backends["default"].enqueue(post, [str(letter.pk)], {})
    data_export.ask(who.seat)
    export = Export.owned_by(who.seat).get()
    task_backends["default"].enqueue(data_export.make, [str(export.pk)], {})


def sure_of(who: Person) -> None:
    """As if they had just used a passkey in their browser."""
    session = who.client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time()}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(who.user.pk)
    session.save()


def _answer(who: Person) -> None:
    """A round that opens, and a next one with a change in it."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    first, second, third, *others = deck.behaviours
    for behaviour in others[:10]:
        write(who, behaviour, Stance.ACCEPTABLE)
    write(who, second, Stance.UNACCEPTABLE, private=True)
    answers.skip(who.seat, third, version=row_of(who, third).version)
    write(who, first, Stance.ACCEPTABLE, note=words(who, "earlier"))
    write(
        who,
        first,
        Stance.CONDITIONS,
        note=words(who, "note"),
        self_note=words(who, "self-note"),
        weight=Weight.A_LOT,
        conditions=(Condition.NOT_LATE,),
        in_other_words=words(who, "other-words"),
    )
    answers.seal(who.seat, deck)


def _put_forward(who: Person, partner: Person) -> None:
    for what, accepts in (("put-forward", True), ("set-aside", False)):
        questions.put_forward(who.seat, words(who, what))
        (theirs,) = questions.ours(partner.seat).theirs
        (questions.accept if accepts else questions.set_aside)(partner.seat, theirs.id)


def _talk(one: Person, other: Person) -> None:
    """One talk on a shared screen, in which each has written in the other's account as well."""
    talk(one, mode=Mode.TOGETHER)
    talked_up_to(Step.SPEAK, one, other)
    do(one, Move.SPEAK, {"words": words(one, "said"), "feelings": ["lonely"], "needs": ["rest"]})
    do(other, Move.REFLECT, {"words": words(other, "said")})
    for who, partner in ((one, other), (other, one)):
        for side, what in ((who, "draft"), (partner, "typed-elsewhere")):
            drafts.save(
                who.seat,
                overview.agenda(who.seat).going[0].id,
                "flex-2-1",
                {"keep": words(side, what), "give": ""},
                version="",
                side=Side(str(side.seat.side)),
            )


def _repair(one: Person, other: Person) -> None:
    """A line was crossed, with words of both that were sent, and some that were not."""
    line = catalogue.deck(catalogue.ESSENTIALS).behaviours[4].id
    begun(one, line)
    take(one, RepairMove.OWN_UP, {"words": words(one, "repaired")})
    take(other, RepairMove.IMPACT, {"words": words(other, "repaired")})
    for who in (one, other):
        draft = {"underneath": words(who, "repair-draft")}
        drafts_of_repairs.save(who.seat, REPAIR, "underneath", draft, version="")
    begun(one, i_crossed=False, id=CLOSED)
    take(one, RepairMove.DESCRIBE, repair=CLOSED)
    repairs.close(other.seat, CLOSED)
    for who in (one, other):
        repairs.wish_to_keep(who.seat, CLOSED, True)


def _agree(who: Person, other: Person) -> None:
    """Something agreed, something only proposed, and something that the other leaves for now."""
    ids = [behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours]
    at = 4 if who.seat.side == Side.LEFT else 8
    agreements.assent(other.seat, [_proposed(who, ids[at], AGREED)])
    left = _proposed(who, ids[at + 1], "proposed")
    agreements.set_aside(other.seat, ids[at + 1], left)
    taken_back = _proposed(who, ids[at + 2], "proposed")
    agreements.withdraw(who.seat, ids[at + 2], taken_back)


def _proposed(who: Person, behaviour: str, what: str) -> str:
    line = ProposalLine(
        doer=BOTH,
        outcome=Outcome.CONDITIONS,
        conditions=(Condition.TOLD_FIRST,),
        words=words(who, what),
    )
    names: dict[Any, str] = {}
    text = catalogue.every()[behaviour].text
    return propose(who, behaviour, put_into_words(text, [line], names))
