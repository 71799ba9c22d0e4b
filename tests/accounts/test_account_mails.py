"""Mails about an account say nothing that a glance at somebody's phone should not learn."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

ALLAUTHS = Path(allauth.__file__).parent / "templates"
OURS = Path(settings.BASE_DIR) / "templates"
MAILS = sorted(
    {
        str(path.relative_to(origin)).removesuffix("_message.txt")
        for origin in (ALLAUTHS, OURS)
        for app in ("account", "mfa")
        for path in (origin / app / "email").glob("*_message.txt")
        if path.name != "base_message.txt"
    }
)
CONTEXT = {
    "code": "ABCD-EFGH",
    "email": "alice@example.org",
    "from_email": "alice@example.org",
    "to_email": "alice@example.net",
    "deleted_email": "alice@example.org",
    "password_reset_url": "https://example.org/reset?a=1&b=2",
    "signup_url": "https://example.org/sign-up",
    "activate_url": "https://example.org/confirm",
    "site_url": "https://example.org",
    "timestamp": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    "ip": "192.0.2.7",
    "user_agent": "Browser/1.0",
    "user": "Alice",
}
TELLING = re.compile(
    r"relationship|couple|partner|boundar|behaviour|invit|jealous|cheat|Alice(?!@)|alice(?!@)",
    re.IGNORECASE,
)
JARGON = re.compile(
    r"two-factor|authenticat|verif|security key|user agent|IP address|procedure", re.I
)


def test_there_are_mails_to_look_at() -> None:
    assert len(MAILS) >= 19


@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("part", ["subject", "message"])
def test_every_mail_is_in_our_words(mail: str, part: str) -> None:
    origin = Path(get_template(f"{mail}_{part}.txt").template.origin.name)  # type: ignore[attr-defined]

    assert origin.is_relative_to(OURS)


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_is_neutral_plain_and_signed(mail: str) -> None:
    subject = render_to_string(f"{mail}_subject.txt", CONTEXT).strip()
    body = render_to_string(f"{mail}_message.txt", CONTEXT)

    assert subject
    assert "\n" not in subject
    assert not TELLING.search(subject + body)
    assert not JARGON.search(subject + body)
    assert "{" not in subject + body
    assert "&amp;" not in body
    assert body.startswith("Hello,\n\n")
    assert body.rstrip().endswith("Common Ground\nhttps://example.org")
    assert "\n\n\n" not in body


@pytest.mark.parametrize("mail", MAILS)
def test_a_notice_names_no_device_no_place_and_no_new_address(mail: str) -> None:
    """Others may read the mailbox that it comes to, and the old one above all."""
    body = render_to_string(f"{mail}_message.txt", CONTEXT)

    for private in ("192.0.2.7", "Browser", "alice@example.net"):
        assert private not in body


@pytest.mark.parametrize("mail", MAILS)
def test_a_subject_never_holds_the_code(mail: str) -> None:
    assert "ABCD" not in render_to_string(f"{mail}_subject.txt", CONTEXT)


@pytest.mark.parametrize(
    "mail", ["login_code", "password_reset_code", "email_confirmation", "email_confirmation_signup"]
)
def test_a_code_stands_on_a_line_of_its_own(mail: str) -> None:
    lines = render_to_string(f"account/email/{mail}_message.txt", CONTEXT).splitlines()

    assert "ABCD-EFGH" in lines


@pytest.mark.parametrize("mail", MAILS)
def test_no_mail_has_a_second_body_in_html(mail: str) -> None:
    assert not (OURS / f"{mail}_message.html").exists()
    assert not (ALLAUTHS / f"{mail}_message.html").exists()
