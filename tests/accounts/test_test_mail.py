"""The command that sends a test mail says what the server says, and what to do about it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from tests.accounts.test_outbox import posted_by

SMTP = "django.core.mail.backends.smtp.EmailBackend"
PASSWORD = "Qx7Kw9ZtV3Jy"
TO = "you@example.org"


class Server:
    """A mail server that says to each step what a test wants it to."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.envelopes: list[Any] = []

    async def handle_MAIL(self, *given: Any) -> str:
        envelope, address = given[2], given[3]
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, *given: Any) -> str:
        envelope, address = given[2], given[3]
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return self.answers.get("data", "250 2.0.0 Ok: queued as 4XkQ9z")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def listening(settings: Any, server: Server, *, options: Any = None, **more: Any) -> Iterator[None]:
    """A mail server, and the settings of a site that sends by it."""
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, **more)
    controller.start()
    reach(settings, port, **(options or {}))
    try:
        yield
    finally:
        controller.stop()


def reach(settings: Any, port: int, **options: Any) -> None:
    settings.MAILERS = posted_by(
        SMTP, **{"host": "127.0.0.1", "port": port, "timeout": 2, **options}
    )
    settings.DEFAULT_FROM_EMAIL = "Für uns <hello@bücher.example>"


def tried(to: str = TO) -> tuple[str, str]:
    """What the command says, and why it failed, if it did."""
    out = StringIO()
    try:
        call_command("test_mail", to, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(pem))
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_it_shows_the_answer_and_the_mail_arrives(settings: Any) -> None:
    server = Server()
    with listening(settings, server):
        out, failed = tried("you@straße.example")

    assert not failed
    assert "127.0.0.1, port" in out
    assert "not encrypted" in out
    assert "hello@xn--bcher-kva.example" in out
    assert "250 2.0.0 Ok: queued as 4XkQ9z" in out
    (envelope,) = server.envelopes
    assert envelope.mail_from == "hello@xn--bcher-kva.example"
    assert envelope.rcpt_tos == ["you@xn--strae-oqa.example"]
    message = BytesParser(policy=policy.default).parsebytes(envelope.original_content)
    assert message["From"].addresses[0].display_name == "Für uns"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "If you can read it" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_it_names_the_encryption(
    settings: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # this machine trusts it
    options = {"host": "localhost", "use_tls": True}
    with listening(settings, Server(), tls_context=tls(certificate), options=options):
        out, failed = tried()

    assert not failed
    assert "TLS by STARTTLS" in out
    assert "TLSv1.3, TLS_" in out


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"mail": "553 5.7.1 not your address"}, "DEFAULT_FROM_EMAIL. It said: 553 5.7.1 not your"),
        ({"rcpt": "550 5.1.1 no such user"}, "refuses the recipient. It said: 550 5.1.1 no such"),
        ({"data": "554 5.7.1 looks like spam"}, "the mail itself. It said: 554 5.7.1 looks like"),
        ({"mail": "451 4.7.1 \x1b[31mlater"}, "It said: 451 4.7.1 [31mlater"),
    ],
)
def test_it_shows_what_a_server_refuses(settings: Any, answers: dict[str, str], words: str) -> None:
    with listening(settings, Server(**answers)):
        _, failed = tried()

    assert words in failed
    assert "\n" not in failed


def test_a_refused_login_names_the_settings_and_never_the_password(settings: Any) -> None:
    def refuse(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 not {PASSWORD}")

    options = {"username": "anna", "password": PASSWORD}
    with listening(
        settings, Server(), options=options, authenticator=refuse, auth_require_tls=False
    ):
        out, failed = tried()

    assert "Check EMAIL_USER and EMAIL_PASSWORD. It said: 535 5.7.8 not •••" in failed
    assert "as anna" in out
    assert PASSWORD not in out + failed


def test_each_way_not_to_reach_a_server_is_named(settings: Any, certificate: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        reach(settings, silent.getsockname()[1], timeout=0.3)
        assert "does not answer within 0.3 seconds" in tried()[1]
    reach(settings, free_port())
    assert "Nothing listens at 127.0.0.1, port" in tried()[1]
    reach(settings, 25, host="mail.invalid")
    assert "There is no server named mail.invalid" in tried()[1]
    for options, more, words in (
        ({"use_tls": True}, {}, "offers no STARTTLS"),
        ({"use_ssl": True}, {}, "does not begin with TLS"),
        ({"use_tls": True, "host": "localhost"}, {"tls_context": tls(certificate)}, "self-signed"),
        ({"username": "anna", "password": PASSWORD}, {}, "takes no login"),
    ):
        with listening(settings, Server(), options=options, **more):
            assert words in tried()[1], words


def test_a_server_that_hangs_up_or_refuses_to_talk_is_named(settings: Any) -> None:
    for greeting, words in ((b"", "hung up"), (b"554 5.3.2 go away\r\n", "554 5.3.2 go away")):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            reach(settings, server.getsockname()[1])

            def once(server: socket.socket = server, greeting: bytes = greeting) -> None:
                connection, _ = server.accept()
                connection.sendall(greeting)
                connection.close()

            thread = Thread(target=once)
            thread.start()
            assert words in tried()[1]
            thread.join()


def test_without_a_mail_server_or_an_address_it_says_so(settings: Any) -> None:
    settings.MAILERS = posted_by("django.core.mail.backends.locmem.EmailBackend")
    assert "Set EMAIL_URL or EMAIL_HOST" in tried()[1]
    assert "not an address" in tried("nobody")[1]
