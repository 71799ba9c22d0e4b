"""Codes that are out keep working: what they are drawn from and hashed with never changes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from boundaries.link_codes import LinkCodes
from boundaries.pairing.admission import CODES as SITE_INVITATIONS
from boundaries.pairing.rules import CODES as INVITATIONS
from boundaries.therapist_sheet.rules import CODES as SHEETS

ID = uuid.UUID(int=7)
KNOWN = [
    (
        INVITATIONS,
        "QR0W2Y5JCP1M",
        "3e5c8cf9fd6ccb9ccbbd93c06e30e291bd19b2119aaadae68dc10c3773761738",
    ),
    (
        SITE_INVITATIONS,
        "HKZ8ZRAH2C08",
        "90a7c9a0b572614762eb70775d9cde5e1a38a5c7f7d9b16143ef10ef2e44f55d",
    ),
    (
        SHEETS,
        "HENHFDHBXN3PHB3TSDWS",
        "730dc700884fd8eff666fb2a54aec6289c5c0dbd1c708c79f54e3fa175e4c764",
    ),
]


@pytest.mark.parametrize(("kind", "code", "digest"), KNOWN)
def test_a_code_of_an_earlier_version_still_works(
    kind: LinkCodes, code: str, digest: str, settings: Any
) -> None:
    settings.SECRET_KEY = "a key for this test"

    assert kind.code_of(ID) == code
    assert kind.digest(code) == digest
    assert digest in kind.digests_in(f"Here it is: {code}")
    assert len(kind.digests_in("no code at all")) == 1
