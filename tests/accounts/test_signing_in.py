"""Signing up, signing in, recovering access, and keeping others out."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from unittest import mock

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.auth_forms import ChangedPasswordForm
from accounts.enumeration import ENTRANCES
from accounts.models import User
from tests.conftest import PASSWORD, Person, shows_mailbox

ADA = {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}
CODE = re.compile(r"^[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*$", re.MULTILINE)


def post(client: Client, name: str, **data: object) -> Any:
    return client.post(reverse(name), data)


def letter() -> EmailMessage:
    return mail.outbox[-1]


def mailed_code() -> str:
    found = CODE.search(str(letter().body))
    assert found, letter().body
    return str(found[0])


def app_code(secret: str) -> str:
    """What the app on the phone shows now; what it shows next, if that comes in a moment."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left)
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == HTTPStatus.OK


def shown_error(page: str, field: str) -> str:
    """The error of one field, found the way a screen reader finds it."""
    control = re.search(rf'<input[^>]*name="{field}"[^>]*>', page)
    assert control
    assert 'aria-invalid="true"' in control[0]
    described = re.search(r'aria-describedby="([^"]+)"', control[0])
    assert described
    lines = [
        re.search(rf'<p class="error"\s+id="{i}">(.*?)</p>', page) for i in described[1].split()
    ]
    return " ".join(line[1] for line in lines if line)


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice, whose address is confirmed."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    return alice


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def signed_in(known: Person) -> Client:
    """A browser in which Alice has signed in and reauthenticated."""
    client = Client()
    post(client, "account_login", login=known.user.email, password=PASSWORD)
    post(client, "account_reauthenticate", password=PASSWORD)
    return client


@pytest.mark.django_db
def test_people_sign_up_with_a_mailed_code_and_no_password(browser: Client) -> None:
    post(browser, "account_signup", **ADA, password1=PASSWORD)  # there is no such field
    assert not is_signed_in(browser)
    assert re.fullmatch("[0-9]{6}", mailed_code())

    post(browser, "account_email_verification_sent", code=mailed_code())

    assert is_signed_in(browser)
    ada = User.objects.get(email="ada@example.org")
    assert ada.first_name == "Ada"
    assert ada.said_adult_at
    assert not ada.has_usable_password()


def another_address(page: str) -> str:
    """Where the link leads that is in sight on a page for a code."""
    in_sight = page.partition("<details")[0]
    link = re.search(r'<a class="tall" href="([^"]+)">Use another address</a>', in_sight)
    assert link
    return link[1].strip()


def filled_in(page: str) -> list[str]:
    """What stands in the form for signing up: its values, and the names of what is ticked."""
    form = page.partition(f'action="{reverse("account_signup")}"')[2].partition("</form>")[0]
    fields = re.findall(r'<input type="(?:text|email|checkbox)"[^>]*>', form)
    values = [match[1] for field in fields for match in re.finditer(' value="([^"]*)"', field)]
    ticked = [
        match[1]
        for field in fields
        for match in re.finditer('name="([^"]*)".* checked', field, re.DOTALL)
    ]
    return values + ticked


@pytest.mark.parametrize("cancels", [False, True])
@pytest.mark.django_db
def test_who_mistyped_their_address_finds_the_form_as_they_filled_it_in(
    browser: Client, cancels: bool
) -> None:
    post(browser, "account_signup", **ADA | {"email": "adda@example.org"})
    page = browser.get(reverse("account_email_verification_sent")).text
    assert "adda@example.org" in page
    begin = another_address(page)
    if cancels:
        stop = re.search(r'id="logout-from-stage".*?name="next" value="([^"]+)"', page, re.DOTALL)
        assert stop
        begin = post(browser, "account_logout", next=stop[1]).url

    assert begin == reverse("account_signup")
    assert filled_in(browser.get(begin).text) == ["Ada", "adda@example.org", "adult"]
    post(browser, "account_signup", **ADA)
    post(browser, "account_email_verification_sent", code=mailed_code())

    assert is_signed_in(browser)
    assert not {"typed", "typed_at"} & set(browser.session.keys())


@pytest.mark.django_db
def test_what_was_typed_at_sign_up_is_not_shown_to_who_comes_much_later(browser: Client) -> None:
    post(browser, "account_signup", **ADA)
    begin = reverse("account_signup")
    assert filled_in(browser.get(begin).text) == ["Ada", "ada@example.org", "adult"]

    with time_machine.travel(timezone.now() + settings.SIGNED_OUT_WHEN_IDLE_FOR, tick=False):
        assert filled_in(browser.get(begin).text) == []


def test_after_cancelling_a_known_and_an_unknown_address_are_alike(known: Person) -> None:
    """The page for the code would show for one of them and not for the other."""
    answers = []
    for email in (known.user.email, "nobody@example.org"):
        browser = Client()
        post(browser, "account_signup", **ADA | {"email": email})
        assert browser.get(reverse("account_email_verification_sent")).status_code == 200
        post(browser, "account_logout", next=reverse("account_signup"))
        answer = browser.get(reverse("account_email_verification_sent"))
        answers.append((answer.status_code, answer.headers.get("Location")))

    assert answers == [(302, reverse("account_login"))] * 2


@pytest.mark.parametrize("page", ["account_login", "account_request_login_code", "account_signup"])
def test_a_page_to_sign_in_or_up_opens_while_a_code_is_pending(known: Person, page: str) -> None:
    for email in (known.user.email, "nobody@example.org"):
        browser = Client()
        for asks, fields in (
            ("account_request_login_code", {"email": email}),
            ("account_signup", ADA | {"email": email}),
        ):
            cache.clear()
            code_page = post(browser, asks, **fields).url
            assert browser.get(reverse(page)).status_code == 200
            assert browser.get(code_page).status_code == 200  # the code works all the same


@pytest.mark.parametrize("page", ENTRANCES)
@pytest.mark.parametrize("sent_to", ["account_request_login_code", "account_signup"])
def test_such_a_page_takes_the_same_work_for_a_known_and_an_unknown_address(
    known: Person, page: str, sent_to: str
) -> None:
    work = []
    for email in (known.user.email, "nobody@example.org"):
        browser = Client()
        cache.clear()
        sent = post(browser, sent_to, **ADA | {"email": email})
        assert sent.status_code == HTTPStatus.FOUND
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(reverse(page))
        work.append((answer.status_code, answer.headers.get("Location"), len(queries)))

    assert work[0] == work[1]


def test_who_signs_in_can_use_another_address(known: Person, browser: Client) -> None:
    code_page = post(browser, "account_request_login_code", email="nobody@example.org").url
    page = browser.get(f"{code_page}?next=/decks/essentials/").text
    assert another_address(page) == f"{reverse('account_login')}?next=/decks/essentials/"
    assert browser.get(another_address(page)).status_code == 200

    post(browser, "account_request_login_code", email=known.user.email)
    post(browser, "account_confirm_login_code", code=mailed_code())

    assert is_signed_in(browser)


@pytest.mark.django_db
def test_people_sign_in_by_mailed_code(browser: Client) -> None:
    post(browser, "account_signup", **ADA)
    post(browser, "account_email_verification_sent", code=mailed_code())
    post(browser, "account_logout")
    assert not is_signed_in(browser)

    post(browser, "account_request_login_code", email="ada@example.org")
    post(browser, "account_confirm_login_code", code=mailed_code())

    assert is_signed_in(browser)
    assert not User.objects.get(email="ada@example.org").has_usable_password()


@pytest.mark.django_db
def test_signing_up_leads_back_to_where_one_was_going(browser: Client) -> None:
    post(browser, "account_signup", **ADA, next="/account/")

    answer = post(browser, "account_email_verification_sent", code=mailed_code())

    assert answer.url == "/account/"


@pytest.mark.django_db
def test_an_address_that_is_taken_meanwhile_is_like_one_that_was_before(browser: Client) -> None:
    user = User.objects.create_user(ADA["email"], first_name="Ada")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    looked_up = "allauth.account.internal.flows.manage_email.email_already_exists"
    with mock.patch(looked_up, return_value=(ADA["email"], False)):
        answer = post(browser, "account_signup", **ADA)

    assert answer.url == reverse("account_email_verification_sent")
    assert not is_signed_in(browser)
    assert "You have one already" in str(mail.outbox[-1].body)


@pytest.mark.django_db
def test_asking_again_mails_the_same_code_because_the_first_may_still_come(browser: Client) -> None:
    post(browser, "account_signup", **ADA)
    first = mailed_code()
    cache.clear()

    post(browser, "account_email_verification_sent", action="resend")

    assert len(mail.outbox) == 2
    assert mailed_code() == first
    post(browser, "account_email_verification_sent", code=first)
    assert is_signed_in(browser)


@pytest.mark.django_db
def test_asking_again_before_a_code_was_mailed_mails_one(browser: Client) -> None:
    answer = post(browser, "account_signup", **ADA, action="resend")

    assert answer.url == reverse("account_email_verification_sent")
    assert re.fullmatch("[0-9]{6}", mailed_code())


@pytest.mark.parametrize("known_before", [False, True])
@pytest.mark.parametrize(
    ("asks", "data", "shows", "asked_on"),
    [
        ("account_signup", ADA, "account_email_verification_sent", "account_request_login_code"),
        ("account_request_login_code", ADA, "account_confirm_login_code", None),
        ("account_reset_password", ADA, "account_confirm_password_reset_code", None),
    ],
)
@pytest.mark.django_db
def test_a_code_that_has_run_out_leads_to_a_new_one(
    browser: Client,
    asks: str,
    data: dict[str, str],
    shows: str,
    asked_on: str | None,
    known_before: bool,
) -> None:
    if known_before:
        user = User.objects.create_user(ADA["email"], first_name="Ada")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    post(browser, asks, **data)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        answer = browser.post(reverse(shows), {"code": "123456", "next": "/account/"})
        page = browser.get(answer["Location"]).text

    assert answer["Location"] == f"{reverse(asked_on or asks)}?next=%2Faccount%2F"
    assert "That code has run out. Ask for a new one here." in page


@pytest.mark.django_db
def test_a_wrong_code_lets_nobody_in(browser: Client) -> None:
    post(browser, "account_signup", **ADA)

    page = post(browser, "account_email_verification_sent", code="AAAAAA").text

    assert "That code isn’t right" in shown_error(page, "code")
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("first_name", "Please type a first name. Any name you go by is fine."),
        ("adult", "Common Ground is for adults. Please tick the box if you are 18 or older."),
        ("email", "Please type your e-mail address."),
    ],
)
@pytest.mark.django_db
def test_a_missing_value_is_reported_next_to_its_field(
    browser: Client, field: str, message: str
) -> None:
    answer = post(browser, "account_signup", **{**ADA, field: ""})

    assert shown_error(answer.text, field) == message
    assert not User.objects.exists()


@pytest.mark.parametrize("language", ["en", "de"])
def test_passwords_that_differ_are_named_in_our_words_whatever_the_language(
    signed_in: Client, language: str
) -> None:
    """allauth has this sentence in its code, in German too; ours has no translation yet."""
    sent = {"oldpassword": PASSWORD, "password1": "a new long password", "password2": "another one"}
    with translation.override(language):
        form = ChangedPasswordForm(data=sent, user=User.objects.get())

        assert form.errors["password2"] == ["The two don’t match. Please type both again."]


def test_a_short_password_is_refused_next_to_its_field(signed_in: Client) -> None:
    new = {"password1": "short", "password2": "short"}
    answer = post(signed_in, "account_change_password", oldpassword=PASSWORD, **new)

    assert "needs 10 characters or more" in shown_error(answer.text, "password1")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("account_signup", {"first_name": ""}),
        ("account_login", {"login": "ada@example.org", "password": "wrong"}),
        ("account_request_login_code", {"email": "no address"}),
        ("account_reset_password", {"email": "no address"}),
    ],
)
@pytest.mark.django_db
def test_a_form_with_a_mistake_is_a_bad_request(
    browser: Client, name: str, data: dict[str, str]
) -> None:
    assert browser.get(reverse(name)).status_code == HTTPStatus.OK

    assert post(browser, name, **data).status_code == HTTPStatus.BAD_REQUEST


def test_a_wrong_code_is_a_bad_request(known: Person, browser: Client) -> None:
    post(browser, "account_request_login_code", email=known.user.email)

    answer = post(browser, "account_confirm_login_code", code="AAAAAA")

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "That code isn’t right" in shown_error(answer.text, "code")


def test_a_change_with_a_mistake_is_a_bad_request(signed_in: Client) -> None:
    shows_mailbox(signed_in)
    for name in ("account_email", "account_change_password", "mfa_activate_totp"):
        assert post(signed_in, name, action_add="").status_code == HTTPStatus.BAD_REQUEST


def test_signing_up_again_is_revealed_only_to_the_mailbox(known: Person, browser: Client) -> None:
    stranger = post(browser, "account_signup", **ADA)
    again = post(Client(), "account_signup", **{**ADA, "email": known.user.email})

    assert (again.status_code, again.url) == (stranger.status_code, stranger.url)
    assert letter().to == [known.user.email]
    assert letter().subject == "You have an account already"
    assert User.objects.filter(email=known.user.email).count() == 1


def test_signing_up_with_somebody_elses_address_gives_no_access_later(
    browser: Client, db: None
) -> None:
    """An attacker signs up with a password, and waits for the owner to confirm the address."""
    theirs = {"email": "dana@example.org", "first_name": "D", "adult": "on"}
    post(Client(), "account_signup", **theirs)
    dana = User.objects.get(email="dana@example.org")
    dana.set_password(PASSWORD)  # as sign-up allowed once
    dana.save()
    cache.clear()
    post(browser, "account_request_login_code", email="dana@example.org")
    home = browser.post(reverse("account_confirm_login_code"), {"code": mailed_code()}, follow=True)
    assert is_signed_in(browser)
    assert "so it opens nothing." in home.text

    other = Client()
    post(other, "account_login", login="dana@example.org", password=PASSWORD)

    assert not is_signed_in(other)
    assert not User.objects.get().has_usable_password()


def test_a_password_that_was_used_before_survives_a_sign_in_by_code(
    known: Person, browser: Client
) -> None:
    post(browser, "account_request_login_code", email=known.user.email)
    post(browser, "account_confirm_login_code", code=mailed_code())

    assert is_signed_in(browser)
    assert User.objects.get(pk=known.user.pk).check_password(PASSWORD)


def test_requesting_a_code_does_not_reveal_who_has_an_account(known: Person) -> None:
    there, nowhere = Client(), Client()

    known_answer = post(there, "account_request_login_code", email=known.user.email)
    unknown_answer = post(nowhere, "account_request_login_code", email="nobody@example.org")

    assert (known_answer.status_code, known_answer.url) == (
        unknown_answer.status_code,
        unknown_answer.url,
    )
    assert letter().subject == "No code for this address"


def test_a_forgotten_password_is_replaced_by_mailed_code(known: Person, browser: Client) -> None:
    post(browser, "account_reset_password", email=known.user.email)
    post(browser, "account_confirm_password_reset_code", code=mailed_code())
    page = browser.get(reverse("account_complete_password_reset")).text
    assert "Choose a new password" in page
    new = "quite another password"
    post(browser, "account_complete_password_reset", password1=new, password2=new)

    fresh = Client()
    post(fresh, "account_login", login=known.user.email, password=new)

    assert is_signed_in(fresh)
    assert "Your password was changed" in {message.subject for message in mail.outbox}


def test_the_address_changes_once_the_code_is_entered(known: Person, signed_in: Client) -> None:
    shows_mailbox(signed_in)
    post(signed_in, "account_email", action_add="", email="alice@example.net")
    known.user.refresh_from_db()
    assert known.user.email == "alice@example.org"
    assert letter().to == ["alice@example.net"]

    post(signed_in, "account_email_verification_sent", code=mailed_code())

    known.user.refresh_from_db()
    assert known.user.email == "alice@example.net"
    recipients = [
        message.to for message in mail.outbox if message.subject == "Your address was changed"
    ]
    assert recipients == [["alice@example.org"]]


def test_a_change_of_credentials_needs_reauthentication(known: Person) -> None:
    client = Client()
    client.force_login(known.user)  # which may have been a while ago

    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))
    answer = post(client, "account_email", action_add="", email="alice@example.net")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not mail.outbox


def test_a_second_step_by_app_is_asked_for_from_then_on(known: Person, signed_in: Client) -> None:
    secret = signed_in.get(reverse("mfa_activate_totp")).context["form"].secret
    post(signed_in, "mfa_activate_totp", code=app_code(secret))

    client = Client()
    post(client, "account_login", login=known.user.email, password=PASSWORD)
    assert not is_signed_in(client)
    page = client.get(reverse("mfa_authenticate")).text
    assert "One more step" in page
    post(client, "mfa_authenticate", code="000000")
    assert not is_signed_in(client)
    post(client, "mfa_authenticate", code=app_code(secret))

    assert is_signed_in(client)


def test_a_wrong_code_from_the_app_is_refused_in_kind_words(signed_in: Client) -> None:
    signed_in.get(reverse("mfa_activate_totp"))

    page = post(signed_in, "mfa_activate_totp", code="0").text

    assert "That code isn’t right. Codes change often" in shown_error(page, "code")


@pytest.mark.django_db(transaction=True)  # allauth mails about an app on commit
def test_a_recovery_code_lets_one_in_once(known: Person, signed_in: Client) -> None:
    secret = signed_in.get(reverse("mfa_activate_totp")).context["form"].secret
    post(signed_in, "mfa_activate_totp", code=app_code(secret))
    codes = signed_in.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    page = signed_in.get(reverse("mfa_view_recovery_codes")).text
    assert all(f'<li class="code">{code}</li>' in page for code in codes)

    entered = []
    for _ in range(2):
        client = Client()
        post(client, "account_login", login=known.user.email, password=PASSWORD)
        post(client, "mfa_authenticate", code=codes[0])
        entered.append(is_signed_in(client))

    assert entered == [True, False]


def test_five_wrong_passwords_are_enough_for_a_while(known: Person, browser: Client) -> None:
    for _ in range(5):
        page = post(browser, "account_login", login=known.user.email, password="wrong").text
        assert "don’t match" in page

    page = post(browser, "account_login", login=known.user.email, password=PASSWORD).text

    assert "Wait a few minutes, or ask for a code by e-mail." in page
    assert not is_signed_in(browser)


@pytest.mark.django_db
def test_too_many_tries_get_a_kind_page(browser: Client) -> None:
    for n in range(30):
        post(browser, "account_login", login=f"nobody{n}@example.org", password="wrong")

    answer = post(browser, "account_login", login="nobody@example.org", password="wrong")

    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Let’s wait a moment" in answer.text


def test_signing_in_starts_a_new_session(known: Person, browser: Client) -> None:
    browser.session["planted"] = "by someone else"
    before = browser.session.session_key
    assert before
    assert browser.cookies["sessionid"].value == before

    post(browser, "account_login", login=known.user.email, password=PASSWORD)

    assert is_signed_in(browser)
    assert browser.session.session_key != before


def test_the_session_ends_with_the_browser(known: Person, browser: Client) -> None:
    post(browser, "account_login", login=known.user.email, password=PASSWORD, remember="on")

    assert browser.session.get_expire_at_browser_close()


def test_neither_a_script_nor_another_sites_form_gets_the_cookies(
    known: Person, browser: Client
) -> None:
    browser.get(reverse("account_login"))
    post(browser, "account_login", login=known.user.email, password=PASSWORD)

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert browser.cookies[name]["httponly"]
        assert browser.cookies[name]["samesite"] == "Lax"
        assert browser.cookies[name]["path"] == "/"
        assert not browser.cookies[name]["domain"]


def test_a_password_is_changed_by_who_knows_the_old_one(known: Person, signed_in: Client) -> None:
    new = {"password1": "a wholly other one 5", "password2": "a wholly other one 5"}

    for old in ("", "not the old one 5"):
        answer = post(signed_in, "account_change_password", oldpassword=old, **new)
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert User.objects.get(pk=known.user.pk).check_password(PASSWORD)

    post(signed_in, "account_change_password", oldpassword=PASSWORD, **new)
    assert User.objects.get(pk=known.user.pk).check_password(new["password1"])


def test_the_whole_mail_may_be_pasted_where_its_code_is_asked_for(alice: Person) -> None:
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    browser = Client()
    post(browser, "account_request_login_code", email=alice.user.email)
    quoted = "\n".join(f"> {line}" for line in str(letter().body).splitlines())

    post(browser, "account_confirm_login_code", code=quoted)

    assert is_signed_in(browser)
