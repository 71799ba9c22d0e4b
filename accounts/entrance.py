"""The authentication backend. Sessions store its path: moving the class signs everybody out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from accounts.allauth_internals import filter_users_by_email
from accounts.kept_queries import kept_query

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@kept_query(uuid.UUID)
def _of_id(user_id: uuid.UUID) -> QuerySet[User]:
    return get_user_model().objects.filter(pk=user_id)


class Backend(AuthenticationBackend):
    """Sign in by password, in the same time for known and for unknown addresses."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """Whoever is signed in, for each request."""
        user = _of_id.first(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        user = owner_of(email, is_active=None)
        return cast("User | None", self._check_password(user, password))


def owner_of(email: str, *, is_active: bool | None = True) -> User | None:
    """The account with this address. Two queries, whether there is one or not.

    allauth's own look-ups stop after the first query for a confirmed address.
    """
    users = filter_users_by_email(email, is_active=is_active, for_login=True)
    return next(iter(users), None)
