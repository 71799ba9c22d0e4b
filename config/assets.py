"""Template tags for scripts and styles, with the digest that browsers compare them with.

So browsers do not run a file that was changed in transit, or in the folder of static files alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@dataclass(frozen=True)
class InlineStyle:
    """The text of a `style` element, and the source that allows it in `style-src`."""

    text: str

    @property
    def source(self) -> str:
        return f"'sha256-{_digest(self.text.encode(), 'sha256')}'"


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


@register.simple_tag(takes_context=True)
def inline_stylesheets(context: RequestContext, *paths: str) -> SafeString:
    """The style sheets as part of the page: its first paint then waits for no other file.

    `ResponseHeadersMiddleware` adds their digest to the policy of this response. Raises
    FileNotFoundError if one is missing.
    """
    style = _inline(paths) if settings.DEBUG else _cached_inline(paths)
    context["request"].inline_style = style
    return format_html("<style>{}</style>", mark_safe(style.text))  # noqa: S308 own files


def integrity(path: str) -> str:
    """The value of the attribute `integrity` for the file as it is served."""
    return f"sha384-{_digest(_served(path).read_bytes(), 'sha384')}"


def _tag(form: str, path: str) -> SafeString:
    return _written(form, path) if settings.DEBUG else _cached(form, path)


def _written(form: str, path: str) -> SafeString:
    return format_html(form, staticfiles_storage.url(path), integrity(path))


_cached = cache(_written)  # files change during development, but not on a server


def _inline(paths: tuple[str, ...]) -> InlineStyle:
    """Addresses in a style sheet start from its folder, and those in a page from the page."""
    text = "\n".join(_served(path).read_text() for path in paths)
    return InlineStyle(re.sub(r'url\("\.\./', f'url("{settings.STATIC_URL}', text))


_cached_inline = cache(_inline)


def _digest(content: bytes, algorithm: str) -> str:
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


def _served(path: str) -> Path:
    """The file that is served: after collectstatic, a copy in which URLs were replaced."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        return Path(staticfiles_storage.path(staticfiles_storage.stored_name(path)))
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return Path(found)
