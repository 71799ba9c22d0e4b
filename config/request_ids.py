"""A template tag for the request's id in the log, for people to quote when they report a fault."""

from __future__ import annotations

from django import template

from config import logs

register = template.Library()


@register.simple_tag
def request_id() -> str:
    """The id of the current request, or "" where there is no request."""
    return logs.request_id() or ""
