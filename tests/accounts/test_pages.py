"""The pages about an account have the site's design and do not reveal its subject."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD, Person, shows_mailbox, shows_second_step

ENTRANCE = [
    "account_signup",
    "account_login",
    "account_request_login_code",
    "account_reset_password",
    "account_password_reset_completed",
    "account_inactive",
]
SIGNED_IN = [
    "account",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account-still-you",
    "account_logout",
    "account-sessions",
    "account-mailbox",
    "account-time-zone",
    "account-codes",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
WITH_SECOND_STEP = [
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
]
JARGON = re.compile(
    r"two-factor|authenticat(?!or app)|verif|security key|primary|invalid|token|\bIP\b|session"
    r"|relationship|partner's",
    re.IGNORECASE,
)


def words(page: str) -> str:
    """The text of a page without markup and scripts."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<[^>]+>", " ", main)


def is_ours(page: str) -> None:
    """The site's frame, one heading, a neutral title, and nothing that the CSP would block."""
    assert 'class="strip"' in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    heading = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page, re.S)
    title = re.search(r"<title>\s*(.*?)\s*·\s*Common Ground\s*</title>", page, re.S)
    assert heading
    assert title
    assert heading[1] == title[1]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|[\"']data:", page)
    assert not re.search(r'<script(?![^>]*(?: src="/static/|type="application/json"))', page)
    assert not JARGON.search(words(page)), JARGON.search(words(page))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        assert set(described.split()) <= set(ids)


@pytest.fixture
def fresh(alice: Person) -> Client:
    """Alice, who has just reauthenticated, so she may change her credentials."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    client = Client()
    client.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def stepped(fresh: Client, alice: Person) -> Client:
    """Alice with a second step and recovery codes."""
    TOTP.activate(alice.user, "JBSWY3DPEHPK3PXP")
    shows_second_step(fresh, alice)
    return fresh


@pytest.mark.parametrize("name", ENTRANCE)
@pytest.mark.django_db
def test_a_page_for_strangers_is_in_our_design(client: Client, name: str) -> None:
    answer = client.get(reverse(name))

    assert answer.status_code == HTTPStatus.OK
    is_ours(answer.text)


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_about_my_account_is_in_our_design(fresh: Client, name: str) -> None:
    if name == "account_email":
        shows_mailbox(fresh)
    answer = fresh.get(reverse(name))

    assert answer.status_code == HTTPStatus.OK
    is_ours(answer.text)


@pytest.mark.parametrize("name", WITH_SECOND_STEP)
def test_a_page_about_the_second_step_is_in_our_design(stepped: Client, name: str) -> None:
    answer = stepped.get(reverse(name))

    assert answer.status_code == HTTPStatus.OK
    is_ours(answer.text)


@pytest.mark.parametrize("page", ["mfa_list_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_a_page_about_a_passkey_is_in_our_design(fresh: Client, alice: Person, page: str) -> None:
    passkey = Authenticator.objects.create(
        user=alice.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "my phone", "credential": {"clientExtensionResults": {}}},
    )
    shows_second_step(fresh, alice)

    answer = fresh.get(reverse(page, args=() if page.endswith("list_webauthn") else (passkey.pk,)))

    assert answer.status_code == HTTPStatus.OK
    assert "my phone" in answer.text
    is_ours(answer.text)


def test_someone_elses_passkey_is_not_found(fresh: Client, charlie: Person) -> None:
    passkey = Authenticator.objects.create(
        user=charlie.user, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}}
    )

    answer = fresh.get(reverse("mfa_edit_webauthn", args=(passkey.pk,)))

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_the_page_for_setting_a_password_is_in_our_design(alice: Person) -> None:
    alice.user.set_unusable_password()
    alice.user.save()
    alice.client.force_login(alice.user)
    shows_mailbox(alice.client)

    answer = alice.client.get(reverse("account_set_password"))

    assert answer.status_code == HTTPStatus.OK
    is_ours(answer.text)


def test_the_picture_for_the_app_is_drawn_in_the_page(fresh: Client) -> None:
    page = fresh.get(reverse("mfa_activate_totp")).text

    assert re.search(
        r'<div class="qr"\s+role="img"\s+aria-label="[^"]+">.*<svg .*<path ', page, re.S
    )


@pytest.mark.django_db
def test_signing_up_asks_for_a_name_an_address_and_nothing_else(client: Client) -> None:
    page = client.get(reverse("account_signup")).text

    form = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r'name="(\w+)"', form) == [
        *("csrfmiddlewaretoken", "first_name", "email", "adult", "time_zone")
    ]
    assert "you don’t need a password" in form


@pytest.mark.parametrize("name", ["account_signup", "account_login", "account_request_login_code"])
@pytest.mark.django_db
def test_signing_in_leads_to_the_requested_page(client: Client, name: str) -> None:
    page = client.get(reverse(name), {"next": "/join/"}).text

    form = page[page.index("<main") : page.index("</main>")]
    assert '<input type="hidden" name="next" value="/join/">' in form


@pytest.mark.django_db
def test_signing_in_offers_a_password_a_code_and_a_passkey(client: Client) -> None:
    page = client.get(reverse("account_login")).text

    assert 'name="password"' in page
    assert f'action="{reverse("account_request_login_code")}"' in page
    assert re.search(r'form="mfa_login"\s+id="passkey_login"', page)
    assert 'data-allauth-onload="allauth.webauthn.forms.loginForm"' in page
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert asked.json()["request_options"]


@pytest.mark.django_db
def test_nobody_is_asked_to_be_remembered(client: Client) -> None:
    assert "remember" not in client.get(reverse("account_login")).text.lower()


@pytest.mark.parametrize(
    ("asks", "data", "shows"),
    [
        (
            "account_signup",
            {"first_name": "Ada", "email": "ada@example.org", "adult": "on"},
            "account_email_verification_sent",
        ),
        (
            "account_request_login_code",
            {"email": "ada@example.org"},
            "account_confirm_login_code",
        ),
        (
            "account_reset_password",
            {"email": "ada@example.org"},
            "account_confirm_password_reset_code",
        ),
    ],
)
@pytest.mark.django_db
def test_a_page_for_a_mailed_code_is_in_our_design(
    client: Client, asks: str, data: dict[str, str], shows: str
) -> None:
    client.post(reverse(asks), data)

    page = client.get(reverse(shows)).text

    sent = " ".join(page.partition("</h1>")[2].partition("</p>")[0].replace("<p>", "").split())
    if asks == "account_signup":
        assert sent == "We sent a code to ada@example.org."
    else:
        assert sent == "If there’s an account for ada@example.org, a code is on its way."
    assert re.search(r'<input[^>]* inputmode="numeric"\s+autocomplete="one-time-code"', page)
    is_ours(page)


def test_the_page_for_the_second_step_is_in_our_design(stepped: Client, alice: Person) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})

    page = client.get(reverse("mfa_authenticate")).text

    assert "One more step" in page
    is_ours(page)


def test_the_second_step_offers_a_passkey_only_if_there_is_one(
    stepped: Client, alice: Person
) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})

    assert "Use a passkey" not in client.get(reverse("mfa_authenticate")).text


def test_a_new_passkey_is_meant_for_signing_in_alone(fresh: Client) -> None:
    page = fresh.get(reverse("mfa_add_webauthn")).text

    assert re.search(r'name="passwordless"[^>]*checked', page)
    assert 'value="My passkey"' in page
