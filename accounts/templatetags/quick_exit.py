"""Template tags for the quick exit, and a pseudonym for the signed-in user."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def leave_quickly() -> SafeString:
    """Render the button that leaves the site at once."""
    return _button(get_language(), settings.LEAVE_TO, settings.LEFT_COOKIE_NAME)


@lru_cache(maxsize=16)
def _button(language: str, to: str, left: str) -> SafeString:
    return render_to_string("components/leave.html", {"to": to, "left": left})


@register.simple_tag(takes_context=True)
def owner(context: Context) -> str:
    """A pseudonym for the signed-in user: a tab restores text that it stored only for them.

    It outlives a change of SECRET_KEY, as that text must. The id is random, so nobody can guess it.
    """
    return hashlib.sha256(f"owner {context['user'].pk}".encode()).hexdigest()[:24]


@register.simple_tag
def neutral_place() -> str:
    """The host name of the page that the button opens, without www."""
    return (urlsplit(settings.LEAVE_TO).hostname or "").removeprefix("www.")
