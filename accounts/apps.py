from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa

        from accounts import (
            allauth_internals,
            devices,
            events,  # noqa: F401 connects its receivers
            mailed_codes,
            migration_checks,  # noqa: F401 the import registers it
            outbox,
            reauthentication,
        )

        allauth_internals.use_clock()
        mfa.authenticator_added.connect(reauthentication.record_factor)
        mfa.authenticator_removed.connect(mailed_codes.switch_on_if_needed)
        account.authentication_step_completed.connect(devices.cycle_key)
        account.password_reset.connect(devices.sign_out_everywhere)
        account.email_changed.connect(outbox.follow_address)
        for changed in (
            account.password_changed,
            account.password_set,
            account.email_changed,
            mfa.authenticator_added,
            mfa.authenticator_removed,
            mfa.authenticator_reset,
        ):
            changed.connect(devices.after_credentials_changed)
