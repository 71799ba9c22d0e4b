"""Forms of the journal: an entry, and what of it goes along to a talk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.content.journal import prompts
from boundaries.web.fields import WordsField
from boundaries.web.forms import WrittenForm

MAX_ENTRY_LENGTH = 6_000  # characters: four pages by hand


class EntryForm(WrittenForm):
    """The words of an entry. `seen` is the version of those that were changed."""

    words = WordsField(MAX_ENTRY_LENGTH)
    prompt = forms.CharField(required=False, max_length=40, empty_value="")
    plumbing: ClassVar[tuple[str, ...]] = (*WrittenForm.plumbing, "prompt")

    def clean_prompt(self) -> str:
        prompt = str(self.cleaned_data["prompt"])
        return prompt if prompt in prompts() else ""


class TalkDraftForm(forms.Form):
    """One line of an entry, and the behaviour of the talk that it is kept for."""

    line = forms.ChoiceField(
        error_messages={
            "required": _("Please choose a line."),
            "invalid_choice": _("This line has changed. Please choose again."),
        }
    )
    behaviour = forms.ChoiceField(
        error_messages={
            "required": _("Please choose what the talk is about."),
            "invalid_choice": _("This can’t be talked about now. Please choose again."),
        }
    )

    def __init__(
        self, data: Any = None, *, lines: Iterable[str], behaviours: Iterable[str]
    ) -> None:
        super().__init__(data)
        for name, values in (("line", lines), ("behaviour", behaviours)):
            self.fields[name].choices = [(value, value) for value in values]  # type: ignore[attr-defined]
