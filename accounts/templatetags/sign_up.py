"""Whether pages offer to sign up."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context

from accounts import sign_up

register = template.Library()


@register.simple_tag(takes_context=True)
def sign_up_for(context: Context) -> str:
    """How this browser can get an account: "open", "invited" (by an invitation) or "closed"."""
    return sign_up.OPEN if sign_up.is_open(context["request"]) else str(settings.SIGN_UP)
