"""Closing an account ends all of its sessions, without reading those of other people."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from accounts import closing
from accounts.sessions import SessionStore
from tests.accounts.test_signing_in import is_signed_in, post
from tests.conftest import PASSWORD, Person


def sign_in(who: Person) -> Client:
    EmailAddress.objects.get_or_create(
        user=who.user, email=who.user.email, defaults={"verified": True, "primary": True}
    )
    browser = Client()
    post(browser, "account_login", login=who.user.email, password=PASSWORD)
    return browser


def test_a_sign_in_with_a_similar_address_goes_on(alice: Person, charlie: Person) -> None:
    addresses = {alice: "ab@example.org", charlie: "a-b@example.org"}
    unfinished = {}
    for who, email in addresses.items():
        who.user.email = email
        who.user.save()
        unfinished[who] = Client()
        post(unfinished[who], "account_request_login_code", email=email)

    with transaction.atomic():
        assert closing.lock(charlie.user)
        closing.close(charlie.user)

    left = set(Session.objects.values_list("pk", flat=True))
    assert unfinished[alice].session.session_key in left
    assert unfinished[charlie].session.session_key not in left


def test_only_sessions_that_nobody_is_signed_in_with_are_decoded(
    alice: Person, charlie: Person
) -> None:
    hers, his = [sign_in(alice), sign_in(alice)], sign_in(charlie)
    at_sign_in, elsewhere = Client(), Client()
    post(at_sign_in, "account_request_login_code", email=alice.user.email)
    post(elsewhere, "account_request_login_code", email="nobody@example.org")
    pending = {browser.session.session_key for browser in (at_sign_in, elsewhere)}
    unlisted = {person.client.session.session_key for person in (alice, charlie)}
    decode, decoded = Session.get_decoded, []

    def counted(session: Session) -> Any:
        decoded.append(session.pk)
        return decode(session)

    with mock.patch.object(Session, "get_decoded", counted), transaction.atomic():
        assert closing.lock(alice.user)
        closing.close(alice.user)

    assert set(decoded) == pending | unlisted
    assert not any(is_signed_in(browser) for browser in [*hers, alice.client])
    assert is_signed_in(his)
    left = set(Session.objects.values_list("pk", flat=True))
    assert at_sign_in.session.session_key not in left
    assert {his.session.session_key, elsewhere.session.session_key} <= left


def test_a_request_that_began_before_leaves_no_session(alice: Person, charlie: Person) -> None:
    """It may be signing somebody in, or giving their session another key."""
    signing_in, signed_in = SessionStore(), SessionStore()
    signed_in[SESSION_KEY] = str(alice.user.pk)
    for session in (signing_in, signed_in):
        session.create()
    with transaction.atomic():
        assert closing.lock(alice.user)
        closing.close(alice.user)

    signing_in[SESSION_KEY] = str(alice.user.pk)
    for write in (signing_in.save, signing_in.cycle_key, signed_in.cycle_key):
        with pytest.raises(SessionInterrupted):
            write()

    contents = [session.get_decoded() for session in Session.objects.all()]
    assert str(alice.user.pk) not in str(contents)
    assert str(charlie.user.pk) in str(contents)
