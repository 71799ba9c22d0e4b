"""What two people wanted to come back to: on the home page, and in at most one mail a week."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from accounts import outbox
from accounts.models import Letter, User
from accounts.tasks import TaskFailed
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.content.catalogue import Deck
from boundaries.home.rules import NextStep, home
from boundaries.leaving import rules as leaving
from boundaries.reminders import mailing, preferences
from boundaries.reminders import rules as reminders
from boundaries.reminders.models import Reminder, ReminderMails
from boundaries.reminders.rules import DueReminder
from boundaries.seats import rules as seats
from boundaries.seats.models import NotPaired
from boundaries.vocabulary import Outcome, ReminderKind, Side
from tests.accounts.test_outbox import Down, posted_by
from tests.conftest import Person, opened_together, propose

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
KINDS = list(ReminderKind)


def remind_of(who: Person, *, at: datetime = NOON, kind: ReminderKind = KINDS[0]) -> uuid.UUID:
    subject = uuid.uuid4()
    reminders.schedule(who.seat, kind, subject, at)
    return subject


def written() -> list[str]:
    """Whom a worker's next round writes reminders to."""
    known = set(Letter.objects.values_list("pk", flat=True))
    mailing.remind()
    return list(Letter.objects.exclude(pk__in=known).values_list("recipient", flat=True))


def test_a_mail_says_nothing_and_comes_once(alice: Person, bob: Person) -> None:
    remind_of(alice)
    with time_machine.travel(NOON - HOUR):
        assert written() == []
    with time_machine.travel(NOON):
        assert written() == [alice.user.email]
        assert written() == []

    letter = Letter.objects.get()
    text = f"{letter.subject}\n{letter.body}".lower()
    assert not any(word in text for word in ("alice", "bob", "understanding", "check-in", "line"))


def test_a_reminder_is_in_the_language_of_its_reader(alice: Person, bob: Person) -> None:
    User.objects.filter(pk=bob.user.pk).update(language="hi")
    for person in (alice, bob):
        remind_of(person)
    with time_machine.travel(NOON):
        written()

    hers, his = (Letter.objects.get(recipient=who.user.email) for who in (alice, bob))
    assert (hers.language, his.language) == ("en", "hi")
    assert hers.subject == "Something is waiting for you" != his.subject
    assert "at most one of these a week" in hers.body
    assert "at most one of these a week" not in his.body


def test_there_is_one_mail_a_week_whatever_is_due(alice: Person, bob: Person) -> None:
    for kind in KINDS:
        remind_of(alice, kind=kind)
    remind_of(alice, at=NOON + DAY)
    sent = []
    for days in range(15):
        with time_machine.travel(NOON + days * DAY, tick=False):
            sent += [days for _ in written()]

    assert sent == [0, 7]


@pytest.mark.parametrize(
    ("zone", "comes_at"),
    [
        ("UTC", datetime(2027, 3, 3, 12, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2027, 3, 3, 20, tzinfo=UTC)),  # 09:00 on the 4th there
        ("America/Los_Angeles", datetime(2027, 3, 3, 17, tzinfo=UTC)),
        ("No/Such_Zone", datetime(2027, 3, 3, 12, tzinfo=UTC)),
    ],
)
def test_no_mail_comes_at_night(alice: Person, bob: Person, zone: str, comes_at: datetime) -> None:
    alice.user.time_zone = zone
    alice.user.save()
    remind_of(alice)
    moment = NOON
    while True:
        with time_machine.travel(moment):
            if written():
                break
        moment += HOUR

    assert moment == comes_at


def test_a_kind_that_is_switched_off_is_not_mailed_and_still_on_the_home_page(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed_with_a_day(alice, bob, deck)
    alice.client.post(reverse("reminders-save"), {"on": ["check-in"]})

    with time_machine.travel(datetime(2027, 6, 2, 12, tzinfo=UTC)):
        assert written() == [bob.user.email]
        assert home(alice.seat).step == NextStep.REMIND


def test_one_press_without_signing_in_stops_all(alice: Person, bob: Person) -> None:
    remind_of(alice)
    with time_machine.travel(NOON):
        mailing.remind()
    letter = Letter.objects.get()
    link = letter.unsubscribe
    assert link in letter.body
    nobody = Client(enforce_csrf_checks=True)
    path = "/" + link.split("/", 3)[3]

    asked = nobody.get(path)
    assert preferences.kinds_on(alice.seat) == KINDS  # looking changes nothing
    pressed = nobody.post(path, {"List-Unsubscribe": "One-Click"})

    assert asked.status_code == pressed.status_code == HTTPStatus.OK
    assert preferences.kinds_on(alice.seat) == []
    assert not Letter.objects.exists()  # also the one that was still on its way
    assert not nobody.cookies
    assert alice.user.email not in asked.text + pressed.text
    remind_of(alice)
    with time_machine.travel(NOON + 2 * WEEK):
        assert written() == []


def test_a_reminder_that_waits_follows_a_new_address(alice: Person, bob: Person) -> None:
    remind_of(alice)
    with time_machine.travel(NOON):
        mailing.remind()
    before = EmailAddress.objects.create(user=alice.user, email=alice.user.email, verified=True)
    alice.user.email = "alice.new@example.org"
    alice.user.save()

    after = EmailAddress(user=alice.user, email=alice.user.email)
    email_changed.send_robust(  # others look at the request, which there is none of here
        User, request=None, user=alice.user, from_email_address=before, to_email_address=after
    )

    assert [letter.recipient for letter in Letter.objects.all()] == [alice.user.email]
    preferences.switch_on_only(alice.seat, [])
    assert not Letter.objects.exists()


def test_a_link_that_is_not_ours_gets_the_same_page(alice: Person, client: Client) -> None:
    preferences.switch_on_only(alice.seat, KINDS)
    real = ReminderMails.unscoped.get().link
    unknown = uuid.uuid4()
    for method in ("get", "post"):
        pages = [
            getattr(client, method)(reverse("reminders-off", args=[link])).text
            for link in (real, unknown)
        ]
        assert pages[0].replace(str(real), str(unknown)) == pages[1]


def test_a_clock_that_jumps_doubles_nothing_and_silences_nobody_for_long(
    alice: Person, bob: Person
) -> None:
    with time_machine.travel(NOON + 365 * DAY, tick=False):
        remind_of(alice, at=NOON)
        assert len(written()) == 1
    remind_of(alice, at=NOON)
    with time_machine.travel(NOON, tick=False):
        assert written() == []
    with time_machine.travel(NOON + WEEK, tick=False):
        assert len(written()) == 1


def test_a_clock_that_was_far_ahead_uses_up_no_mail_of_a_day_to_come(
    alice: Person, bob: Person
) -> None:
    """It mails what was due once, and puts off the rest to its own next week."""
    first, second = NOON + 20 * DAY, NOON + 40 * DAY
    for at, kind in ((NOON, KINDS[0]), (first, KINDS[1]), (second, KINDS[2])):
        remind_of(alice, at=at, kind=kind)
    with time_machine.travel(NOON + 800 * DAY, tick=False):
        assert len(written()) == 1
        remind_of(bob, at=NOON - HOUR)
        ReminderMails.unscoped.update_or_create(
            seat=bob.seat, defaults={"mailed_at": NOON + 799 * DAY}
        )
        assert written() == []  # he got one just now, so his is put off
    sent = []
    for days in range(60):
        with time_machine.travel(NOON + days * DAY, tick=False):
            sent += [(days, to) for to in written()]

    assert [days for days, to in sent if to == alice.user.email] == [20, 40]
    assert [days for days, to in sent if to == bob.user.email] == [7]


def test_a_clock_set_back_by_years_sends_no_burst_when_it_is_right_again(
    alice: Person, bob: Person
) -> None:
    for days in range(3):
        remind_of(alice, at=NOON + days * HOUR, kind=KINDS[days])
    with time_machine.travel(NOON + DAY, tick=False):
        assert len(written()) == 1
    with time_machine.travel(NOON - 800 * DAY):
        assert written() == []
    sent = []
    for days in range(2, 30):
        with time_machine.travel(NOON + days * DAY, tick=False):
            sent += [days for _ in written()]

    assert sent == [8]  # once more at most, a week after the last one


def agreed_with_a_day(alice: Person, bob: Person, deck: Deck) -> None:
    """Both have agreed to look at something again on the first of June 2027."""
    opened_together(alice, bob, deck)
    agree(alice, bob, deck, date(2027, 6, 1))


def agree(alice: Person, bob: Person, deck: Deck, day: date) -> None:
    """Both say yes to looking at the first behaviour of a deck again on a day."""
    behaviour = deck.behaviours[0]
    line = ProposalLine(doer=BOTH, outcome=Outcome.REVISIT, on=day)
    words = put_into_words(behaviour.text, [line], seats.names(alice.seat))
    agreements.assent(bob.seat, [propose(alice, behaviour.id, words)])


def test_both_are_reminded_in_the_morning_of_the_day_they_chose(
    alice: Person, bob: Person, deck: Deck
) -> None:
    bob.user.time_zone = "Asia/Kolkata"
    bob.user.save()
    agreed_with_a_day(alice, bob, deck)

    due = dict(Reminder.objects.values_list("side", "due_at"))

    assert due == {
        alice.seat.side: datetime(2027, 6, 1, 9, tzinfo=UTC),
        bob.seat.side: datetime(2027, 6, 1, 3, 30, tzinfo=UTC),
    }


def test_taking_back_a_yes_takes_the_reminder_back(alice: Person, bob: Person, deck: Deck) -> None:
    agreed_with_a_day(alice, bob, deck)
    behaviour = deck.behaviours[0].id
    digest = history.entry(alice.seat, behaviour).newest.digest
    assert Reminder.objects.count() == 2

    agreements.withdraw(bob.seat, behaviour, digest)

    assert not Reminder.objects.exists()


def test_words_that_replace_others_replace_their_reminder(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed_with_a_day(alice, bob, deck)
    agree(alice, bob, deck, date(2027, 9, 1))

    assert {moment.month for moment in Reminder.objects.values_list("due_at", flat=True)} == {9}


def test_the_home_page_asks_when_the_day_has_come_and_not_before(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed_with_a_day(alice, bob, deck)
    with time_machine.travel(datetime(2027, 5, 31, 23, tzinfo=UTC)):
        assert home(alice.seat).step == NextStep.REST
    with time_machine.travel(datetime(2027, 6, 1, 10, tzinfo=UTC)):
        found = home(alice.seat)

    assert found.step == NextStep.REMIND
    assert found.reminder == DueReminder(ReminderKind.REVISIT, Reminder.objects.first().subject)  # type: ignore[union-attr]


@pytest.mark.parametrize(("route", "again"), [("reminders-later", True), ("reminders-done", False)])
def test_putting_it_off_and_being_done_with_it_are_ones_own(
    alice: Person, bob: Person, deck: Deck, route: str, again: bool
) -> None:
    agreed_with_a_day(alice, bob, deck)
    shown = {"kind": "revisit", "subject": str(Reminder.objects.first().subject)}  # type: ignore[union-attr]
    with time_machine.travel(datetime(2027, 6, 1, 10, tzinfo=UTC)):
        alice.client.force_login(alice.user)
        assert alice.client.post(reverse(route), shown).status_code == HTTPStatus.FOUND
        assert home(alice.seat).step == NextStep.REST
        assert home(bob.seat).step == NextStep.REMIND
        assert written() == [bob.user.email]
    with time_machine.travel(datetime(2027, 6, 9, 10, tzinfo=UTC)):
        assert (home(alice.seat).step == NextStep.REMIND) == again


@pytest.mark.parametrize("sent", [{}, {"kind": "x", "subject": "y"}, {"kind": "revisit"}])
@pytest.mark.parametrize("route", ["reminders-later", "reminders-done"])
def test_a_reminder_that_is_not_there_changes_nothing(
    alice: Person, bob: Person, route: str, sent: dict[str, str]
) -> None:
    remind_of(alice)
    before = list(Reminder.objects.values())

    answers = [alice.client.post(reverse(route), sent | more) for more in ({}, {"subject": "\0"})]

    assert [answer.status_code for answer in answers] == [HTTPStatus.FOUND] * 2
    assert list(Reminder.objects.values()) == before


def test_what_is_not_a_kind_is_refused_and_nothing_is_switched_off(alice: Person) -> None:
    answer = alice.client.post(reverse("reminders-save"), {"on": ["no-such-kind"]})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Please choose from the list." in answer.text
    assert preferences.kinds_on(alice.seat) == KINDS


def test_one_reminds_oneself_of_what_is_ones_own_only(
    alice: Person, bob: Person, charlie: Person
) -> None:
    subject = remind_of(bob)

    reminders.cancel(alice.seat, KINDS[0], subject)
    reminders.put_off(alice.seat, KINDS[0], subject)

    assert Reminder.objects.get().due_at == NOON
    with pytest.raises(NotPaired):
        remind_of(charlie)


def test_whoever_is_left_out_costs_the_same_and_is_not_reminded(
    alice: Person, bob: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seat = alice.seat
    for leave_out in ([], [Side.LEFT], list(Side)):
        with django_assert_num_queries(3):
            subject = uuid.uuid4()
            reminders.schedule_both(seat, KINDS[1], subject, NOON, leave_out=leave_out)
        left = Reminder.objects.filter(subject=subject).values_list("side", flat=True)
        assert set(left) == set(Side) - set(leave_out)


def test_parting_ends_all_reminders(alice: Person, bob: Person) -> None:
    for who in (alice, bob):
        remind_of(who)

    leaving.part(alice.seat)

    assert not Reminder.objects.exists()


def test_a_mail_server_that_is_down_for_hours_gets_one_mail_when_it_is_day(
    alice: Person, bob: Person, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    """Nothing is lost, doubled or sent at night."""
    remind_of(alice)
    with time_machine.travel(NOON):
        mailing.remind()
    letter = Letter.objects.get()
    settings.MAILERS = posted_by(f"{Down.__module__}.Down")
    with time_machine.travel(NOON + HOUR), pytest.raises(TaskFailed):
        outbox.post_several.call([str(letter.pk)])
    settings.MAILERS = posted_by("django.core.mail.backends.locmem.EmailBackend")
    mailoutbox.clear()
    with time_machine.travel(NOON + 11 * HOUR):
        outbox.post.call(str(letter.pk))
    assert not mailoutbox
    letter.refresh_from_db()
    assert letter.due_at == NOON + 21 * HOUR  # nine in the morning
    with time_machine.travel(NOON + 21 * HOUR):
        outbox.post.call(str(letter.pk))
        outbox.post.call(str(letter.pk))
        assert written() == []

    (posted,) = mailoutbox
    assert posted.extra_headers["List-Unsubscribe"] == f"<{letter.unsubscribe}>"
    assert posted.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_rush_is_no_tasks_at_all(
    alice: Person, bob: Person, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """A worker finds the letters themselves."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for who in (alice, bob):
        remind_of(who)
    with time_machine.travel(NOON), django_capture_on_commit_callbacks(execute=True):
        assert len(written()) == 2

    assert not DBTaskResult.objects.exists()
