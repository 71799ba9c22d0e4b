"""The authentication backend. Sessions store its path: moving the class signs everybody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.auth_backends import AuthenticationBackend

from accounts.allauth_internals import filter_users_by_email

if TYPE_CHECKING:
    from accounts.models import User


class Backend(AuthenticationBackend):
    """Sign in by password, in the same time for known and for unknown addresses."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        user = owner_of(email, is_active=None)
        return cast("User | None", self._check_password(user, password))


def owner_of(email: str, *, is_active: bool | None = True) -> User | None:
    """The account with this address. Two queries, whether there is one or not.

    allauth's own look-ups stop after the first query for a confirmed address.
    """
    users = filter_users_by_email(email, is_active=is_active, for_login=True)
    return next(iter(users), None)
