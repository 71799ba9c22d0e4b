"""Whether a page offers a passkey."""

from __future__ import annotations

from django import template
from django.template import Context

from accounts import passkey_offer

register = template.Library()


@register.simple_tag(takes_context=True)
def offers_passkey(context: Context) -> bool:
    return passkey_offer.is_offered(context["request"])
