"""Re-encrypts the secrets of second steps after the master key was rotated."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import encryption

SECRETS = ("secret", "seed")  # of codes from an app, and of recovery codes


@transaction.atomic
def rewrap() -> int:
    """Encrypt secrets of older epochs again. Returns how many. Raises encryption.Unreadable."""
    count = 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        data = {name: _rewrapped(name, value) for name, value in authenticator.data.items()}
        if data != authenticator.data:
            authenticator.data = data
            authenticator.save(update_fields=["data"])
            count += 1
    return count


def _rewrapped(name: str, value: Any) -> Any:
    if name not in SECRETS or encryption.epoch_of(value) == encryption.current_epoch():
        return value
    return encryption.encrypt_secret(encryption.decrypt_secret(value))
