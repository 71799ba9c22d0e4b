"""Sends one mail as the site does, and shows what the mail server says to it."""

from __future__ import annotations

import smtplib
import socket
import ssl
from argparse import ArgumentParser
from email.policy import SMTP
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend
from django.core.management.base import BaseCommand, CommandError

from accounts import messages
from accounts.addresses import NotAMailbox, mailbox
from accounts.models import Letter

SUBJECT = "A test"
BODY = "This is a test of the mail settings.\n\nIf you can read it, mails from this site arrive."


class MailRefused(Exception):
    """What the server said to one step, with what that means."""

    def __init__(self, what: str, code: int, text: bytes | str) -> None:
        super().__init__(f"{what} It said: {code} {_decoded(text)}")


class Command(BaseCommand):
    """The password is never shown, not even where a server repeats it."""

    help = "Send a test mail with the site's settings, and show the mail server's answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", help="your own address, at another provider if you can")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        try:
            recipient = mailbox(to)
            sender = mailbox(settings.DEFAULT_FROM_EMAIL)
        except NotAMailbox:
            raise CommandError("That is not an address that mail can be sent to.") from None
        backend = mailers["post"]
        if not isinstance(backend, EmailBackend):
            raise CommandError("This site sends no mail. Set EMAIL_URL or EMAIL_HOST.")
        letter = Letter(sender=str(sender), recipient=str(recipient), subject=SUBJECT, body=BODY)
        content = messages.message_of(letter).message(policy=SMTP).as_bytes()
        self._say("Server", f"{backend.host}, port {backend.port}, {_security(backend)}")
        self._say("Login", f"as {backend.username}" if backend.username else "none")
        self._say("From", sender.addr_spec)
        self._say("To", recipient.addr_spec)
        try:
            code, text = self._send(backend, sender.addr_spec, recipient.addr_spec, content)
        except (MailRefused, OSError) as error:
            raise CommandError(_without_password(backend, _explained(error, backend))) from None
        finally:
            _hang_up(backend)
        self._say("Answer", _without_password(backend, f"{code} {_decoded(text)}"))
        self.stdout.write(
            "The server took it. If it is not there in a minute, look among the spam."
        )

    def _send(
        self, backend: EmailBackend, sender: str, recipient: str, content: bytes
    ) -> tuple[int, bytes]:
        """As the backend does, but with the answer to each step. Raises MailRefused and OSError."""
        backend.open()
        server = backend.connection
        if server is None:
            raise ConnectionError
        if isinstance(server.sock, ssl.SSLSocket):
            name, *_ = server.sock.cipher() or ("",)
            self._say("TLS", f"{server.sock.version()}, {name}")
        server.ehlo_or_helo_if_needed()
        _expect(server.mail(sender), "The server refuses the sender. Check DEFAULT_FROM_EMAIL.")
        _expect(server.rcpt(recipient), "The server refuses the recipient.")
        answer = server.data(content)
        _expect(answer, "The server refuses the mail itself.")
        return answer

    def _say(self, label: str, what: str) -> None:
        self.stdout.write(f"{label + ':':8} {what}")


def _expect(answer: tuple[int, bytes], otherwise: str) -> None:
    code, text = answer
    if not 200 <= code < 300:
        raise MailRefused(otherwise, code, text)


def _security(backend: EmailBackend) -> str:
    if backend.use_ssl:
        return "TLS from the start"
    return "TLS by STARTTLS" if backend.use_tls else "not encrypted"


def _explained(error: Exception, backend: EmailBackend) -> str:
    """What went wrong, and which setting to look at."""
    server = f"{backend.host}, port {backend.port},"
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib wraps it
        return (
            f"{server} does not answer within {backend.timeout} seconds. Many providers block"
            " mail ports: ask yours, or try port 465 or 2525."
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        answer = f"It said: {error.smtp_code} {_decoded(error.smtp_error)}"
        return f"The server refuses the login. Check EMAIL_USER and EMAIL_PASSWORD. {answer}"
    if isinstance(error, smtplib.SMTPDataError):
        return str(
            MailRefused("The server refuses the mail itself.", error.smtp_code, error.smtp_error)
        )
    if isinstance(error, smtplib.SMTPResponseException):  # its greeting, for one
        return str(MailRefused("The server refuses to talk.", error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "STARTTLS" in str(error):
            return f"{server} offers no STARTTLS. Check the port: 587 for STARTTLS, 465 for TLS."
        return f"{server} takes no login, or only after TLS. Check EMAIL_SECURITY and the user."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"{server} hung up. Check whether this port wants TLS from the start (465) or not."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {server} is not valid: {error.verify_message}."
            " Use the name that stands in the certificate."
        )
    if isinstance(error, ssl.SSLError):
        return f"{server} does not begin with TLS. Port 587 mostly wants STARTTLS (smtp+tls://)."
    if isinstance(error, socket.gaierror):
        return f"There is no server named {backend.host}. Check EMAIL_HOST, and this machine's DNS."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at {server} or a firewall says so. Check the port."
    if isinstance(error, MailRefused):
        return str(error)
    return f"{server} cannot be reached: {error.strerror or type(error).__name__}."  # type: ignore[attr-defined]


def _without_password(backend: EmailBackend, text: str) -> str:
    return text.replace(backend.password, "•••") if backend.password else text


def _decoded(text: bytes | str) -> str:
    """What a server said, on one line and without control characters for the terminal."""
    line = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join("".join(char if char.isprintable() else " " for char in line).split())


def _hang_up(backend: EmailBackend) -> None:
    """Close the connection, also one that failed half-way, which Django's backend keeps."""
    for connection in (backend.connection, getattr(backend, "_partial_connection", None)):
        if connection is not None:
            connection.close()
