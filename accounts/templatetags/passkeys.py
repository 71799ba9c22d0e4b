"""Whether passkeys work on this site."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def passkeys_work() -> bool:
    """Browsers offer passkeys over https alone, and on localhost."""
    return not settings.UNENCRYPTED
