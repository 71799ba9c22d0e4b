"""Encrypt the secrets of second steps."""

from typing import Any

from django.db import migrations

from accounts.encryption import decrypt_secret, encrypt_secret

SECRETS = ("secret", "seed")


def change(apps: Any, convert: Any) -> None:
    for authenticator in apps.get_model("mfa", "Authenticator").objects.iterator():
        authenticator.data = {
            name: convert(value) if name in SECRETS else value
            for name, value in authenticator.data.items()
        }
        authenticator.save(update_fields=["data"])


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
