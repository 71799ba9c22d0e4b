"""Text of people inside sentences of ours."""

from __future__ import annotations

from django import template

from accounts.text import OwnWords

register = template.Library()


@register.filter
def own(words: object) -> OwnWords:
    """Isolate the direction of a person's text, so that it reorders no other words."""
    return OwnWords(words)
