"""What an account holds of a person, for them to take along. No secret is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

if TYPE_CHECKING:
    from accounts.models import User


def export(user: User) -> dict[str, Any]:
    """Four queries, whatever it holds. static/my-data.schema.json describes it."""
    addresses = EmailAddress.objects.filter(user=user).order_by("email")
    keys = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    sessions = UserSession.objects.filter(user=user).order_by("created_at", "pk")
    return {
        "first_name": user.first_name,
        "email": user.email,
        "addresses": [
            {"email": each.email, "confirmed": each.verified, "primary": each.primary}
            for each in addresses
        ],
        "signed_up_at": _at(user.date_joined),
        "said_adult_at": _at(user.said_adult_at),
        "last_signed_in_at": _at(user.last_login),
        "has_password": user.has_usable_password(),
        "takes_mailed_codes": user.takes_mailed_codes,
        "second_steps": [
            {
                "kind": each.type,
                "name": each.data.get("name", ""),
                "added_at": _at(each.created_at),
                "last_used_at": _at(each.last_used_at),
            }
            for each in keys
        ],
        "signed_in": [
            {
                "since": _at(each.created_at),
                "last_seen_at": _at(each.last_seen_at),
                "network_address": each.ip,
                "browser": each.user_agent,
            }
            for each in sessions
        ],
    }


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
