"""Filling frames: rendered pieces of a page, kept with gaps for what belongs to somebody.

See docs/adr/0006-long-lists-are-filled-frames.md. boundaries/templatetags/frames.py has the pieces.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.text import OwnWords
from boundaries.sentences import Sentence

STAND_IN = "standsforsomething"  # an id for rendering an address, which cannot contain a gap


def joined(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(parts))  # every part is safe


def filled(component: str, **values: object) -> SafeString:
    """A component with its values."""
    return filled_in(get_language(), component, **values)


def filled_in(language: str, component: str, **values: object) -> SafeString:
    """The same for one of many: asking for the language takes longer than filling a frame."""
    return fill(_frame(language, component, tuple(values)), **values)


@lru_cache(maxsize=64)
def _frame(language: str, component: str, gaps: tuple[str, ...]) -> SafeString:
    """A component with gaps where its values go."""
    return render_to_string(f"components/{component}.html", with_gaps(*gaps))


def with_gaps(*names: str) -> dict[str, str]:
    """For each name a gap that `fill` finds."""
    return {name: f"{{{name}}}" for name in names}


def with_gap_for_id(component: str, context: Mapping[str, object]) -> SafeString:
    """A component about a behaviour or a deck, with the gap `id` also in addresses."""
    frame = render_to_string(f"components/{component}.html", {**context, "id": STAND_IN})
    return SafeString(frame.replace(STAND_IN, "{id}"))


def fill(frame: SafeString, **values: object) -> SafeString:
    """A frame with its values in the gaps, escaped as in any template, only faster.

    Django's `escape` and `mark_safe` first check whether a text is lazy, which costs more than the
    escaping. A list of 24 cards has about a hundred values.
    """
    return SafeString(frame.format(**{name: escaped(value) for name, value in values.items()}))


def escaped(value: object) -> str:
    if isinstance(value, SafeString):
        return value
    if isinstance(value, OwnWords | Sentence):
        return value.__html__()
    return html.escape(str(value))
