"""Words that may be about control rather than about a boundary, noticed so that a note can say so.

A boundary is what I will do; control is what you are allowed to do. Nothing is blocked, and
nobody but the reader of the page is shown the note.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("control.toml")


def may_be_control(text: str) -> bool:
    """Whether a behaviour in somebody's own words touches what is each person's own affair."""
    return bool(_words().search(text))


@cache
def _words() -> re.Pattern[str]:
    topics: dict[str, list[str]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return re.compile(
        "|".join(rf"\b(?:{word})\b" for words in topics.values() for word in words), re.IGNORECASE
    )
