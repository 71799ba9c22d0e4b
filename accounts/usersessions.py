"""allauth's list of sessions, kept in our way: without network addresses."""

from __future__ import annotations

from allauth.usersessions.apps import UserSessionsConfig


class UserSessions(UserSessionsConfig):
    """allauth would note the address of each sign-in, and look through all of one's sessions."""

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from accounts import devices

        user_logged_in.connect(devices.record)
