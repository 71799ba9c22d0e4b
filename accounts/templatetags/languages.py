"""Template tags for the languages to choose from, at the foot of every page."""

from __future__ import annotations

import html
from functools import lru_cache

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts import locales
from accounts.languages import active
from accounts.reauthentication import page_before

register = template.Library()


@register.simple_tag
def languages_for_anybody() -> SafeString:
    """The languages, on a page that knows nobody."""
    return _for_anybody(active(), path="")


@register.simple_tag(takes_context=True)
def languages(context: Context) -> SafeString:
    """The languages, on a page that knows who looks at it."""
    request = context["request"]
    path = page_before(request).partition("?")[0]
    if not request.user.is_authenticated:
        return _for_anybody(active(), path=path)
    frame = _frame(active(), tuple(settings.LANGUAGES), signed_in=True)
    # The token that other forms of the page have: making another takes longer than the rest.
    return SafeString(frame.format(path=html.escape(path), token=context["csrf_token"]))


register.simple_tag(locales.script, name="script_of")


@register.filter
def language_name(code: str) -> str:
    """A language in its own name."""
    return dict(settings.LANGUAGES).get(code, "")


def _for_anybody(language: str, *, path: str) -> SafeString:
    frame = _frame(language, tuple(settings.LANGUAGES), signed_in=False)
    return SafeString(frame.format(path=html.escape(path)))


@lru_cache(maxsize=16)
def _frame(current: str, languages: tuple[tuple[str, str], ...], *, signed_in: bool) -> str:
    """The form in a language, with gaps for where it leads back to, and for its token."""
    context = {
        "languages": languages,
        "current": current,
        "signed_in": signed_in,
        "path": "{path}",
        "token": "{token}",
    }
    return render_to_string("accounts/languages.html", context)
