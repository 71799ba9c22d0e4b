"""Secrets of second steps are encrypted, like everything else that a stolen copy must not tell."""

from typing import Any

from django.db import migrations

from accounts.encryption import decrypt_secret, encrypt_secret

SECRETS = ("secret", "seed")


def change(apps: Any, how: Any) -> None:
    for each in apps.get_model("mfa", "Authenticator").objects.iterator():
        each.data = {
            name: how(told) if name in SECRETS else told for name, told in each.data.items()
        }
        each.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, _: change(apps, encrypt_secret),
            lambda apps, _: change(apps, decrypt_secret),
        ),
    ]
