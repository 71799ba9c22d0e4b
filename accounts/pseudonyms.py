"""Stands for an account where its owner must not be identifiable, such as in logs."""

from django.utils.crypto import salted_hmac


def pseudonym(user_id: object) -> str:
    """16 hex digits, always the same for an account; without the secret key they reveal nothing."""
    return salted_hmac("accounts.marks", str(user_id), algorithm="sha256").hexdigest()[:16]
