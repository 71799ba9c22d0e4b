"""What counts as text that a person wrote, whichever field it comes from."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls but line feed and tab; the marks that reverse how the text around them reads;
# halves of characters, which no database stores.
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
MARKS = {"Mn", "Me"}  # take no place of their own
MOST_MARKS = 8  # on one letter; more would cover the lines around it
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by name, and nothing to see


def clean_text(text: str) -> str:
    """The text in one normal form (NFC), with plain line ends and no blank edges.

    Raises ValidationError for characters that would hide or reverse what is read.
    Emoji stay whole: their joiners are kept.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if UNSAFE.search(text) or _marks(text) > MOST_MARKS:
        raise ValidationError(
            _("There is a hidden character in this text. Please type it again by hand."),
            code="unsafe",
        )
    if all(each in BLANK or unicodedata.category(each) in INVISIBLE for each in text):
        return ""
    return text


def _marks(text: str) -> int:
    """How many marks follow each other at the most."""
    runs = groupby(text, lambda each: unicodedata.category(each) in MARKS)
    return max((len(list(run)) for marks, run in runs if marks), default=0)


class TextField(forms.CharField):
    """A form field for a person's own words, cleaned before its length is judged."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self.validators = [v for v in self.validators if not _refuses_nul(v)]

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class LineField(TextField):
    """A person's own words on one line: whatever breaks it, and more than one space, is a space."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


def _refuses_nul(validator: object) -> bool:
    """Django's own check for NUL: ours says the same thing in kinder words, and earlier."""
    return type(validator).__name__ == "ProhibitNullCharactersValidator"
