"""Signing in by mailed code can be switched off; then the mailbox alone gives no access."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import mailed_codes
from accounts.models import User
from tests.accounts.test_reauthentication import SECRET, with_a_passkey, with_an_app
from tests.accounts.test_signing_in import (
    app_code,
    is_signed_in,
    letter,
    mailed_code,
    post,
    shown_error,
)
from tests.conftest import PASSWORD, Person, shows_second_step

NEW = "quite another password"
CODES = "account-codes"


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice with a password and an app, who has just authenticated."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    with_an_app(alice)
    shows_second_step(alice.client, alice)
    return alice


@pytest.fixture
def off(known: Person) -> Person:
    """Alice with mailed codes switched off."""
    post(known.client, "account-codes-off")
    known.user.refresh_from_db()
    assert not known.user.takes_mailed_codes
    return known


def takes(who: Person) -> bool:
    return User.objects.get(pk=who.user.pk).takes_mailed_codes


def test_they_are_switched_off_and_on_again(known: Person) -> None:
    page = known.client.get(reverse(CODES)).text
    assert "Turn codes off" in page

    post(known.client, "account-codes-off")

    assert not takes(known)
    assert "Off" in known.client.get(reverse("account")).text
    assert "Turn codes on again" in known.client.get(reverse(CODES)).text
    post(known.client, "account-codes-on")
    assert takes(known)


def test_switching_codes_on_is_notified_and_switching_them_off_is_not(off: Person) -> None:
    """Only switching codes on makes a stolen mailbox more dangerous."""
    assert not [message for message in mail.outbox if "code" in message.subject]

    post(off.client, "account-codes-on")

    assert letter().subject == "Codes by e-mail are on again"


def test_no_code_is_mailed_while_they_are_off(off: Person) -> None:
    browser = Client()
    post(browser, "account_request_login_code", email=off.user.email)

    assert letter().subject == "No code for this address"
    post(browser, "account_confirm_login_code", action="resend")
    assert letter().subject == "No code for this address"
    assert not is_signed_in(browser)


def test_an_owner_without_codes_gets_the_mail_for_an_unknown_address(off: Person) -> None:
    for address in (off.user.email, "nobody@example.org"):
        post(Client(), "account_request_login_code", email=address)

    ours, nobodys = mail.outbox[-2:]
    assert (ours.subject, ours.body) == (nobodys.subject, nobodys.body)


def test_a_code_mailed_before_they_were_switched_off_does_not_work(known: Person) -> None:
    browser = Client()
    post(browser, "account_request_login_code", email=known.user.email)
    code = mailed_code()
    post(known.client, "account-codes-off")

    answer = post(browser, "account_confirm_login_code", code=code)

    assert answer["Location"] == reverse("account_login")
    assert browser.get(reverse("mfa_authenticate"))["Location"] == reverse("account_login")


def test_a_password_with_the_second_step_still_works(off: Person) -> None:
    browser = Client()
    post(browser, "account_login", login=off.user.email, password=PASSWORD)
    post(browser, "mfa_authenticate", code=app_code(SECRET))

    assert is_signed_in(browser)


def test_a_recovery_code_signs_in_without_the_phone(off: Person) -> None:
    browser = Client()
    code = RecoveryCodes.activate(off.user).get_unused_codes()[0]
    post(browser, "account_login", login=off.user.email, password=PASSWORD)
    post(browser, "mfa_authenticate", code=code)

    assert is_signed_in(browser)


def renewing(who: Person) -> Client:
    """A browser in which somebody has entered the code for a new password."""
    browser = Client()
    post(browser, "account_reset_password", email=who.user.email)
    post(browser, "account_confirm_password_reset_code", code=mailed_code())
    return browser


@pytest.mark.parametrize("code", ["", "000000"])
def test_the_mailbox_alone_chooses_no_new_password(known: Person, code: str) -> None:
    browser = renewing(known)

    answer = post(
        browser, "account_complete_password_reset", password1=NEW, password2=NEW, code=code
    )

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert shown_error(answer.text, "code")
    known.user.refresh_from_db()
    assert known.user.check_password(PASSWORD)


def test_a_recovery_code_is_used_up_by_a_new_password_alone(known: Person) -> None:
    browser = renewing(known)
    code = RecoveryCodes.activate(known.user).get_unused_codes()[0]
    for first, second in ((NEW, "not the same"), ("short", "short")):
        post(
            browser,
            "account_complete_password_reset",
            password1=first,
            password2=second,
            code=code,
        )
    assert code in RecoveryCodes.activate(known.user).get_unused_codes()

    answer = post(
        browser, "account_complete_password_reset", password1=NEW, password2=NEW, code=code
    )

    assert answer["Location"] == reverse("account_password_reset_completed")
    assert code not in RecoveryCodes.activate(known.user).get_unused_codes()
    known.user.refresh_from_db()
    assert known.user.check_password(NEW)


def test_guessing_the_second_step_of_a_new_password_is_limited(known: Person) -> None:
    browser = renewing(known)
    for _ in range(5):
        post(browser, "account_complete_password_reset", password1=NEW, password2=NEW, code="1")

    answer = post(
        browser,
        "account_complete_password_reset",
        password1=NEW,
        password2=NEW,
        code=app_code(SECRET),
    )

    assert "a lot of tries" in shown_error(answer.text, "code")


def test_without_a_second_step_none_is_asked_for(alice: Person) -> None:
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    page = renewing(alice).get(reverse("account_complete_password_reset")).text

    assert 'name="password1"' in page
    assert 'name="code"' not in page


def test_switching_on_twice_mails_nobody(known: Person) -> None:
    post(known.client, "account-codes-on")

    assert takes(known)
    assert not mail.outbox


def test_codes_are_switched_on_when_the_last_other_method_goes(off: Person) -> None:
    with_a_passkey(off)
    first = Authenticator.objects.get(user=off.user, type=Authenticator.Type.WEBAUTHN)
    post(off.client, "mfa_deactivate_totp")
    assert not takes(off)  # a passkey is left as the second step

    answer = off.client.post(reverse("mfa_remove_webauthn", args=[first.pk]), follow=True)

    assert takes(off)
    assert "From now on, a code by e-mail signs you in again." in answer.content.decode()
    assert "Codes by e-mail are on again" in {message.subject for message in mail.outbox}
    browser = Client()
    post(browser, "account_request_login_code", email=off.user.email)
    post(browser, "account_confirm_login_code", code=mailed_code())
    assert is_signed_in(browser)


def test_two_changes_at_once_leave_nobody_without_a_way_to_sign_in(
    known: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request that removes the app started before codes were switched off in another tab."""
    delete = Authenticator.delete

    def after_the_other_tab(step: Authenticator) -> object:
        mailed_codes.switch_off(User.objects.get(pk=step.user_id))
        return delete(step)

    monkeypatch.setattr(Authenticator, "delete", after_the_other_tab)
    post(known.client, "mfa_deactivate_totp")

    assert not Authenticator.objects.exists()
    assert takes(known)
    assert "Codes by e-mail are on again" in {message.subject for message in mail.outbox}


@pytest.mark.parametrize(
    ("password", "kinds", "other_way"),
    [
        (True, [], False),
        (True, ["app"], True),
        (True, ["key"], True),
        (False, [], False),
        (False, ["app"], False),  # a second step without a first
        (False, ["key"], False),  # so is a passkey that does not work alone
        (False, ["alone"], True),
        (False, ["unknown"], False),  # or does not say whether it does
        (False, ["unknown", "alone"], True),
    ],
)
def test_codes_are_switched_off_only_with_another_secure_method(
    alice: Person, password: bool, kinds: list[str], other_way: bool
) -> None:
    if not password:
        alice.user.set_unusable_password()
        alice.user.save()
    for kind in kinds:
        properties = {"alone": {"rk": True}, "key": {"rk": False}}.get(kind, {})
        credential = {"clientExtensionResults": {"credProps": properties}}
        if kind == "app":
            TOTP.activate(alice.user, SECRET)
            continue
        Authenticator.objects.create(
            user=alice.user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": kind, "credential": credential},
        )

    assert mailed_codes.has_other_way(alice.user) is other_way
    if not other_way:
        with pytest.raises(mailed_codes.NoOtherWay):
            mailed_codes.switch_off(alice.user)
    else:
        mailed_codes.switch_off(alice.user)
    assert takes(alice) is not other_way


def test_a_page_that_is_out_of_date_says_what_is_missing(known: Person) -> None:
    Authenticator.objects.filter(user=known.user, type=Authenticator.Type.TOTP).delete()

    answer = post(known.client, "account-codes-off")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "add a passkey first" in answer.text


def test_switching_needs_a_recent_authentication(known: Person) -> None:
    browser = Client()
    browser.force_login(known.user)

    for act in ("account-codes-off", "account-codes-on"):
        answer = post(browser, act)
        assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert takes(known)


def test_the_question_about_the_mailbox_stores_nothing(alice: Person) -> None:
    cache.clear()
    answer = alice.client.get(reverse("account-mailbox"))

    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    assert "Who reads my mail?" in main
    assert "<form" not in main
    for there in ("account_email", "mfa_index", CODES, "help"):
        assert f'href="{reverse(there)}"' in main


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "javascript:x()"])
def test_the_question_leads_to_no_other_site(alice: Person, there: str) -> None:
    page = alice.client.get(reverse("account-mailbox"), {"next": there}).text

    assert "evil" not in page
    assert "javascript" not in page


def test_a_code_of_an_app_is_accepted_in_any_digits(alice: Person) -> None:
    with_an_app(alice)
    browser = Client()
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    post(browser, "account_login", login=alice.user.email, password=PASSWORD)
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in app_code(SECRET))

    post(browser, "mfa_authenticate", code=f"{full_width[:3]}\u00a0{full_width[3:]}")

    assert is_signed_in(browser)
