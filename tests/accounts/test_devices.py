"""Open sessions are listed, notified about and ended, without storing network addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import devices, maintenance
from accounts.models import User
from tests.accounts.test_reauthentication import SECRET, with_an_app
from tests.accounts.test_signing_in import ADA, app_code, is_signed_in, mailed_code, post
from tests.conftest import PASSWORD, Person, shows_mailbox, shows_second_step

COOKIE = settings.KNOWN_BROWSER_COOKIE_NAME
PHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/140 Safari/6"}


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice, whose address is confirmed."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    return alice


def sign_in(who: Person, browser: Client | None = None, password: str = PASSWORD) -> Client:
    browser = browser or Client()
    post(browser, "account_login", login=who.user.email, password=password)
    return browser


def notices() -> int:
    return sum(message.subject == "A new sign-in" for message in mail.outbox)


@pytest.mark.once
@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (PHONE["user-agent"], "Chrome, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/19 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko Firefox/140", "Firefox, Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_a_person_would(user_agent: str, expected: str) -> None:
    assert devices.browser_name(user_agent) == expected


def test_no_network_address_or_user_agent_is_stored(known: Person) -> None:
    sign_in(known, Client(headers=PHONE, REMOTE_ADDR="192.0.2.7"))

    row = UserSession.objects.get()
    assert (row.ip, row.user_agent, row.data) == (devices.NO_ADDRESS, "Chrome, iPhone", {})
    held = str([session.get_decoded() for session in Session.objects.all()])
    assert "192.0.2.7" not in held
    assert "CriOS" not in held


def test_the_list_shows_this_browser_and_the_others(known: Person) -> None:
    there, here = sign_in(known, Client(headers=PHONE)), sign_in(known)

    page = here.get(reverse("account-sessions")).text

    assert "Chrome, iPhone" in page
    assert page.count("This device.") == 1
    assert page.count("Signed in") == 2
    assert "127.0.0.1" not in page
    assert is_signed_in(there)


@pytest.mark.read_committed("count what one try does")
@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_list_of_any_length_costs_the_same(known: Person, number: int) -> None:
    here = sign_in(known)
    for _ in range(number - 1):
        cache.clear()
        sign_in(known)
    here.get(reverse("home"))

    with CaptureQueriesContext(connection) as seen:
        page = here.get(reverse("account-sessions")).text

    assert page.count("Signed in") == number
    assert len(seen) == 4  # the session, the person, the rows and their sessions


def test_ended_sessions_are_not_on_the_list(known: Person, bob: Person) -> None:
    here, out, idle = sign_in(known), sign_in(known), sign_in(known)
    post(out, "account_logout")
    idle.get(reverse("home"))
    session = idle.session
    session[devices.LAST_USED_AT] -= settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds() + 1
    session.save()

    assert here.get(reverse("account-sessions")).text.count("Signed in") == 1


def test_signing_out_elsewhere_ends_all_other_sessions_at_once(known: Person) -> None:
    here, there = sign_in(known), sign_in(known)
    unlisted = Client()
    unlisted.force_login(known.user)
    UserSession.objects.filter(session_key=unlisted.session.session_key).delete()
    assert is_signed_in(there)
    assert is_signed_in(unlisted)

    post(here, "account-sessions-end")

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not is_signed_in(unlisted)
    assert "You aren’t signed in anywhere else." in here.get(reverse("account-sessions")).text


def test_signing_out_elsewhere_ends_nobody_elses_sessions(known: Person, charlie: Person) -> None:
    here = sign_in(known)

    post(here, "account-sessions-end")

    assert is_signed_in(charlie.client)


def change_password(who: Person, here: Client) -> None:
    new = "quite another password"
    post(here, "account_change_password", oldpassword=PASSWORD, password1=new, password2=new)


def change_address(who: Person, here: Client) -> None:
    shows_mailbox(here)
    post(here, "account_email", action_add="", email="alice@example.net")
    post(here, "account_email_verification_sent", code=mailed_code())


def add_app(who: Person, here: Client) -> None:
    secret = here.get(reverse("mfa_activate_totp")).context["form"].secret
    post(here, "mfa_activate_totp", code=app_code(secret))


def remove_app(who: Person, here: Client) -> None:
    with_an_app(who)
    shows_second_step(here, who)
    post(here, "mfa_deactivate_totp")


def new_recovery_codes(who: Person, here: Client) -> None:
    with_an_app(who)
    shows_second_step(here, who)
    post(here, "mfa_generate_recovery_codes")


@pytest.mark.django_db(transaction=True)  # allauth mails some of these on commit
@pytest.mark.parametrize(
    "change", [change_password, change_address, add_app, remove_app, new_recovery_codes]
)
def test_every_change_of_credentials_ends_all_other_sessions(
    known: Person, change: Callable[[Person, Client], None]
) -> None:
    here, there = sign_in(known), sign_in(known)
    unlisted = Client()
    unlisted.force_login(known.user)
    assert is_signed_in(there)
    assert is_signed_in(unlisted)

    change(known, here)

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not is_signed_in(unlisted)
    assert [session.is_this_one for session in browsers_of(here)] == [True]


def browsers_of(browser: Client) -> list[devices.OpenSession]:
    answer = browser.get(reverse("account-sessions"))
    sessions: list[devices.OpenSession] = answer.context["sessions"]
    return sessions


def test_a_password_chosen_by_mailed_code_ends_every_session(known: Person) -> None:
    there = sign_in(known)
    browser = Client()
    new = "quite another password"
    post(browser, "account_reset_password", email=known.user.email)
    post(browser, "account_confirm_password_reset_code", code=mailed_code())
    post(browser, "account_complete_password_reset", password1=new, password2=new)

    assert not is_signed_in(there)
    assert not UserSession.objects.filter(user=known.user).exists()


def test_an_ended_session_written_back_by_a_late_request_is_refused(known: Person) -> None:
    """A running request saves its session after the session was ended."""
    here, there = sign_in(known), sign_in(known)
    late = Session.objects.get(session_key=there.session.session_key)
    post(here, "account-sessions-end")
    late.save(force_insert=True)

    assert not is_signed_in(there)


def test_a_new_browser_is_notified_about_once(known: Person) -> None:
    browser = sign_in(known)
    assert notices() == 1
    assert mail.outbox[-1].to == [known.user.email]

    for _ in range(2):
        post(browser, "account_logout")
        sign_in(known, browser)
    assert notices() == 1

    sign_in(known)
    assert notices() == 2


@pytest.mark.django_db
def test_signing_up_sends_no_notice_and_makes_the_browser_known() -> None:
    browser = Client()
    post(browser, "account_signup", **ADA)
    post(browser, "account_email_verification_sent", code=mailed_code())
    post(browser, "account_logout")
    post(browser, "account_request_login_code", email=ADA["email"])
    post(browser, "account_confirm_login_code", code=mailed_code())

    assert is_signed_in(browser)
    assert notices() == 0


def test_stopping_at_the_second_step_does_not_count_as_a_sign_in(known: Person) -> None:
    with_an_app(known)
    browser = sign_in(known)
    assert notices() == 0
    assert COOKIE not in browser.cookies

    post(browser, "mfa_authenticate", code=app_code(SECRET))

    assert notices() == 1
    assert COOKIE in browser.cookies


def test_a_browser_is_known_per_account(known: Person, charlie: Person) -> None:
    EmailAddress.objects.create(
        user=charlie.user, email=charlie.user.email, verified=True, primary=True
    )
    browser = sign_in(known)
    post(browser, "account_logout")
    sign_in(charlie, browser)
    assert notices() == 2

    for who in (known, charlie):
        post(browser, "account_logout")
        sign_in(who, browser)
    assert notices() == 2


def test_signing_out_elsewhere_forgets_the_other_browsers(known: Person) -> None:
    here, there = sign_in(known), sign_in(known)
    post(here, "account-sessions-end")
    before = notices()

    post(here, "account_logout")
    sign_in(known, here)
    assert notices() == before
    sign_in(known, there)
    assert notices() == before + 1


def test_the_cookie_reveals_nothing_and_cannot_be_forged(known: Person) -> None:
    browser = sign_in(known)
    cookie = browser.cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == timedelta(days=365).total_seconds()
    for identifier in (known.user.email, str(known.user.pk), known.user.pk.hex, "Alice"):
        assert identifier not in cookie.value
    lock = User.objects.get(pk=known.user.pk).lock.hex
    for made_up in (lock, f'["{lock}"]', cookie.value[:-1], "x" * 9000):
        forger = Client()
        forger.cookies[COOKIE] = made_up
        before = notices()
        sign_in(known, forger)
        cache.clear()
        assert notices() == before + 1


def test_the_cookie_is_not_set_without_signing_in(known: Person) -> None:
    browser = Client()
    for name in ("landing", "account_login", "account_signup", "help"):
        browser.get(reverse(name))

    assert COOKIE not in browser.cookies


def test_rows_of_ended_sessions_are_deleted(known: Person) -> None:
    browser = sign_in(known)
    Session.objects.filter(session_key=browser.session.session_key).delete()
    here = sign_in(known)

    maintenance.delete_expired()

    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]


def test_each_round_looks_at_a_batch_and_several_go_through_all(
    known: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "BATCH_SIZE", 2)
    for number in range(5):  # their sessions are gone
        UserSession.objects.create(user=known.user, session_key=f"{number}", ip=devices.NO_ADDRESS)

    counts, after = [], 0
    for _ in range(3):
        after = devices.delete_ended(after)
        counts.append(UserSession.objects.count())

    assert counts == [3, 1, 0]
    assert after == 0  # the next round begins again


def test_expired_sessions_go_with_their_rows(known: Person) -> None:
    browser, here = sign_in(known), sign_in(known)
    expired = Session.objects.filter(session_key=browser.session.session_key)
    expired.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert devices.delete_expired() == 1

    assert not expired.exists()
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]


@pytest.mark.django_db(transaction=True)
def test_every_way_to_sign_in_starts_a_new_session(known: Person) -> None:
    with_an_app(known)
    for way in ("password", "code"):
        browser = Client()
        browser.get(reverse("account_login"))
        browser.session["planted"] = "by someone else"
        before = browser.session.session_key
        if way == "password":
            sign_in(known, browser)
        else:
            post(browser, "account_request_login_code", email=known.user.email)
            post(browser, "account_confirm_login_code", code=mailed_code())
        shows_to = browser.session.session_key
        cache.clear()
        with time_machine.travel(timezone.now() + timedelta(minutes=way == "code"), tick=False):
            post(browser, "mfa_authenticate", code=app_code(SECRET))
            assert is_signed_in(browser)

        assert browser.session.session_key not in (before, shows_to)
        Authenticator.objects.update(last_used_at=None)
        assert browser.get(reverse("home")).status_code == HTTPStatus.OK
