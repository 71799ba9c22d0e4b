"""Sends mail without blocking a request: stores a letter now, and a task sends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import languages
from accounts.addresses import mailbox
from accounts.daytime import daytime_from
from accounts.models import Letter
from accounts.tasks import task

RETRY_DELAY = timedelta(minutes=5)
MAX_AGE = timedelta(days=2)

# Suppress out-of-office replies (RFC 3834, and a header of Exchange): they would reveal to the
# owner of the site's mailbox where somebody is.
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

# Says that a mail program may send a POST to the address in List-Unsubscribe (RFC 8058).
ONE_CLICK = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

POSTED_TOGETHER = 100  # letters in one task, so that a rush of reminders is a few tasks

CODE = re.compile(r"[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*")
URL = re.compile(r"https?://\S+")


class LetterBackend(BaseEmailBackend):
    """The default mail backend. Stores every mail as a letter, in the caller's transaction.

    Mails are written, and handed over here, in the language of their reader.

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
                language=languages.active(),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        Letter.objects.bulk_create(letters)
        for letter in letters:
            transaction.on_commit(partial(post.enqueue, str(letter.pk)))
        return len(email_messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """A mail that may wait: it is sent by day, and has a link that stops all mails like it."""

    recipient: str
    subject: str
    body: str
    unsubscribe: str  # where the link leads, by GET for people and by POST for mail programs
    zone: str  # the reader's time zone; empty if it is not known
    language: str  # of the text


def write(mails: Iterable[Reminding]) -> None:
    """Store reminders as letters, in the caller's transaction. After it, tasks send them."""
    letters = [
        Letter(
            sender=settings.DEFAULT_FROM_EMAIL,
            recipient=mail.recipient,
            subject=mail.subject,
            body=mail.body,
            unsubscribe=mail.unsubscribe,
            by_day_in=mail.zone or settings.TIME_ZONE,
            language=mail.language,
        )
        for mail in mails
    ]
    Letter.objects.bulk_create(letters)
    for at in range(0, len(letters), POSTED_TOGETHER):
        ids = [str(letter.pk) for letter in letters[at : at + POSTED_TOGETHER]]
        transaction.on_commit(partial(post_several.enqueue, ids))


def forget_unsent(recipient: str) -> None:
    """Delete this person's reminders that are not sent yet: they want none any more."""
    Letter.objects.filter(recipient=recipient).exclude(unsubscribe="").delete()


@task
def post_several(letter_ids: list[str]) -> None:
    """Send several letters. Idempotent, as `post` is.

    Stops at the first that fails: then the mail server is probably down, and `post_overdue` tries
    the rest again.
    """
    for letter_id in letter_ids:
        _post(letter_id)


@task
def post(letter_id: str) -> None:
    """Send one letter, then delete it. Idempotent.

    The letter's id is the Message-ID, so a mail server can recognise a duplicate. Raises TaskFailed
    if the mail server refuses it; the letter then stays, and `post_overdue` tries again.
    """
    _post(letter_id)


def _post(letter_id: str) -> None:
    with transaction.atomic():
        letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=letter_id).first()
        if letter is None or _waits_for_day(letter, timezone.now()):
            return
        mailers["post"].send_messages([message_of(letter)])
        letter.delete()


def _waits_for_day(letter: Letter, now: datetime) -> bool:
    """Whether a letter has to wait for the morning; then it is overdue again when that comes."""
    morning = daytime_from(now, letter.by_day_in) if letter.by_day_in else now
    if morning == now:
        return False
    Letter.objects.filter(pk=letter.pk).update(tried_at=morning - RETRY_DELAY)
    return True


def message_of(letter: Letter) -> EmailMultiAlternatives:
    """Build the mail to send from a letter."""
    sender = mailbox(letter.sender)
    headers = AUTOMATIC_HEADERS | {"Message-ID": f"<{letter.pk}@{sender.domain}>"}
    if letter.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{letter.unsubscribe}>"} | ONE_CLICK
    message = EmailMultiAlternatives(
        letter.subject,
        letter.body,
        str(sender),
        [str(mailbox(letter.recipient))],
        headers=headers,
    )
    with languages.written_in(letter.language):
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
