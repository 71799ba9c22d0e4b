"""A template tag for what every page of a demo or of an unencrypted site warns of."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def site_notice() -> SafeString | str:
    """One line for each thing to know about this site; "" for a real one over https."""
    minutes = settings.DEMO_RESET_MINUTES if settings.DEMO else 0
    if not (minutes or settings.UNENCRYPTED):
        return ""
    return _notice(get_language(), minutes, settings.UNENCRYPTED)


@lru_cache(maxsize=16)
def _notice(language: str, minutes: int, unencrypted: bool) -> SafeString:
    context = {"minutes": minutes, "unencrypted": unencrypted}
    return render_to_string("components/site_notice.html", context)
