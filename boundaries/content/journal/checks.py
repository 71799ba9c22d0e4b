"""System checks of prompts.toml: every question can be shown to everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from boundaries.content.catalogue.checks import BANNED_WORDS
from boundaries.content.journal import PARTNER, SOURCE, Prompt, read

MAX_LENGTH = 90  # characters: three lines on a small phone
ID = re.compile(r"[a-z]+(?:-[a-z]+)*")
LEADS_TO = ("", "safety-questions")


@register("journal")
def journal_prompts(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return list(complaints(SOURCE.read_text(encoding="utf-8")))


def complaints(text: str) -> Iterator[CheckMessage]:
    """What is wrong with the questions of the journal."""
    try:
        prompts = read(text)
    except ValueError as error:
        yield Error(f"This cannot be read: {error}.", obj=SOURCE.name, id="boundaries.E026")
        return
    ids = [prompt.id for prompt in prompts]
    for prompt in prompts:
        for wrong in _wrong(prompt, ids):
            place = f"{SOURCE.name}, “{prompt.id}”"
            yield Error(wrong, obj=place, id="boundaries.E027")


def _wrong(prompt: Prompt, ids: list[str]) -> Iterator[str]:
    if not ID.fullmatch(prompt.id) or ids.count(prompt.id) > 1:
        yield "Its id must be of small letters and hyphens, and of one prompt only."
    if not prompt.text.endswith("?") or len(prompt.text) > MAX_LENGTH:
        yield f"It must end with a question mark, and be {MAX_LENGTH} characters at the most."
    if "{" in prompt.text.replace(PARTNER, "") or "}" in prompt.text.replace(PARTNER, ""):
        yield f"The only name in it can be {PARTNER}."
    if found := BANNED_WORDS.search(prompt.text):
        yield f"“{found[0]}” judges, or takes a gender for granted."
    if prompt.leads_to not in LEADS_TO:
        yield "It leads to no page."
