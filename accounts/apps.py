from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.mfa import signals

        from accounts import still_you

        signals.authenticator_added.connect(still_you.has_shown_factor)
