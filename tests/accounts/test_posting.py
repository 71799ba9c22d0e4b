"""A mail is sent once, soon and in the right order, whatever its mail server does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts import maintenance, posting
from accounts.messages import message_of
from accounts.models import Heartbeat, Letter, SentLetter
from accounts.tasks import TaskFailed
from tests.accounts.test_outbox import posted_by
from tests.support.mail_servers import MailServer
from tests.test_worker import wait_until

BY_A_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    settings.TASKS = BY_A_WORKER
    settings.MAILERS = posted_by(SMTP, host="127.0.0.1", port=server.port, timeout=2)
    yield server
    server.hangs, server.delay = False, 0
    server.stop()


@contextmanager
def working(name: str = "one") -> Iterator[posting.Postman]:
    """A worker that sends mails."""
    postman = posting.Postman(name)
    postman.start()
    try:
        yield postman
    finally:
        postman.stop(30)
        connection.close()


def write(number: int = 1, **fields: Any) -> list[Letter]:
    return Letter.objects.bulk_create(
        Letter(
            sender="us@example.org", recipient=f"a{at}@example.org", subject=f"{at}", body="Hello",
            **fields,
        )
        for at in range(number)
    )  # fmt: skip


def make_due() -> None:
    Letter.objects.update(due_at=Now() - timedelta(seconds=1))


def delay_of(letter: Letter) -> float:
    """Until the next try, in seconds."""
    found = Letter.objects.annotate(delay=F("due_at") - F("tried_at")).get(pk=letter.pk)
    delay: timedelta = found.delay
    return delay.total_seconds()


@pytest.mark.django_db(transaction=True)
def test_a_slow_mail_server_gets_each_mail_once(mail_server: MailServer) -> None:
    """No row is locked and no transaction open meanwhile, which the database would cut."""
    write(9)
    mail_server.delay = 0.2
    with working(), working("two"):
        wait_until(lambda: len(mail_server.mails) == 9)
        wait_until(lambda: not Letter.objects.exists())

    assert sorted(mail_server.subjects) == [str(number) for number in range(9)]
    assert mail_server.most_at_once > 1


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_the_mail_server_is_spoken_to(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def look(letter: Letter) -> EmailMessage:
        held.append(connection.connection)
        return message_of(letter)

    monkeypatch.setattr(posting, "message_of", look)
    write()
    with working():
        wait_until(lambda: mail_server.mails)

    assert held == [None]


@pytest.mark.django_db(transaction=True)
def test_a_greylisted_mail_is_tried_after_15_30_and_60_seconds(mail_server: MailServer) -> None:
    (letter,) = write(urgent=True)
    mail_server.refusals = 3
    delays = []
    for _ in range(3):
        make_due()
        with pytest.raises(TaskFailed):
            posting.post_now(str(letter.pk))
        delays.append(round(delay_of(letter)))
    make_due()
    posting.post_now(str(letter.pk))

    assert delays == [15, 30, 60]
    assert mail_server.ids == [f"<{letter.pk}@example.org>"]
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_tries_come_no_further_apart_than_a_quarter_of_an_hour() -> None:
    (letter,) = write(tries=40)
    letter.refresh_from_db()

    posting._put_off(letter)

    assert Letter.objects.get().due_at - letter.tried_at < posting.MAX_DELAY + timedelta(minutes=1)


@pytest.mark.django_db
def test_codes_are_claimed_first_and_leave_a_place_for_the_next() -> None:
    write(5)
    write(2, urgent=True)

    first = posting.claim("one", 4)
    second = posting.claim("one", 4)

    assert [letter.urgent for letter in first] == [True, True, False]
    assert [letter.urgent for letter in second] == [False, False, False]
    assert [letter.claimed_by for letter in posting.claim("two", 4)] == ["two"]
    assert posting.claim("two", 4) == []


@pytest.mark.django_db(transaction=True)
def test_a_code_passes_mails_whose_server_hangs(
    mail_server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(20)
    mail_server.delay = 1
    with working():
        wait_until(lambda: mail_server.most_at_once == posting.AT_ONCE - 1)
        begun = time.monotonic()
        (code,) = write(urgent=True)
        wait_until(lambda: f"<{code.pk}@example.org>" in mail_server.ids)

        assert time.monotonic() - begun < 8  # a second to find it, and five commands
        mail_server.delay = 0


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_doubled_only_if_the_answer_is_lost(mail_server: MailServer) -> None:
    (letter,) = write()
    mail_server.loses_answer = 1
    with working():
        wait_until(lambda: Letter.objects.filter(tries=1))
        make_due()
        wait_until(lambda: not Letter.objects.exists())

    assert mail_server.ids == [f"<{letter.pk}@example.org>"] * 2


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_was_sent_is_deleted_once_the_database_is_back(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget, refusals = posting._forget, [OperationalError(), OperationalError()]

    def away(letter: Letter) -> None:
        if refusals:
            raise refusals.pop()
        forget(letter)

    monkeypatch.setattr(posting, "_forget", away)
    monkeypatch.setattr(posting, "DATABASE_RETRY_DELAY", 0.1)
    write()
    with working():
        wait_until(lambda: not Letter.objects.exists())

    assert len(mail_server.mails) == 1


@pytest.mark.django_db
def test_the_letters_of_a_dead_worker_are_freed_and_those_of_others_are_not() -> None:
    maintenance.beat("alive")
    write(2)
    for worker in ("alive", "dead"):
        posting.claim(worker, 2)
    Letter.objects.update(tried_at=Now() - 2 * maintenance.DEAD_AFTER)

    assert maintenance.free_orphans() == 1

    assert set(Letter.objects.values_list("claimed_by", flat=True)) == {"alive", ""}


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [3, 12], ids=["by night", "by day"])
def test_who_was_taken_for_dead_gives_back_nothing_that_another_sends(
    hour: int, settings: Any
) -> None:
    """It would be claimed once more, and so sent twice."""
    settings.MAILERS = posted_by(SMTP, host="127.0.0.1", port=1, timeout=1)
    with time_machine.travel(datetime(2026, 3, 10, hour, tzinfo=UTC), tick=False):
        write(by_day_in="UTC", due_at=timezone.now())
        (slow,) = posting.claim("slow", 2)
        Letter.objects.update(claimed_by="")  # as maintenance does
        posting.claim("another", 2)

        with suppress(posting.MailServerDown):
            posting.deliver(slow)

    found = Letter.objects.get()
    assert (found.claimed_by, found.tries) == ("another", 0)


def test_after_an_outage_nobody_takes_the_others_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """All heartbeats are old then."""
    rounds = maintenance._Rounds()
    rounds.last = 0
    times = iter((1000.0, 1010.0, 1075.0, 1085.0))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))

    assert [rounds.are_regular() for _ in range(4)] == [False, True, False, True]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trouble", "healthy"),
    [
        (lambda: None, True),
        (lambda: maintenance.beat("one", timezone.now() - maintenance.MAIL_STUCK_AFTER), False),
        (lambda: write(due_at=Now() - 2 * maintenance.MAIL_STUCK_AFTER), False),
        (lambda: write(due_at=Now() - 2 * maintenance.MAIL_STUCK_AFTER, tries=1), True),
        (lambda: write(due_at=Now() + timedelta(hours=9)), True),  # a reminder, by night
        (lambda: Heartbeat.objects.all().delete(), False),
    ],
)
def test_a_worker_is_healthy_while_mails_go_out(
    trouble: Callable[[], object], healthy: bool
) -> None:
    maintenance.beat("one")
    trouble()

    if healthy:
        call_command("work", healthy=True)
    else:
        with pytest.raises(CommandError):
            call_command("work", healthy=True)


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_is_noticed_and_so_is_its_return(
    mail_server: MailServer,
) -> None:
    write(2)
    mail_server.hangs = True
    with working() as postman:
        wait_until(postman.no_mail_since)
        mail_server.hangs = False
        make_due()
        wait_until(lambda: not postman.no_mail_since())
        wait_until(lambda: not Letter.objects.exists())


@pytest.mark.django_db(transaction=True)
def test_one_address_that_is_refused_is_no_fault_of_the_server(mail_server: MailServer) -> None:
    write()
    mail_server.refusals = 9
    with working() as postman:
        wait_until(lambda: Letter.objects.filter(tries=1))

        assert postman.no_mail_since() is None


@pytest.mark.django_db(transaction=True)
def test_what_is_under_way_is_ended_when_a_worker_stops(mail_server: MailServer) -> None:
    write(9)
    mail_server.delay = 0.5
    with working():
        wait_until(lambda: mail_server.most_at_once)
    sent = len(mail_server.mails)

    assert 0 < sent < 9
    assert Letter.objects.count() == 9 - sent
    assert not Letter.objects.exclude(claimed_by="").exists()


@pytest.mark.django_db
def test_only_when_a_letter_with_a_code_was_sent_is_kept(
    settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.TASKS = BY_A_WORKER
    settings.MAILERS = posted_by("django.core.mail.backends.locmem.EmailBackend")
    (code,), _ = write(urgent=True), write()
    for letter in Letter.objects.all():
        posting.post_now(str(letter.pk))

    assert len(mailoutbox) == 2
    assert [sent.pk for sent in SentLetter.objects.all()] == [code.pk]
    SentLetter.objects.update(at=Now() - 2 * posting.SENT_KEPT_FOR)
    posting.delete_outdated()
    assert not SentLetter.objects.exists()
