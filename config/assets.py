"""Tags for a page's own scripts and styles, each with the digest that a browser checks it against.

A file that was changed on its way, or by somebody who could write to the folder of static files
alone, is then not run at all.
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
    """Runs once the page is read, in the order of the page. Raises FileNotFoundError."""
    return _tag('<script src="{}" integrity="{}" defer></script>', path)


@register.simple_tag
def stylesheet(path: str) -> SafeString:
    """Raises FileNotFoundError for a path that is none of a static file."""
    return _tag('<link rel="stylesheet" href="{}" integrity="{}">', path)


def integrity(path: str) -> str:
    """What a browser compares the file with as it is served, in the words of the attribute."""
    digest = hashlib.sha384(_served(path).read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def _tag(form: str, path: str) -> SafeString:
    return _written(form, path) if settings.DEBUG else _kept(form, path)


def _written(form: str, path: str) -> SafeString:
    return format_html(form, staticfiles_storage.url(path), integrity(path))


_kept = cache(_written)  # while one works on a file it changes; on a server it does not


def _served(path: str) -> Path:
    """The file behind the address: with a build it is a copy in which addresses were replaced."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        return Path(staticfiles_storage.path(staticfiles_storage.stored_name(path)))
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return Path(found)
