"""Template tags for scripts and styles, with the digest that browsers compare them with.

So browsers do not run a file that was changed in transit, or in the folder of static files alone.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def script(path: str) -> SafeString:
    """A deferred script: runs after the page is parsed, in order. Raises FileNotFoundError."""
    return _tag('<script src="{}" integrity="{}" defer></script>', path)


@register.simple_tag
def early_script(path: str) -> SafeString:
    """A script that runs before anything is painted. Raises FileNotFoundError."""
    return _tag('<script src="{}" integrity="{}"></script>', path)


@register.simple_tag
def stylesheet(path: str) -> SafeString:
    """Raises FileNotFoundError if there is no such static file."""
    return _tag('<link rel="stylesheet" href="{}" integrity="{}">', path)


def integrity(path: str) -> str:
    """The value of the attribute `integrity` for the file as it is served."""
    digest = hashlib.sha384(_served(path).read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def _tag(form: str, path: str) -> SafeString:
    return _written(form, path) if settings.DEBUG else _cached(form, path)


def _written(form: str, path: str) -> SafeString:
    return format_html(form, staticfiles_storage.url(path), integrity(path))


_cached = cache(_written)  # files change during development, but not on a server


def _served(path: str) -> Path:
    """The file that is served: after collectstatic, a copy in which URLs were replaced."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        return Path(staticfiles_storage.path(staticfiles_storage.stored_name(path)))
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return Path(found)
