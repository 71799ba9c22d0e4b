"""Template tags with which other parts show agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template import Context

from boundaries.agreements import history

if TYPE_CHECKING:
    from boundaries.agreements.history import Entry
    from boundaries.comparison.rules import Comparison

register = template.Library()


@register.simple_tag(takes_context=True)
def touched_agreements(context: Context, comparison: Comparison) -> list[Entry]:
    """Return agreements on which an answer has changed since. The demo couple has none."""
    seat = getattr(context["request"], "seat", None)
    return history.touched(seat, comparison) if seat else []
