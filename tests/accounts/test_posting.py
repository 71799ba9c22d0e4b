"""What a mail server really receives, over SMTP on this machine."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import send_mail

from accounts import mail
from accounts.models import Letter

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Received(list[tuple[str, list[str], bytes]]):
    """Takes whatever comes, without any extension for characters beyond ASCII."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def received(settings: Any) -> Iterator[Received]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.mail.LetterBackend"},
        "post": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 10},
        },
    }
    yield received
    controller.stop()


def posted(received: Received, sender: str, recipient: str) -> EmailMessage:
    """One mail, as it arrives. Nothing outside ASCII is in what goes over the line."""
    received.clear()
    send_mail("Something waits for you", "Hello,\n\nit is here.\n", sender, [recipient])
    mail.post.call(str(Letter.objects.get().pk))
    ((_, _, content),) = received
    content.decode("ascii")
    return email.message_from_bytes(content, policy=email.policy.default)


SENDERS = {
    "hello@example.org": ("", "hello@example.org"),
    "Common Ground <hello@example.org>": ("Common Ground", "hello@example.org"),
    "Common Ground <hello@bücher.example>": ("Common Ground", "hello@xn--bcher-kva.example"),
    "Gemeinsam für zwei <hello@bücher.example>": (
        "Gemeinsam für zwei",
        "hello@xn--bcher-kva.example",
    ),
    '"Ground, Common" <hello@उदाहरण.example>': ("Ground, Common", "hello@xn--p1b6ci4b4b3a.example"),
}


def test_a_mail_arrives_whatever_the_sender_is_called(received: Received) -> None:
    wrong = []
    for sender, expected in SENDERS.items():
        message = posted(received, sender, "alice@bücher.example")
        (mailbox,) = message["From"].addresses
        identifier = str(message["Message-ID"])
        if (mailbox.display_name, mailbox.addr_spec) != expected:
            wrong.append((sender, str(message["From"])))
        if not identifier.endswith(f"@{expected[1].partition('@')[2]}>"):
            wrong.append((sender, identifier))
        if received[0][:2] != (expected[1], ["alice@xn--bcher-kva.example"]):
            wrong.append((sender, str(received[0][:2])))

    assert wrong == []


def test_every_mail_says_that_a_program_wrote_it(received: Received) -> None:
    message = posted(received, "hello@example.org", "alice@example.org")

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime
    assert sorted(part.get_content_type() for part in message.iter_parts()) == [
        "text/html",
        "text/plain",
    ]
