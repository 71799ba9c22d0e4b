"""allauth's list of sessions, without network addresses."""

from __future__ import annotations

from allauth.usersessions.apps import UserSessionsConfig


class UserSessions(UserSessionsConfig):
    """allauth would store network addresses, and decode all sessions of a person at sign-in."""

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from accounts import devices

        user_logged_in.connect(devices.record)
