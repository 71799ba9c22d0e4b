"""Builds the mail of a letter: its headers, its text, and the same text as HTML."""

from __future__ import annotations

import re
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts import languages
from accounts.addresses import mailbox
from accounts.models import Letter

# Suppress out-of-office replies (RFC 3834, and a header of Exchange): they would reveal to the
# owner of the site's mailbox where somebody is.
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

# Says that a mail program may send a POST to the address in List-Unsubscribe (RFC 8058).
ONE_CLICK = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

CODE = re.compile(r"[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*")
URL = re.compile(r"https?://\S+")


class _OnOneLine(UnstructuredHeader):
    """A header that is sent as it is.

    Python takes a value without spaces that is longer than a line for text, and encodes it
    (https://github.com/python/cpython/issues/85725). A mail program then finds no address in it.
    """

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
for name in ("List-Unsubscribe", "Message-ID"):
    _HEADERS.map_to_type(name, _OnOneLine)  # type: ignore[arg-type]


class Mail(EmailMultiAlternatives):
    """A mail whose addresses in headers stay whole, however long the name of the site is."""

    def message(self, *, policy: Any = default) -> EmailMessage:
        return super().message(policy=policy.clone(header_factory=_HEADERS))


def message_of(letter: Letter) -> EmailMultiAlternatives:
    """Build the mail to send from a letter."""
    sender = mailbox(letter.sender)
    headers = AUTOMATIC_HEADERS | {"Message-ID": f"<{letter.pk}@{sender.domain}>"}
    if letter.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{letter.unsubscribe}>"} | ONE_CLICK
    message = Mail(
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
