"""allauth's forms for adding and renaming a passkey, with our usual checks on the name."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import TextField

MAX_NAME_LENGTH = 100  # characters


def _name_field(*, required: bool) -> TextField:
    return TextField(
        required=required,
        max_length=MAX_NAME_LENGTH,
        error_messages={"required": _("Please give it a name.")},
        widget=forms.TextInput(attrs={"maxlength": MAX_NAME_LENGTH}),
    )


class AddPasskeyForm(AddWebAuthnForm):
    name = _name_field(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        no_passkey = _("No passkey came from your device. Please try again.")
        self.fields["credential"].error_messages |= {"required": no_passkey, "invalid": no_passkey}


class RenamePasskeyForm(EditWebAuthnForm):
    name = _name_field(required=True)
