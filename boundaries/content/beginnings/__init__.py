"""How people begin words that go on from a beginning of ours: patterns, for each language.

Under "When …" somebody may write "When you come home late". Each language has a file of patterns,
or knows none: then words are kept as they are, and set apart from ours.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

HERE = Path(__file__).parent
ENGLISH = "en"
NEVER = re.compile(r"(?!)")


def beginning(name: str, otherwise: str = "") -> re.Pattern[str]:
    """The pattern of this name in the active language, or of another, or one never found."""
    found = patterns((get_language() or ENGLISH).split("-")[0])
    return found.get(name) or found.get(otherwise, NEVER)


@cache
def patterns(language: str) -> dict[str, re.Pattern[str]]:
    """All patterns of a language, by name. Raises re.error for one that cannot be read."""
    source = HERE / f"{language}.toml"
    texts = tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
    return {name: re.compile(text, re.IGNORECASE) for name, text in texts.items()}
