"""Guessing is limited to a few tries, from any address, in all processes together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from config.settings import CACHES  # as in production, unlike other tests
from tests.accounts.test_reauthentication import SECRET, with_an_app
from tests.accounts.test_signing_in import app_code, mailed_code, post
from tests.conftest import PASSWORD, Person
from tests.support.lives import sure_of

TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice with a password and an app."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    with_an_app(alice)
    return alice


def at_the_second_step(who: Person, browser: Client | None = None) -> Client:
    browser = browser or Client()
    post(browser, "account_login", login=who.user.email, password=PASSWORD)
    return browser


def guess_password(who: Person, browser: Client) -> bool:
    answer = post(browser, "account_login", login=who.user.email, password="a wrong guess")
    return bool(answer.status_code != TOO_MANY and "a lot of tries" not in answer.text)


def guess_second_step(who: Person, browser: Client) -> bool:
    answer = post(browser, "mfa_authenticate", code="000000")
    return bool("a lot of tries" not in answer.text)


def guess_again(who: Person, browser: Client) -> bool:
    answer = post(who.client, "mfa_reauthenticate", code="000000")
    return bool(answer.status_code != TOO_MANY and "a lot of tries" not in answer.text)


def guess_mailed_code(who: Person, browser: Client) -> bool:
    return bool(post(who.client, "account-still-you-code", code="AAAA").status_code != TOO_MANY)


def ask_for_code(who: Person, browser: Client) -> bool:
    answer = post(Client(), "account_request_login_code", email="nobody@example.org")
    return bool(answer.status_code == HTTPStatus.FOUND)


def ask_for_reset(who: Person, browser: Client) -> bool:
    answer = post(browser, "account_reset_password", email="nobody@example.org")
    return bool(answer.status_code == HTTPStatus.FOUND)


def mail_again(who: Person, browser: Client) -> bool:
    return bool(post(who.client, "account-still-you-mail").status_code == HTTPStatus.FOUND)


def sign_up(who: Person, browser: Client) -> bool:
    return bool(post(browser, "account_signup", first_name="").status_code != TOO_MANY)


def use_passkey(who: Person, browser: Client) -> bool:
    return bool(post(browser, "mfa_login_webauthn", credential="{}").status_code != TOO_MANY)


def change_password(who: Person, browser: Client) -> bool:
    sure_of(who)
    return bool(
        post(who.client, "account_change_password", oldpassword="x").status_code != TOO_MANY
    )


type Guess = Callable[[Person, Client], bool]

GUESSES: list[tuple[Guess, int]] = [
    (guess_password, 5),
    (guess_second_step, 5),
    (guess_again, 5),
    (guess_mailed_code, 10),
    (ask_for_code, 3),
    (ask_for_reset, 3),
    (mail_again, 3),
    (sign_up, 20),
    (use_passkey, 10),
    (change_password, 5),
]


def how_many(guess: Guess, who: Person, browser: Client) -> int:
    """How many requests are accepted, of more than any limit allows."""
    return sum(guess(who, browser) for _ in range(25))


@pytest.mark.parametrize(("guess", "allowed"), GUESSES)
def test_after_a_few_guesses_there_are_no_more(known: Person, guess: Guess, allowed: int) -> None:
    browser = at_the_second_step(known) if guess is guess_second_step else Client()
    cache.clear()

    assert how_many(guess, known, browser) == allowed


def test_a_new_browser_does_not_reset_the_limit(known: Person) -> None:
    """Tries of the second step and the password are counted per account, not per visitor."""
    browsers = [at_the_second_step(known) for _ in range(4)]
    cache.clear()

    assert sum(guess_password(known, Client()) for _ in range(9)) == 5
    cache.clear()
    assert sum(guess_second_step(known, browser) for browser in browsers * 2) == 5


def test_the_right_code_after_too_many_wrong_ones_is_refused(known: Person) -> None:
    browser = at_the_second_step(known)
    for _ in range(5):
        guess_second_step(known, browser)

    post(browser, "mfa_authenticate", code=app_code(SECRET))

    assert browser.get(reverse("home")).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("ask", "page", "data"),
    [
        (
            "account_signup",
            "account_email_verification_sent",
            {"first_name": "Ada", "email": "ada@example.org", "adult": "on"},
        ),
        (
            "account_request_login_code",
            "account_confirm_login_code",
            {"email": "alice@example.org"},
        ),
        (
            "account_reset_password",
            "account_confirm_password_reset_code",
            {"email": "alice@example.org"},
        ),
        ("account-still-you-mail", "account-still-you-code", {}),
    ],
)
def test_a_code_allows_three_tries_also_at_the_same_time(
    known: Person, ask: str, page: str, data: dict[str, str]
) -> None:
    """A request that began before a wrong try saves the session as it was before that try."""
    browser = Client() if data else known.client
    post(browser, ask, **data)
    right = mailed_code()
    wrong = "000000" if right != "000000" else "111111"
    before = dict(browser.session)
    for _ in range(3):
        post(browser, page, code=wrong)
        session = browser.session
        session.update(before)
        session.save()

    assert browser.get(reverse(page).removesuffix("code/")).status_code == HTTPStatus.OK
    answer = post(browser, page, code=right)

    assert answer.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("ask", [ask_for_code, ask_for_reset])
def test_codes_of_six_digits_are_few_in_a_day(known: Person, ask: Guess) -> None:
    """Each code allows three tries, so thirty codes are at most ninety guesses in a million."""
    cache.clear()
    allowed = 0
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC), tick=False) as clock:
        for _ in range(24 * 8):
            allowed += ask(known, Client())
            clock.shift(timedelta(minutes=7))

    assert allowed == 30


@pytest.mark.turns(2)
@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.django_db
def test_a_forged_network_address_resets_no_limit(proxies: int) -> None:
    """Without a proxy visitors write the header themselves; behind one, the proxy's part counts."""
    seen_by_proxy = ", 192.0.2.7" if proxies else ""
    let_through = 0
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        for number in range(25):
            made_up = {"X-Forwarded-For": f"198.51.100.{number}{seen_by_proxy}"}
            answer = Client(headers=made_up).post(reverse("account_signup"), {"first_name": ""})
            let_through += answer.status_code != TOO_MANY

    assert let_through == 20


@pytest.mark.turns(2)
@pytest.mark.django_db
def test_behind_a_proxy_each_visitor_has_their_own_limit() -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        for visitor in ("192.0.2.7", "192.0.2.8"):
            headers = {"X-Forwarded-For": visitor}
            assert how_many(sign_up, None, Client(headers=headers)) == 20  # type: ignore[arg-type]


@pytest.mark.django_db
def test_every_process_counts_in_the_same_place(known: Person) -> None:
    """In production limits are in a table, so a new process knows them."""
    assert CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    with override_settings(CACHES=CACHES):
        call_command("createcachetable")
        assert how_many(guess_password, known, Client()) == 5
        del caches["default"]  # like a new process, with empty memory

        assert not guess_password(known, Client())


def test_no_limit_is_left_out() -> None:
    """allauth removes a limit that is set to nothing."""
    from allauth.account import app_settings

    assert all(app_settings.RATE_LIMITS.values())
    assert settings.ACCOUNT_RATE_LIMITS
