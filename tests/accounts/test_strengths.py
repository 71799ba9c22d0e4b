"""Codes and sessions are hard to guess, and password managers can be used."""

from __future__ import annotations

import math
import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.conftest import PASSWORD, Person

DRAWN = 400


def bits(codes: list[str]) -> float:
    """The bits of entropy of a code, from its length and all characters that were drawn."""
    plain = [code.replace("-", "") for code in codes]
    (length,) = {len(code) for code in plain}
    return length * math.log2(len(set("".join(plain))))


@pytest.mark.once
def test_every_mailed_code_has_six_random_digits() -> None:
    adapter = get_adapter()
    for draw in (
        adapter.generate_login_code,
        adapter.generate_password_reset_code,
        adapter.generate_email_verification_code,
    ):
        codes = [draw() for _ in range(DRAWN)]

        assert bits(codes) > 19.9
        assert len(set(codes)) > DRAWN - 5  # of a million; a few may come twice


def test_every_recovery_code_has_twenty_bits_and_is_never_the_same(alice: Person) -> None:
    codes = RecoveryCodes.activate(alice.user).generate_codes()

    assert bits(codes) > 20
    assert len(set(codes)) == len(codes) == 10


def test_a_session_has_128_bits(alice: Person) -> None:
    key = str(alice.client.session.session_key)

    assert len(key) * math.log2(len(VALID_KEY_CHARS)) > 128
    assert set(key) <= set(VALID_KEY_CHARS)


@pytest.mark.django_db
def test_a_password_field_hides_what_it_holds_and_says_what_it_is_for(client: Client) -> None:
    signed_in = Client()
    user = User.objects.create_user("alice@example.org", PASSWORD, first_name="Alice")
    signed_in.force_login(user)
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    found: dict[str, list[str]] = {}
    for browser, name in (
        (client, "account_login"),
        (signed_in, "account_change_password"),
        (signed_in, "account_reauthenticate"),
    ):
        page = browser.get(reverse(name)).text
        found[name] = re.findall(r'<input[^>]*name="[a-z]*password\d?"[^>]*>', page)

    assert {name: len(fields) for name, fields in found.items()} == {
        "account_login": 1,
        "account_change_password": 3,
        "account_reauthenticate": 1,
    }
    for fields in found.values():
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "maxlength" not in field


@pytest.mark.once
def test_no_script_keeps_anybody_from_pasting() -> None:
    scripts = list((settings.BASE_DIR / "static" / "js").glob("*.js"))

    assert len(scripts) > 5
    assert not [
        script.name for script in scripts if re.search(r"onpaste|['\"]paste", script.read_text())
    ]


@pytest.mark.django_db
def test_a_new_site_has_no_account() -> None:
    assert not User.objects.exists()
