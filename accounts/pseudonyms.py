"""What stands for an account where its owner must not be named."""

from django.utils.crypto import salted_hmac


def pseudonym(user_id: object) -> str:
    """Always the same for one account, and of no use to anybody without the site's own key."""
    return salted_hmac("accounts.marks", str(user_id), algorithm="sha256").hexdigest()[:16]
