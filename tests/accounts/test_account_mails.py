"""Mails about an account reveal nothing to somebody who glances at a phone."""

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
    "code": "271828",
    "email": "alice@example.org",
    "from_email": "alice@example.org",
    "to_email": "alice@example.net",
    "deleted_email": "alice@example.org",
    "password_reset_url": "https://example.org/reset?a=1&b=2",
    "signup_url": "https://example.org/sign-up",
    "sign_in_url": "https://example.org/sign-in",
    "activate_url": "https://example.org/confirm",
    "site_url": "https://example.org",
    "contact": "help@example.org",
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


def subject_of(mail: str) -> str:
    return render_to_string(f"{mail}_subject.txt", CONTEXT).strip()


def body_of(mail: str) -> str:
    return render_to_string(f"{mail}_message.txt", CONTEXT)


def test_every_mail_is_in_our_words() -> None:
    origins = {
        name: Path(get_template(name).template.origin.name)  # type: ignore[attr-defined]
        for mail in MAILS
        for name in (f"{mail}_subject.txt", f"{mail}_message.txt")
    }

    assert [name for name, path in origins.items() if not path.is_relative_to(OURS)] == []


def test_a_mail_is_neutral_plain_and_signed() -> None:
    wrong = []
    for mail in MAILS:
        subject, body = subject_of(mail), body_of(mail)
        both = subject + body
        rules = {
            "has a subject": subject,
            "subject of one line": "\n" not in subject,
            "neutral": not TELLING.search(both),
            "plain": not JARGON.search(both),
            "no template syntax": "{" not in both,
            "no HTML entities": "&amp;" not in body,
            "greets": body.startswith("Hello,\n\n"),
            "is signed": body.rstrip().endswith("Common Ground\nhttps://example.org"),
            "no two blank lines": "\n\n\n" not in body,
        }
        wrong += [(mail, rule) for rule, kept in rules.items() if not kept]

    assert wrong == []


def test_a_notice_names_no_device_no_place_and_no_new_address() -> None:
    """Others may read these mailboxes, especially the old one."""
    wrong = [
        (mail, detail)
        for mail in MAILS
        for detail in ("192.0.2.7", "Browser", "alice@example.net")
        if detail in body_of(mail)
    ]
    assert wrong == []


def test_a_subject_never_holds_the_code() -> None:
    assert [mail for mail in MAILS if "271828" in subject_of(mail)] == []


@pytest.mark.parametrize(
    "mail", ["login_code", "password_reset_code", "email_confirmation", "email_confirmation_signup"]
)
def test_a_code_stands_on_a_line_of_its_own(mail: str) -> None:
    lines = render_to_string(f"account/email/{mail}_message.txt", CONTEXT).splitlines()

    assert "271828" in lines


def test_no_mail_has_a_second_body_in_html() -> None:
    paths = [origin / f"{mail}_message.html" for mail in MAILS for origin in (OURS, ALLAUTHS)]

    assert [path for path in paths if path.exists()] == []
