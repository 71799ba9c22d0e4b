"""A template tag for the link to the imprint of whoever runs the site."""

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
