"""A tag that writes the number of a request, under which the log has what went wrong."""

from __future__ import annotations

from django import template

from config import logs

register = template.Library()


@register.simple_tag
def reference() -> str:
    """The number of the request that is being answered. Empty outside of one."""
    return logs.request_id() or ""
