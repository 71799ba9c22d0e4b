"""Passwords that are easy to guess are refused, in kind words; all others are accepted."""

from __future__ import annotations

import re

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.adapters import AccountAdapter
from accounts.models import User
from tests.accounts.test_signing_in import mailed_code, post, shown_error
from tests.conftest import PASSWORD, Person
from tests.support.lives import sure_of

KNOWN = "has leaked from other sites"
OWN = "is mostly your name, your address or the name of this site"


def refused(password: str, who: User | None = None) -> str:
    """The errors for a password; none if it is accepted."""
    try:
        validate_password(password, who)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.once
@pytest.mark.parametrize(
    "password",
    ["qwertyuiop", "1q2w3e4r5t6y", "iloveyou123", "PassWord123!", "correcthorsebatterystaple"],
)
def test_a_leaked_password_is_refused_however_it_is_spelt(password: str) -> None:
    assert KNOWN in refused(password)


@pytest.mark.once
@pytest.mark.parametrize(
    "password",
    [
        "alice-2024",
        "ALICE.alice",
        "alice.smith1",
        "smithsmith!!",
        "example.org!",
        "common ground",
        "CommonGround24",
    ],
)
def test_ones_own_name_and_address_are_refused(password: str) -> None:
    assert OWN in refused(password, User(first_name="Alice", email="alice.smith@example.org"))


@pytest.mark.once
@pytest.mark.parametrize(
    "password",
    [
        "four words are enough",
        "alice sings in the garden",
        "वसंत में आम के पेड़",
        "0493758204671",
        "a" * 31 + " and then something else " + "b" * 40,
    ],
)
def test_no_kind_of_character_is_asked_for(password: str) -> None:
    assert refused(password, User(first_name="Alice", email="alice.smith@example.org")) == ""


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("account_change_password", {"oldpassword": PASSWORD}),
        ("account_complete_password_reset", {}),
    ],
)
def test_a_new_password_is_checked_wherever_it_is_chosen(
    alice: Person, route: str, fields: dict[str, str]
) -> None:
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    sure_of(alice)
    if route == "account_complete_password_reset":
        alice.client.logout()
        post(alice.client, "account_reset_password", email=alice.user.email)
        post(alice.client, "account_confirm_password_reset_code", code=mailed_code())

    for password, message in (("iloveyou123", KNOWN), ("alicealice!", OWN)):
        both = {"password1": password, "password2": password}
        answer = alice.client.post(reverse(route), {**fields, **both})
        assert message in shown_error(answer.text, "password1")

    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)


def test_a_long_password_is_taken_whole(alice: Person) -> None:
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    sure_of(alice)
    long = "a sentence of many words " * 8  # two hundred characters
    both = {"password1": long, "password2": long}
    post(alice.client, "account_change_password", oldpassword=PASSWORD, **both)

    came = []
    for tried in (long, long[:64], long.strip()):
        client = Client()
        post(client, "account_login", login=alice.user.email, password=tried)
        came.append(client.get(reverse("home")).status_code == 200)

    assert came == [True, False, False]


@pytest.mark.parametrize("has_one", [True, False])
def test_a_saved_password_leads_back_to_the_account(alice: Person, has_one: bool) -> None:
    if not has_one:
        alice.user.set_unusable_password()
        alice.user.save()
        alice.client.force_login(alice.user)
    sure_of(alice)
    new = "three lamps and a pear"
    path = reverse("account_change_password" if has_one else "account_set_password")

    answer = alice.client.post(
        path, {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )

    assert answer.redirect_chain == [("/account/", 302)]
    assert re.search("Your (new )?password is saved", answer.text)


# What Django and allauth say, and nobody else would.
STOCK = re.compile(
    r"This field is required|Ensure this|Enter a |Select a valid|must contain|too short"
    r"|You must type|must be different|currently inactive|Incorrect|Null characters"
)


@pytest.mark.parametrize(
    ("route", "sent", "message"),
    [
        ("account_set_password", {"password1": "short"}, "That’s a bit short."),
        (
            "account_set_password",
            {"password1": "three lamps and a pear", "password2": "three lamps"},
            "The two don’t match.",
        ),
        ("account_set_password", {}, "Please type a new password."),
        ("mfa_add_webauthn", {"name": "My key"}, "No passkey came from your device."),
    ],
)
def test_errors_about_ones_account_are_in_our_own_words(
    alice: Person, route: str, sent: dict[str, str], message: str
) -> None:
    alice.user.set_unusable_password()
    alice.user.save()
    alice.client.force_login(alice.user)
    sure_of(alice)

    page = alice.client.post(reverse(route), sent).text

    assert message in page
    assert not STOCK.search(page)


@pytest.mark.parametrize("route", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("email", ["", "nobody"])
def test_errors_about_an_address_are_in_our_own_words(
    client: Client, db: None, route: str, email: str
) -> None:
    page = client.post(reverse(route), {"email": email}).text

    assert "e-mail address." in page
    assert not STOCK.search(page)


def test_no_sentence_of_allauths_own_is_left() -> None:
    """Except for what this site has not: names of users, phones, and more than one address."""
    left = {
        name
        for name, message in AccountAdapter.error_messages.items()
        if message == DefaultAccountAdapter.error_messages.get(name)
    }
    assert left == {name for name in left if re.search("phone|username|max_email_addresses", name)}
