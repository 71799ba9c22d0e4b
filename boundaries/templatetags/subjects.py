"""What a talk is about, as a heading."""

from __future__ import annotations

from django import template

from boundaries.agreements.words import heading_of, is_own
from boundaries.content.catalogue import Behaviour

register = template.Library()


@register.filter
def subject(behaviour: Behaviour) -> str:
    """A behaviour's text. One that the couple added stands in quotation marks."""
    return heading_of(behaviour.text, own=is_own(behaviour.id))
