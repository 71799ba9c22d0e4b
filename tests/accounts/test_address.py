"""Changing the address needs the old mailbox, or a factor that was set up long ago."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.test_reauthentication import RECENTLY, SECRET, asked, with_an_app
from tests.accounts.test_signing_in import ADA, app_code, letter, mailed_code, post
from tests.conftest import PASSWORD, Person, shows_mailbox
from tests.test_logs import Log, log  # noqa: F401 a fixture

PAGE = "/account/email/"
NEW = "alice@example.net"
A_WEEK = timedelta(days=7)


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice, who has just signed in with her password."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    alice.client.logout()
    post(alice.client, "account_login", login=alice.user.email, password=PASSWORD)
    mail.outbox.clear()
    return alice


def change(who: Person) -> int:
    """Ask for the new address. Returns the status."""
    return int(post(who.client, "account_email", action_add="", email=NEW).status_code)


def address_of(who: Person) -> str:
    who.user.refresh_from_db()
    return who.user.email


def test_a_password_alone_changes_no_address(known: Person) -> None:
    ask = reverse("account-still-you")
    assert asked(known, PAGE) == f"{ask}?next={PAGE}"

    answer = post(known.client, "account_email", action_add="", email=NEW)

    assert answer["Location"] == f"{ask}?next={PAGE}"
    assert mail.outbox == []
    assert "the old one is yours" in known.client.get(f"{ask}?next={PAGE}").text


@pytest.mark.read_committed("count what one try does")
def test_the_first_address_is_logged_as_confirmed_and_not_as_changed(
    db: None,
    client: Client,
    log: Log,  # noqa: F811
) -> None:
    post(client, "account_signup", **ADA)
    post(client, "account_email_verification_sent", code=mailed_code())

    events = log.of("accounts.events", "level", "event")
    assert events.count(("INFO", "address confirmed")) == 1
    assert {level for level, _ in events} == {"INFO"}
    assert ADA["email"] not in log.text


@pytest.mark.read_committed("count what one try does")
def test_the_old_mailbox_agrees_then_the_new_one(
    known: Person,
    log: Log,  # noqa: F811
) -> None:
    post(known.client, "account-still-you-mail", next=PAGE)
    assert letter().to == ["alice@example.org"]
    answer = post(known.client, "account-still-you-code", code=mailed_code(), next=PAGE)
    assert answer["Location"] == PAGE

    change(known)
    assert letter().to == [NEW]
    assert address_of(known) == "alice@example.org"
    post(known.client, "account_email_verification_sent", code=mailed_code())

    assert address_of(known) == NEW
    warnings = [line.get("what") for line in log.lines if line["level"] == "WARNING"]
    assert warnings == ["address added", "address changed"]
    assert "address confirmed" not in log.text
    message = letter()
    assert (message.to, message.subject) == (["alice@example.org"], "Your address was changed")
    assert NEW not in message.body


def test_reading_the_new_mailbox_allows_no_further_change(known: Person) -> None:
    shows_mailbox(known.client)
    change(known)
    post(known.client, "account_email_verification_sent", code=mailed_code())

    assert asked(known, PAGE) == f"{reverse('account-still-you')}?next={PAGE}"


def test_the_confirmation_by_the_old_mailbox_expires(known: Person) -> None:
    shows_mailbox(known.client)
    assert asked(known, PAGE) is None

    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        assert asked(known, PAGE)
        assert change(known) == HTTPStatus.FOUND
    assert letter().to == ["alice@example.org"]  # no mail to the new one


def test_with_a_second_step_the_mailbox_alone_is_not_enough(known: Person) -> None:
    with_an_app(known)
    shows_mailbox(known.client)

    assert asked(known, PAGE) == f"{reverse('mfa_reauthenticate')}?next={PAGE}"


@pytest.mark.parametrize(("standing", "enough"), [(A_WEEK, True), (timedelta(days=6), False)])
def test_without_the_mailbox_a_factor_must_be_a_week_old(
    known: Person, standing: timedelta, enough: bool
) -> None:
    with_an_app(known)
    Authenticator.objects.update(created_at=timezone.now() - standing)
    post(known.client, "mfa_reauthenticate", code=app_code(SECRET))

    assert (asked(known, PAGE) is None) is enough
    if enough:
        change(known)
        assert [message.to for message in mail.outbox] == [
            [NEW]
        ]  # the old mailbox is notified afterwards


def test_signing_in_by_mailed_code_proves_the_mailbox(known: Person) -> None:
    client = Client()
    post(client, "account_request_login_code", email=known.user.email)
    post(client, "account_confirm_login_code", code=mailed_code())

    assert client.get(PAGE).status_code == HTTPStatus.OK


def test_a_code_for_another_address_proves_no_mailbox(known: Person, charlie: Person) -> None:
    """A session's record of one person does not count for another."""
    shows_mailbox(charlie.client)
    charlie.client.force_login(known.user)

    answer = charlie.client.get(PAGE)

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_code_for_one_address_never_confirms_another(known: Person) -> None:
    shows_mailbox(known.client)
    change(known)
    first = mailed_code()
    mail.outbox.clear()

    post(known.client, "account_email", action_add="", email="bob@example.org", action="resend")

    assert letter().to == ["bob@example.org"]
    assert mailed_code() != first
