"""Sends mail without blocking a request: stores a letter now, and a task sends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts.addresses import mailbox
from accounts.models import Letter
from accounts.tasks import task

RETRY_DELAY = timedelta(minutes=5)
MAX_AGE = timedelta(days=2)

# Suppress out-of-office replies (RFC 3834, and a header of Exchange): they would reveal to the
# owner of the site's mailbox where somebody is.
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

CODE = re.compile(r"[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*")
URL = re.compile(r"https?://\S+")


class LetterBackend(BaseEmailBackend):
    """The default mail backend. Stores every mail as a letter, in the caller's transaction.

    So no request waits for a slow mail server, and if the transaction is rolled back, no mail is
    sent.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        letters = [
            Letter(
                sender=message.from_email,
                recipient=recipient,
                subject=str(message.subject),
                body=str(message.body),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        Letter.objects.bulk_create(letters)
        for letter in letters:
            transaction.on_commit(partial(post.enqueue, str(letter.pk)))
        return len(email_messages)


@task
def post(letter_id: str) -> None:
    """Send one letter, then delete it. Idempotent.

    The letter's id is the Message-ID, so a mail server can recognise a duplicate. Raises TaskFailed
    if the mail server refuses it; the letter then stays, and `post_overdue` tries again.
    """
    with transaction.atomic():
        letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=letter_id).first()
        if letter is None:
            return
        mailers["post"].send_messages([message_of(letter)])
        letter.delete()


def message_of(letter: Letter) -> EmailMultiAlternatives:
    """Build the mail to send from a letter."""
    sender = mailbox(letter.sender)
    message = EmailMultiAlternatives(
        letter.subject,
        letter.body,
        str(sender),
        [str(mailbox(letter.recipient))],
        headers=AUTOMATIC_HEADERS | {"Message-ID": f"<{letter.pk}@{sender.domain}>"},
    )
    message.attach_alternative(as_html(letter.body), "text/html")
    return message


def as_html(body: str) -> str:
    """The HTML version of a mail's text.

    A line that is only a code is shown large; a line that is only a URL becomes a link.
    """
    paragraphs = [
        [(_kind(line), line) for line in paragraph.strip().splitlines()]
        for paragraph in re.split(r"\n\s*\n", body)
        if paragraph.strip()
    ]
    return render_to_string("emails/base.html", {"paragraphs": paragraphs})


def _kind(line: str) -> str:
    if CODE.fullmatch(line):
        return "code"
    return "url" if URL.fullmatch(line) else "words"


@transaction.atomic
def post_overdue() -> int:
    """Enqueue again the letters that are overdue. Returns how many.

    While the mail server is down, each letter is tried every five minutes. It is deleted after two
    days, because a sign-in code in it has expired by then.
    """
    Letter.objects.filter(written_at__lt=Now() - MAX_AGE).delete()
    overdue = Letter.objects.filter(tried_at__lt=Now() - RETRY_DELAY)
    waiting = list(overdue.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Letter.objects.filter(pk__in=waiting).update(tried_at=Now())
    for letter_id in waiting:
        transaction.on_commit(partial(post.enqueue, str(letter_id)))
    return len(waiting)
