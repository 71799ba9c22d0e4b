"""A letter is kept until a mail server has accepted it, and no request waits for that."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from smtplib import SMTPException

import pytest
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import messages, outbox, posting
from accounts.models import Letter
from accounts.tasks import TaskFailed
from tests.accounts.test_signing_in import ADA

pytestmark = pytest.mark.django_db


class Down(BaseEmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, email_messages: object) -> int:
        raise SMTPException("down")


def posted_by(backend: str, **options: object) -> dict[str, dict[str, object]]:
    return {
        "default": {"BACKEND": "accounts.outbox.LetterBackend"},
        "post": {"BACKEND": backend, "OPTIONS": options},
    }


@pytest.fixture
def letters(settings: object) -> None:
    settings.MAILERS = posted_by("django.core.mail.backends.locmem.EmailBackend")  # type: ignore[attr-defined]


def write_one() -> Letter:
    send_mail("Something waits", "Hello", "Common Ground <hello@example.org>", ["a@example.org"])
    return Letter.objects.get()


def age(**ago: timedelta) -> None:
    """Make a letter just older than this. The clocks of the databases have milliseconds."""
    second = timedelta(seconds=1)
    Letter.objects.update(**{field: Now() - time - second for field, time in ago.items()})


@pytest.mark.usefixtures("letters")
def test_a_letter_is_deleted_once_it_is_sent(mailoutbox: list[EmailMessage]) -> None:
    letter = write_one()

    outbox.post.call(str(letter.pk))
    outbox.post.call(str(letter.pk))

    (message,) = mailoutbox
    assert message.to == ["a@example.org"]
    assert not Letter.objects.exists()


def test_a_letter_is_kept_while_the_mail_server_refuses_it(settings: object) -> None:
    settings.MAILERS = posted_by(f"{__name__}.Down")  # type: ignore[attr-defined]
    letter = write_one()

    with pytest.raises(TaskFailed):
        outbox.post.call(str(letter.pk))

    assert Letter.objects.get() == letter


@pytest.mark.usefixtures("letters")
def test_a_letter_sent_twice_has_one_message_id(mailoutbox: list[EmailMessage]) -> None:
    letter = write_one()
    outbox.post.call(str(letter.pk))
    letter.save()  # as if the worker had died before deleting the letter
    outbox.post.call(str(letter.pk))

    first, second = (message.extra_headers["Message-ID"] for message in mailoutbox)
    assert first == second == f"<{letter.pk}@example.org>"


@pytest.mark.usefixtures("letters")
def test_a_letter_is_deleted_after_two_days() -> None:
    write_one()
    age(written_at=posting.MAX_AGE)

    posting.delete_outdated()

    assert not Letter.objects.exists()


@pytest.fixture
def frozen() -> Iterator[int]:
    """The port of a mail server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_frozen_mail_server_blocks_no_request(
    frozen: int,
    settings: object,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = posted_by(smtp, host="127.0.0.1", port=frozen, timeout=30)  # type: ignore[attr-defined]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # type: ignore[attr-defined]

    begun = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        answer = Client().post(reverse("account_signup"), ADA)

    assert answer.status_code == 302
    assert time.monotonic() - begun < 10
    assert Letter.objects.count() == 1  # a worker finds it
    assert not DBTaskResult.objects.exists()


@pytest.mark.usefixtures("letters")
def test_a_letter_is_posted_as_text_and_as_the_same_words_for_a_mail_program(
    mailoutbox: list[EmailMessage],
) -> None:
    body = "Hello,\n\nHere is <the> code:\n\nAB12-CD34\n\nhttps://example.org/\nGoodbye\n"
    send_mail("A code", body, "hello@example.org", ["a@example.org"])

    outbox.post.call(str(Letter.objects.get().pk))

    (posted,) = mailoutbox
    ((page, kind),) = posted.alternatives  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert str(posted.body) == body
    shown = re.sub(r"<style>.*</style>|<title>.*</title>", "", page, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", "", shown)).split()
    assert words == body.split()
    assert '<span class="code">AB12-CD34</span>' in page
    assert '<a href="https://example.org/">https://example.org/</a>' in page
    assert "&lt;the&gt;" in page
    assert "<img" not in page


def test_every_code_that_is_mailed_is_set_large(client: Client) -> None:
    for code in ("ABCD-EFGH", "123456", "K3P9QX"):
        assert f'<span class="code">{code}</span>' in messages.as_html(f"Hello,\n\n{code}\n")
    for words in ("Hello,", "There is no hurry.", "A-B", "https://example.org/ and more"):
        assert 'class="code"' not in messages.as_html(words)
        assert "<a " not in messages.as_html(words)
