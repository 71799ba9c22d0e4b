"""The secret keys of the site. What an earlier one made is found while a new one takes over."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def secret_keys() -> list[str]:
    """SECRET_KEY, which makes everything new, and then SECRET_KEY_FALLBACKS."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def digests(salt: str, value: str) -> list[str]:
    """The HMAC of a value by each of the keys, that of SECRET_KEY first."""
    return [
        salted_hmac(salt, value, secret=key, algorithm="sha256").hexdigest()
        for key in secret_keys()
    ]
