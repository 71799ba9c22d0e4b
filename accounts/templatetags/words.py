"""How somebody's words stand in the middle of a sentence of ours."""

from __future__ import annotations

from django import template

from accounts.text import OwnWords

register = template.Library()


@register.filter
def own(words: object) -> OwnWords:
    """Somebody's words, set apart so that they change no other word's place."""
    return OwnWords(words)
