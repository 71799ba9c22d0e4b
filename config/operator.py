"""Template tags for what whoever runs the site links to: the imprint and the source code."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def imprint() -> SafeString | str:
    """The link, or "" if the settings name none."""
    if not settings.IMPRINT_URL:
        return ""
    return format_html('<a href="{}" rel="noreferrer">{}</a>', settings.IMPRINT_URL, _("Imprint"))


@register.inclusion_tag("source_code.html")
def source_code() -> dict[str, str]:
    """The offer of the source code that section 13 of the AGPL asks for."""
    return {"address": settings.SOURCE_URL}
