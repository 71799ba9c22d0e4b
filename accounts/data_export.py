"""The account part of a user's data export. It contains no secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.time_zones import ALWAYS

if TYPE_CHECKING:
    from accounts.models import User


def export(user: User) -> dict[str, Any]:
    """Return the account data as JSON values. Schema: static/my-data.schema.json."""
    addresses = EmailAddress.objects.filter(user=user).order_by("email")
    keys = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    sessions = UserSession.objects.filter(user=user).order_by("created_at", "pk")
    return {
        "first_name": user.first_name,
        "email": user.email,
        "addresses": [
            {"email": address.email, "confirmed": address.verified, "primary": address.primary}
            for address in addresses
        ],
        "signed_up_at": _at(user.date_joined),
        "said_adult_at": _at(user.said_adult_at),
        "last_signed_in_at": _at(user.last_login),
        "has_password": user.has_usable_password(),
        "takes_mailed_codes": user.takes_mailed_codes,
        "time_zone": user.time_zone or None,
        "time_zone_since": None if user.time_zone_since == ALWAYS else _at(user.time_zone_since),
        "language": user.language or None,
        "second_steps": [
            {
                "kind": key.type,
                "name": key.data.get("name", ""),
                "added_at": _at(key.created_at),
                "last_used_at": _at(key.last_used_at),
            }
            for key in keys
        ],
        "signed_in": [
            {
                "since": _at(session.created_at),
                "last_seen_at": _at(session.last_seen_at),
                "browser": session.user_agent,
            }
            for session in sessions
        ],
    }


def _at(moment: datetime | None) -> str | None:
    """A time in ISO 8601 format and UTC."""
    return moment.astimezone(UTC).isoformat() if moment else None
