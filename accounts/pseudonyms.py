"""Stands for an account where its owner must not be identifiable, such as in logs."""

from accounts.secret_keys import digests


def pseudonym(user_id: object) -> str:
    """16 hex digits, always the same for an account; without the secret key they reveal nothing."""
    return pseudonyms(user_id)[0]


def pseudonyms(user_id: object) -> list[str]:
    """The pseudonym in use, and then those in lines that were logged before SECRET_KEY changed."""
    return [digest[:16] for digest in digests("accounts.marks", str(user_id))]
