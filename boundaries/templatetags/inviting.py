"""Who invited the person who is about to make an account."""

from __future__ import annotations

from django import template
from django.template import Context

from boundaries.pairing import offered

register = template.Library()


@register.simple_tag(takes_context=True)
def inviter(context: Context) -> str:
    """The first name on the invitation that is open in this browser, or nothing."""
    return offered.inviter(context["request"])
