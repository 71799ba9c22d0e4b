"""How what is counted is called in the cache."""

from django.utils.crypto import salted_hmac


def hashed_key(key: str, prefix: str, version: int) -> str:
    """A name that nobody can read who has the cache, or a copy of it, and not the site's own key.

    What allauth counts it counts by network address and by account, and names it so.
    """
    return salted_hmac("cache", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
