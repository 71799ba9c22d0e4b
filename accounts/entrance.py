"""The authentication backend. Sessions store its path: moving the class signs everybody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email

if TYPE_CHECKING:
    from accounts.models import User


class Backend(AuthenticationBackend):
    """Signing in by password, at the same cost whether an address is somebody's or nobody's."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        who = owner_of(email, is_active=None)
        return cast("User | None", self._check_password(who, password))


def owner_of(email: str, *, is_active: bool | None = True) -> User | None:
    """Whose address this is. It costs two queries, whether it is somebody's or nobody's.

    allauth's own look-ups stop at the first of them for an address that is confirmed.
    """
    found = filter_users_by_email(email, is_active=is_active, for_login=True)
    return next(iter(found), None)
