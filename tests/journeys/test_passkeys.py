"""A passkey is set up and signs in, under the site's own content security policy."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD, person
from tests.journeys.conftest import PhoneMaker, is_accessible, look

pytestmark = [pytest.mark.chromium, pytest.mark.sweep, pytest.mark.django_db(transaction=True)]


def test_a_passkey_signs_in(phone: PhoneMaker) -> None:
    # Given somebody with a password, on a phone that can hold passkeys
    alice = person("Alice").user
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    page = phone()
    hold_passkeys(page)
    page.goto("/account/login/")
    page.get_by_text("Use a password").click()
    page.locator("input[name=login]").fill(alice.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/home/")

    # When she adds one
    page.goto("/account/2fa/webauthn/add/")
    is_accessible(page, "Add a passkey")
    look(page, "passkey-add")
    page.locator("input[name=name]").fill("This phone")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_text("This phone")).to_be_visible()
    is_accessible(page, "Your passkeys")

    # Then it signs her in without a password
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/account/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/home/")


def test_a_passkey_that_is_not_there_is_told_of(phone: PhoneMaker) -> None:
    page = phone()
    hold_passkeys(page)
    page.goto("/account/login/")
    expect(page.get_by_role("alert")).to_have_count(0)

    page.locator("#passkey_login").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing has changed.")
    is_accessible(page, "Sign in")


def hold_passkeys(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
