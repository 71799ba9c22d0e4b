"""The key function of the cache."""

from django.utils.crypto import salted_hmac


def hashed_key(key: str, prefix: str, version: int) -> str:
    """An HMAC of the key, which reveals nothing to anybody without SECRET_KEY.

    allauth's rate limits put IP addresses and account ids into cache keys.
    """
    return salted_hmac("cache", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
