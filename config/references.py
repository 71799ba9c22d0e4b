"""A template tag for the id under which the log holds this request."""

from __future__ import annotations

from django import template

from config import logs

register = template.Library()


@register.simple_tag
def reference() -> str:
    """The id of the current request; "" outside of one."""
    return logs.request_id() or ""
