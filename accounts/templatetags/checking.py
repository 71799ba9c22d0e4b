"""Whether somebody who has to reauthenticate was away."""

from __future__ import annotations

from django import template
from django.template import Context

from accounts import reauthentication

register = template.Library()


@register.simple_tag(takes_context=True)
def was_away(context: Context) -> bool:
    """Whether the session was idle since the last authentication."""
    return reauthentication.has_idled(context["request"])
