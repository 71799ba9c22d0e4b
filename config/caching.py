"""Hides cache keys."""

from django.utils.crypto import salted_hmac


def hashed_key(key: str, prefix: str, version: int) -> str:
    """A key that reveals nothing without the secret key.

    allauth's rate limits put network addresses and account ids into cache keys.
    """
    return salted_hmac("cache", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
