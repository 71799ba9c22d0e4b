"""Mails as a mail server receives them, for all kinds of senders and recipients."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import send_mail
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.addresses import NotAMailbox, mailbox
from accounts.models import Letter, User
from config.environment import hosts
from tests.accounts.test_outbox import posted_by
from tests.accounts.test_signing_in import ADA

pytestmark = pytest.mark.django_db

SENDERS = {  # as an operator writes it: name and address as a mail program shows them
    "Common Ground <hello@bücher.example>": ("Common Ground", "hello@xn--bcher-kva.example"),
    "hello@bücher.example": ("", "hello@xn--bcher-kva.example"),
    "Für uns beide <hello@example.org>": ("Für uns beide", "hello@example.org"),
    "Räume, gute <hello@bücher.example>": ("Räume, gute", "hello@xn--bcher-kva.example"),
    '"Common, Ground" <hello@example.org>': ("Common, Ground", "hello@example.org"),
    'The "other" place <hello@example.org>': ('The "other" place', "hello@example.org"),
    "हम दोनों <hello@straße.example>": ("हम दोनों", "hello@xn--strae-oqa.example"),
    "hello@例え.example": ("", "hello@xn--r8jz45g.example"),
    "Common Ground <hello@localhost>": ("Common Ground", "hello@localhost"),
    f"{'Long name ' * 20}<hello@example.org>": (("Long name " * 20).strip(), "hello@example.org"),
}
RECIPIENTS = {
    "ada@example.org": "ada@example.org",
    "ada@bücher.example": "ada@xn--bcher-kva.example",
    "ada@straße.example": "ada@xn--strae-oqa.example",
    "o'hara+us@example.org": "o'hara+us@example.org",
}


class Inbox:
    """A mail server that accepts everything, without extensions for UTF-8."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Inbox()
    server = Controller(found, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    server.start()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = posted_by(smtp, host="127.0.0.1", port=port)
    yield found
    server.stop()


def sent(inbox: Inbox, sender: str, recipient: str) -> tuple[Any, Any]:
    """The mail as it arrived, and its envelope."""
    send_mail("Something is waiting — für dich", "Grüße\n\nBCDF-GHJK", sender, [recipient])
    letter = Letter.objects.get()
    outbox.post.call(str(letter.pk))
    envelope = inbox.envelopes.pop()
    return BytesParser(policy=policy.default).parsebytes(envelope.original_content), envelope


def test_every_mail_says_that_a_machine_wrote_it(inbox: Inbox) -> None:
    message, _ = sent(inbox, "Common Ground <hello@example.org>", "ada@example.org")

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] is None
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=5)


def test_mail_from_any_sender_to_anybody_arrives_as_it_was_written(inbox: Inbox) -> None:
    wrong = []
    for sender, (name, address) in SENDERS.items():
        for recipient, delivered_to in RECIPIENTS.items():
            message, envelope = sent(inbox, sender, recipient)
            (shown,) = message["From"].addresses
            (to,) = message["To"].addresses
            headers = envelope.original_content.partition(b"\r\n\r\n")[0]
            found = (
                (shown.display_name, shown.addr_spec, to.addr_spec),
                (envelope.mail_from, envelope.rcpt_tos),
                message["Message-ID"].rpartition("@")[2],
                message["Subject"],
                headers.isascii(),
                message.defects,
            )
            expected: Any = (
                (name, address, delivered_to),
                (address, [delivered_to]),
                f"{address.rpartition('@')[2]}>",
                "Something is waiting — für dich",
                True,
                [],
            )
            if found != expected:
                wrong.append((sender, recipient, found))

    assert not wrong


@pytest.mark.once
def test_whatever_the_settings_take_as_a_sender_arrives_like_that() -> None:
    senders = [
        *SENDERS,
        "Common Ground Inc. <hello@example.org>",
        "hello@example.org (Common Ground)",
        "Common: [Ground] @ home; yes <hello@example.org>",
    ]
    for sender in senders:
        assert mailbox(hosts.sender(sender)) == mailbox(sender), sender


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "@example.org",
        "hello@",
        "a@example.org\nBcc: eve@example.org",
        "Common\r\nBcc: eve@example.org <a@example.org>",
        "a@xn--\u00fc.example",
        "jörg@example.org, eve@example.org",
    ],
)
def test_text_that_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(NotAMailbox):
        mailbox(text)


@pytest.mark.parametrize(
    "email",
    [
        "jörg@example.org",
        "ada@☃.example",
        "ada@" + "ü" * 60 + ".example",
        "ada@a\u200db.example",
        "ada@\u0661\u0662.example",
    ],
)
def test_an_address_that_no_mail_server_takes_is_refused_at_sign_up(email: str) -> None:
    answer = Client().post(reverse("account_signup"), {**ADA, "email": email})

    assert answer.status_code == 400
    assert "email" in answer.text
    assert not User.objects.exists()


@pytest.mark.parametrize("host", ["a.example", "ground.of-the-two-of-us.example.org", "x" * 60])
def test_addresses_in_headers_arrive_whole_however_long_they_are(inbox: Inbox, host: str) -> None:
    """Gmail, for one, offers no button if the address is encoded."""
    link = f"https://{host}/reminders/off/2e7b9a5c-4a0e-4a55-9d33-9f1a2f0b7c11/"
    send_mail("Something is waiting", "Hello", f"hello@{host}", ["ada@example.org"])
    letter = Letter.objects.get()
    letter.unsubscribe = link
    letter.save()

    outbox.post.call(str(letter.pk))

    lines = inbox.envelopes.pop().original_content.split(b"\r\n")
    assert f"List-Unsubscribe: <{link}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert f"Message-ID: <{letter.pk}@{host}>".encode() in lines
