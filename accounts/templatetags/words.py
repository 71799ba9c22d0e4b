"""A template filter for text that users wrote, inside sentences of our own."""

from __future__ import annotations

from django import template

from accounts.text import OwnWords

register = template.Library()


@register.filter
def own(words: object) -> OwnWords:
    """Isolate the direction of a user's text, so that it cannot reorder the words around it."""
    return OwnWords(words)
