"""How a behaviour is worded on a page."""

from __future__ import annotations

from django import template

from boundaries.comparison.wording import heading
from boundaries.content.catalogue import Behaviour

register = template.Library()


@register.filter
def worded(behaviour: Behaviour) -> str:
    """The text of a behaviour; in quotation marks if one of the two wrote it (ADR 19)."""
    return heading(behaviour)
