"""Forms for people's own words, which are never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.text import TextField
from boundaries.web.fields import WordsField


class WrittenForm(forms.Form):
    """The writer's own words. `handing`: to be handed over, not just saved as a draft."""

    # Names of fields of words that are added to an instance, for `fields_of_words`.
    added_words: ClassVar[tuple[str, ...]] = ()

    seen = forms.CharField(required=False, max_length=64, empty_value="")
    plumbing: ClassVar[tuple[str, ...]] = ("seen",)

    def __init__(self, *args: Any, handing: bool = True, aloud: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.handing = handing
        self.aloud = aloud  # on a shared screen people may say the words instead

    @property
    def sent(self) -> dict[str, Any]:
        """The data as it was sent, valid or not, to fill in the form again."""
        data: Any = self.data
        return {
            name: data.getlist(name)
            if isinstance(field, forms.MultipleChoiceField)
            else data.get(name, "")
            for name, field in self.fields.items()
            if name in data
        }

    @property
    def draft(self) -> dict[str, Any]:
        """The cleaned fields as a draft stores them."""
        return {
            name: value.isoformat() if isinstance(value, date) else value or ""
            for name, value in self.cleaned_data.items()
            if name not in self.plumbing
        }

    @property
    def content(self) -> dict[str, Any]:
        """What is handed over."""
        return self.draft

    @property
    def names_of_words(self) -> list[str]:
        """The names of the fields that hold the writer's own words."""
        return [name for name, field in self.fields.items() if isinstance(field, WordsField)]

    @property
    def hands_over_words(self) -> bool:
        """Whether any words were sent, valid or not."""
        return any(str(self.data.get(name, "")).strip() for name in self.names_of_words)

    @property
    def texts(self) -> Iterator[str]:
        """The words in all fields of the writer's own words."""
        for name in self.names_of_words:
            yield str(self.cleaned_data.get(name) or "")


def fields_of_words() -> set[str]:
    """The names of all fields that hold a person's own words, in any form of the site.

    A field of words is a TextField; see tests/accounts/test_text.py. The views import every form,
    so all of them are known here before the first request.
    """
    names = set()
    for form in _subclasses(forms.BaseForm):
        names |= {name for name, field in form.base_fields.items() if isinstance(field, TextField)}
        if issubclass(form, WrittenForm):
            names |= set(form.added_words)
    return names


def _subclasses(form: type[Any]) -> Iterator[type[Any]]:
    for subclass in form.__subclasses__():
        if hasattr(subclass, "base_fields"):
            yield subclass
        yield from _subclasses(subclass)
