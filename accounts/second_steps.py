"""Secrets of second steps, which are encrypted with the master key itself."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import encryption

SECRETS = ("secret", "seed")  # of codes from an app, and of recovery codes


@transaction.atomic
def rewrap() -> int:
    """Encrypt those of an older epoch anew. Returns how many. Raises encryption.Unreadable."""
    done = 0
    for each in Authenticator.objects.select_for_update().order_by("pk"):
        data = {name: _anew(name, told) for name, told in each.data.items()}
        if data != each.data:
            each.data = data
            each.save(update_fields=["data"])
            done += 1
    return done


def _anew(name: str, told: Any) -> Any:
    if name not in SECRETS or encryption.epoch_of(told) == encryption.current_epoch():
        return told
    return encryption.encrypt_secret(encryption.decrypt_secret(told))
