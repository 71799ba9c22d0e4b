"""Signing in by passkey alone needs user verification: a PIN, a finger or a face."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData

from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.accounts.test_signing_in import is_signed_in
from tests.conftest import Person, fill_in
from tests.support.passkeys import SURE, THERE, client_data, registration, site_digest

OFFER = "Skip the code next time?"

type Key = Callable[[str, AuthenticatorData.FLAG], str]


@pytest.fixture
def key(alice: Person) -> Key:
    """A passkey of Alice's: signs a challenge, with or without user verification."""
    EmailAddress.objects.create(user=alice.user, email=alice.user.email, verified=True)
    secret, id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    data = registration("a key", id=id, secret=secret) | {"passwordless": True}
    Authenticator.objects.create(user=alice.user, type=Authenticator.Type.WEBAUTHN, data=data)

    def answers(challenge: str, flags: AuthenticatorData.FLAG) -> str:
        data, client = (
            AuthenticatorData.create(site_digest(), flags, 1),
            client_data("webauthn.get", challenge),
        )
        signature = secret.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = str(alice.user.pk).encode()
        return json.dumps(
            {
                "id": websafe_encode(id),
                "rawId": websafe_encode(id),
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    "userHandle": websafe_encode(handle),
                },
                "clientExtensionResults": {},
            }
        )

    return answers


def challenge(browser: Client, *, asks_who: bool) -> str:
    """A challenge for signing in, or one that was created for something less."""
    options = browser.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    session = browser.session
    if not asks_who:
        session[STATE_SESSION_KEY]["user_verification"] = "preferred"
        session.save()
    found: str = options.json()["request_options"]["publicKey"]["challenge"]
    return found


def test_touching_a_key_alone_is_no_reauthentication(key: Key, alice: Person) -> None:
    alice.client.force_login(alice.user)
    page = reverse("mfa_reauthenticate_webauthn")
    for flags, shown in ((THERE, False), (THERE | SURE, True)):
        cache.clear()
        options = alice.client.get(page).context["js_data"]["request_options"]
        signed = key(options["publicKey"]["challenge"], flags)

        alice.client.post(page, {"credential": signed})

        opens = alice.client.get(reverse("account-codes")).status_code == HTTPStatus.OK
        assert opens is shown


@pytest.mark.parametrize("asks_who", [True, False])
def test_a_passkey_signs_in_only_with_user_verification(key: Key, asks_who: bool) -> None:
    for flags, in_ in ((THERE, False), (THERE | SURE, True)):
        browser = Client()
        cache.clear()
        signed = key(challenge(browser, asks_who=asks_who), flags)

        browser.post(reverse("mfa_login_webauthn"), {"credential": signed})

        assert is_signed_in(browser) is in_


def test_a_passkey_is_offered_when_the_first_deck_is_done_and_once_on_a_device(
    charlie: Person, deck: Deck
) -> None:
    assert OFFER not in charlie.client.get("/home/").text
    fill_in(charlie, deck, Stance.ACCEPTABLE)

    shown = [OFFER in charlie.client.get("/home/").text for _ in range(3)]

    assert shown == [True, False, False]
    fresh = Client()
    fresh.force_login(charlie.user)
    assert OFFER in fresh.get("/home/").text


def test_signing_in_again_offers_no_passkey_again(charlie: Person, deck: Deck) -> None:
    fill_in(charlie, deck, Stance.ACCEPTABLE)
    assert OFFER in charlie.client.get("/home/").text

    charlie.client.post(reverse("account_logout"))
    charlie.client.force_login(charlie.user)

    assert OFFER not in charlie.client.get("/home/").text


def test_home_offers_a_passkey_and_never_a_sealed_page(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE)
    other = next(found for id, found in catalogue.decks().items() if id != deck.id)

    def offering() -> list[str]:
        alice.client.cookies.pop(settings.PASSKEY_COOKIE_NAME, None)  # as on another device
        pages = (f"/decks/{deck.id}/", f"/decks/{other.id}/", "/home/")
        return [page for page in pages if 'id="passkey-offer"' in alice.client.get(page).text]

    assert offering() == ["/home/"]
    answers.seal(alice.seat, deck)
    answers.seal(alice.seat, other)
    assert offering() == ["/home/"]
    answers.seal(bob.seat, deck)
    assert offering() == ["/home/"]
