"""Mails that go nowhere: a folder takes them, and a page shows them. For development and demos."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

MAX_MAILS = 30  # on the page, the newest first
MAX_SEARCHED = 1000  # the newest mails in which a demo looks for somebody's own


class MailboxBackend(EmailBackend):
    """Writes mails to the folder that the mailbox page reads, and prints them in development."""

    def __init__(self, *, folder: str, printed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)
        self.printed = printed

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now():%Y%m%d-%H%M%S-%f}.eml"
            (self.folder / name).write_bytes(message.message().as_bytes())
        if self.printed:
            super().send_messages(email_messages)
        return len(email_messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail as the page shows it."""

    to: str
    subject: str
    at: str
    body: str


@require_safe
@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails. In a demo, only those to addresses that this browser has typed."""
    newest = _newest(Path(settings.MAILERS["post"]["OPTIONS"].get("folder", "")))
    if settings.DEMO:
        own = set(_texts(dict(request.session)))
        if request.user.is_authenticated:
            own.add(request.user.email)
        newest = (letter for letter in newest if letter["To"] in own)
    letters = [_received(letter) for letter, _ in zip(newest, range(MAX_MAILS), strict=False)]
    return render(request, "mailbox.html", {"letters": letters})


def _newest(folder: Path) -> Iterator[Message]:
    for path in sorted(folder.glob("*.eml"), reverse=True)[:MAX_SEARCHED]:
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _texts(content: Any) -> Iterator[str]:
    """All strings in a session, at any depth: a sign-in that is not finished has its address."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for value in content:
            yield from _texts(value)
    elif isinstance(content, str):
        yield content.lower()


def _received(message: Message) -> Received:
    body = message.get_body(("plain",))
    return Received(
        to=message["To"],
        subject=message["Subject"],
        at=message["Date"],
        body=body.get_content() if body else "",
    )
