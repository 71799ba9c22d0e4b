"""A passkey as its registration is stored, so that allauth can read it back."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

SITE = "testserver"
THERE, SURE = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


NO_SECRET = ec.derive_private_key(1, ec.SECP256R1())


def registration(
    name: str, *, id: bytes = b"a key", secret: ec.EllipticCurvePrivateKey = NO_SECRET
) -> dict[str, Any]:
    """The data of an Authenticator: what a browser sent when this key was added."""
    public: Any = ES256.from_cryptography_key(secret.public_key())  # type: ignore[no-untyped-call]
    credential = AttestedCredentialData.create(Aaguid.NONE, id, public)
    flags = THERE | SURE | AuthenticatorData.FLAG.AT
    made = AuthenticatorData.create(site_digest(), flags, 0, credential)
    return {
        "name": name,
        "credential": {
            "id": websafe_encode(id),
            "rawId": websafe_encode(id),
            "type": "public-key",
            "response": {
                "clientDataJSON": websafe_encode(client_data("webauthn.create", "")),
                "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
            },
            "clientExtensionResults": {},
        },
    }


def site_digest() -> bytes:
    return sha256(SITE.encode()).digest()


def client_data(what: str, challenge: str) -> bytes:
    data: bytes = CollectedClientData.create(
        type=what, challenge=challenge, origin=f"https://{SITE}"
    )
    return data
