"""Whether a page offers passkeys."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context

from accounts import passkey_offer

register = template.Library()


@register.simple_tag
def passkeys_work() -> bool:
    """Browsers offer passkeys over https alone, and on localhost."""
    return not settings.UNENCRYPTED


@register.simple_tag(takes_context=True)
def offers_passkey(context: Context) -> bool:
    return passkey_offer.is_offered(context["request"])
