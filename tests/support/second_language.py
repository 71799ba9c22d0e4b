"""A second language that has every text of the site: the English ones, in brackets.

So a text in the wrong language is noticed before it is translated into any. The code is that of a
language that Django knows and the site does not have; its own texts are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from unittest import mock

from django.conf import settings
from django.test import override_settings
from django.utils.translation import trans_real

CODE = "eo"
START, END = "⟦⟧"
SEPARATOR = "\x04"  # between a context and its text


class Bracketed(NullTranslations):
    """All texts in brackets."""

    def to_language(self) -> str:
        return CODE

    def gettext(self, message: str) -> str:
        text = message.rpartition(SEPARATOR)[2]
        return f"{START}{text}{END}" if text else text

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken() -> Iterator[str]:
    """The site has this language beside English. Yields its code."""
    both = [("en", "English"), (CODE, "Esperanto")]
    with (
        override_settings(LANGUAGES=both),
        mock.patch.dict(trans_real._translations, {CODE: Bracketed()}),  # type: ignore[attr-defined]
    ):
        yield CODE


def is_in_it(text: str) -> bool:
    return START in text


assert CODE not in dict(settings.LANGUAGES)
