"""A mailed code lives from the moment its mail is sent, and the newest one works."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import allauth_internals, clock, code_times
from accounts.allauth_internals import LOGIN_SESSION_KEY
from accounts.models import Letter, SentLetter
from tests.accounts.test_outbox import posted_by
from tests.accounts.test_signing_in import ADA, CODE, post
from tests.conftest import Person

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EXPIRED = "That code has run out. Ask for a new one here."


@pytest.fixture(autouse=True)
def unsent(settings: Any) -> None:
    """Mails wait for a worker, which the test is."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.MAILERS = posted_by("django.core.mail.backends.locmem.EmailBackend")


@pytest.fixture
def known(alice: Person) -> Person:
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    return alice


@contextmanager
def at(minutes: float) -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW + minutes * MINUTE, tick=False):
        yield


def send(minutes: float) -> str:
    """As a worker does at this minute. Returns the code."""
    letter = Letter.objects.get()
    SentLetter.objects.create(pk=letter.pk, at=NOW + minutes * MINUTE)
    letter.delete()
    found = CODE.search(letter.body)
    return found[0] if found else ""


# Where a code is asked for, by whom, and where it is typed.
PAGES = [
    ("account_signup", ADA, "account_email_verification_sent"),
    ("account_request_login_code", {"email": "alice@example.org"}, "account_confirm_login_code"),
    ("account_reset_password", {"email": "alice@example.org"},
     "account_confirm_password_reset_code"),
]  # fmt: skip


def has_expired(browser: Client, page: str) -> bool:
    return browser.get(reverse(page)).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("asks", "data", "page"), PAGES)
@pytest.mark.parametrize("known", [True, False])
def test_a_code_lives_from_the_moment_its_mail_is_sent(
    alice: Person, asks: str, data: dict[str, str], page: str, known: bool
) -> None:
    """Whether or not the address has an account; it is mailed something in either case."""
    address = {"email": data["email"]} if known == (asks != "account_signup") else {}
    other = {"email": "alice@example.org" if asks == "account_signup" else "nobody@example.org"}
    browser = Client()
    with at(0):
        post(browser, asks, **data | (address or other))
    with at(40):
        assert not has_expired(browser, page)  # the mail server has not taken it yet
    with at(41):
        send(41)
        assert not has_expired(browser, page)
    with at(55.5):
        assert not has_expired(browser, page)
    with at(56.5):
        assert has_expired(browser, page)


@pytest.mark.django_db
def test_a_late_code_signs_in(known: Person) -> None:
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=known.user.email)
    with at(40):
        code = send(40)
    with at(54):
        answer = post(browser, "account_confirm_login_code", code=code)

        assert answer["Location"] == reverse("home")
        assert browser.get(reverse("home")).status_code == 200


@pytest.mark.django_db
def test_a_late_code_finishes_a_sign_up() -> None:
    browser = Client()
    with at(0):
        post(browser, "account_signup", **ADA)
    with at(40):
        code = send(40)
    with at(54):
        answer = post(browser, "account_email_verification_sent", code=code)

        assert answer["Location"] == reverse("consent")


@pytest.mark.django_db
def test_a_late_code_allows_no_more_tries(known: Person) -> None:
    """Its time moves, and the tries are counted by it."""
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=known.user.email)
    for minutes in (10, 20, 30):
        with at(minutes):
            post(browser, "account_confirm_login_code", code="000000")
    code = CODE.search(Letter.objects.get().body)
    assert code
    with at(31):
        post(browser, "account_confirm_login_code", code=code[0])

        assert browser.get(reverse("account")).status_code == 302


@pytest.mark.django_db
def test_a_code_is_the_same_one_after_its_time_has_moved(known: Person) -> None:
    """Tries are counted for each code, also those of requests at the same time."""
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=known.user.email)
    asked = code_times.asked_at(browser.session[LOGIN_SESSION_KEY])
    with at(40):
        send(40)
        browser.get(reverse("account_confirm_login_code"))

    pending = browser.session[LOGIN_SESSION_KEY]
    assert pending["initiated_at"] > asked + 60
    assert code_times.asked_at(pending) == asked


@pytest.mark.django_db
def test_a_code_that_was_replaced_is_not_sent_any_more(known: Person) -> None:
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=known.user.email)
        (first,) = Letter.objects.all()
    with at(2):
        browser.get(reverse("account_login"))
        post(browser, "account_request_login_code", email=known.user.email)

    (second,) = Letter.objects.all()
    assert second.pk != first.pk
    with at(3):
        post(browser, "account_confirm_login_code", code=send(3))
        assert browser.get(reverse("home")).status_code == 200


@pytest.mark.django_db
def test_a_code_that_is_mailed_again_at_sign_up_is_the_same_and_lives_longer() -> None:
    browser = Client()
    with at(0):
        post(browser, "account_signup", **ADA)
        first = Letter.objects.get()
    with at(10):
        post(browser, "account_email_verification_sent", action="resend")
        (second,) = Letter.objects.all()
        assert second.pk != first.pk
        assert second.body == first.body
        code = send(10)
    with at(24):
        answer = post(browser, "account_email_verification_sent", code=code)

        assert answer["Location"] == reverse("consent")


@pytest.mark.django_db
def test_a_code_to_show_who_one_is_lives_as_long(alice: Person) -> None:
    with at(0):
        alice.client.force_login(alice.user)
        post(alice.client, "account-still-you-mail")
        first = Letter.objects.get().pk
        post(alice.client, "account-still-you-mail")
        assert Letter.objects.get().pk != first
    with at(20):
        code = send(20)
    with at(29):
        assert post(alice.client, "account-still-you-code", code=code).status_code == 302


@pytest.mark.django_db
def test_a_code_that_is_typed_while_its_letter_is_being_deleted_works(known: Person) -> None:
    """It came to the mailbox a moment before the worker wrote down that it was sent."""
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=known.user.email)
    looks: list[str] = []

    def look(execute: Any, sql: str, *more: Any) -> Any:
        found = execute(sql, *more)
        if "letter" in sql and not looks:
            looks.append(sql)
            send(40)
        return found

    with at(40), connection.execute_wrapper(look):
        assert not has_expired(browser, "account_confirm_login_code")
    assert looks


@pytest.mark.django_db
def test_a_mail_that_is_sent_at_once_changes_nothing_in_the_session(alice: Person) -> None:
    browser = Client()
    with at(0):
        post(browser, "account_request_login_code", email=alice.user.email)
        send(0.1)
        before = dict(browser.session.items())
        browser.get(reverse("account_confirm_login_code"))

        assert dict(browser.session.items()) == before


def test_the_clock_has_all_that_allauth_takes_from_it() -> None:
    for module in allauth_internals.MODULES_WITH_CLOCK:
        taken = set(re.findall(r"\btime\.(\w+)\(", inspect.getsource(module)))
        assert taken <= set(vars(clock)), module
