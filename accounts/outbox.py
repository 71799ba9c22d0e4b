"""Sends mail without blocking a request: stores a letter now, and a worker sends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now

from accounts import languages, posting, queue
from accounts.models import Letter, User
from accounts.tasks import task


class LetterBackend(BaseEmailBackend):
    """The default mail backend. Stores every mail as a letter, in the caller's transaction.

    Mails are written, and handed over here, in the language of their reader.

    So no request waits for a slow mail server, and if the transaction is rolled back, no mail is
    sent. A worker finds the letter within a second.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        store(
            [
                Letter(
                    id=getattr(message, "letter", None) or Letter._meta.pk.get_default(),
                    sender=message.from_email,
                    recipient=recipient,
                    subject=str(message.subject),
                    body=str(message.body),
                    urgent=hasattr(message, "letter"),
                    language=languages.active(),
                    due_at=Now(),
                )
                for message in email_messages
                for recipient in message.recipients()
            ]
        )
        return len(email_messages)


def store(letters: list[Letter]) -> None:
    """Store letters. Where there is no worker, send them once the transaction is committed."""
    Letter.objects.bulk_create(letters)
    if queue.is_immediate():
        for letter in letters:
            transaction.on_commit(partial(post.enqueue, str(letter.pk)))


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
    """Store reminders as letters, in the caller's transaction."""
    store(
        [
            Letter(
                sender=settings.DEFAULT_FROM_EMAIL,
                recipient=mail.recipient,
                subject=mail.subject,
                body=mail.body,
                unsubscribe=mail.unsubscribe,
                by_day_in=mail.zone or settings.TIME_ZONE,
                language=mail.language,
                due_at=Now(),
            )
            for mail in mails
        ]
    )


def forget_unsent(recipient: str) -> None:
    """Delete this person's reminders that are not sent yet: they want none any more."""
    Letter.objects.filter(recipient=recipient).exclude(unsubscribe="").delete()


def follow_address(user: User, from_email_address: EmailAddress | None = None, **_: Any) -> None:
    """Send reminders that wait to the new address. After another it would reach the old one."""
    if from_email_address:
        waiting = Letter.objects.filter(recipient=from_email_address.email)
        waiting.exclude(unsubscribe="").update(recipient=user.email)


@task
def post_several(letter_ids: list[str]) -> None:
    """Send several letters. The version before queues it; delete it after 0.4.0."""
    for letter_id in letter_ids:
        posting.post_now(letter_id)


@task
def post(letter_id: str) -> None:
    """Send one letter, in place of the worker. Raises TaskFailed if the mail server refuses it."""
    posting.post_now(letter_id)
