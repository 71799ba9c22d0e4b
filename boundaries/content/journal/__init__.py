"""Questions to start from in the journal, read from prompts.toml, in the active language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boundaries.content.languages import PerLanguage, Translatable, translated

PART = "journal"
SOURCE = Path(__file__).with_name("prompts.toml")
PARTNER = "{partner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question that somebody may ask themselves."""

    id: str
    text: str
    leads_to: str = ""  # the URL name of a page that helps with it

    def asked_about(self, partner: str) -> str:
        """The question with a name, or "my partner", in it."""
        return self.text.replace(PARTNER, partner)


@PerLanguage
def prompts() -> dict[str, Prompt]:
    """All questions by id, in the order of the file."""
    return {prompt.id: translated(PART, "prompt", prompt) for prompt in english_prompts()}


@cache
def english_prompts() -> tuple[Prompt, ...]:
    """All questions in the words of prompts.toml."""
    return tuple(read(SOURCE.read_text(encoding="utf-8")))


TRANSLATABLE = (
    Translatable(part=PART, name="prompt", fields={"text": 120}, items=english_prompts),
)


def read(text: str) -> list[Prompt]:
    """The questions in a TOML text. Raises ValueError if it cannot be read."""
    try:
        return [Prompt(**row) for row in tomllib.loads(text)["prompt"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"something is missing or too much: {error}") from error
