"""Says in the title that a form was refused, and puts the focus on the first wrong field."""

from __future__ import annotations

import html
from collections.abc import Iterator

from django import template
from django.forms import BaseForm
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_block_tag(takes_context=True)
def whole_title(context: Context, content: str) -> str:
    """The title of a page, which begins with "Please check" if its form was refused.

    The frame of every page has it. Titles come before forms, so the first wrong field can still get
    the focus: a screen reader then reads the title, the field and its error.
    """
    for form in _forms(context):
        if form.is_bound and form.errors:
            wrong = next((name for name in form.fields if name in form.errors), None)
            if wrong is not None:
                form.fields[wrong].widget.attrs["autofocus"] = True
            return SafeString(html.escape(_("Please check: %(title)s")) % {"title": content})
    return content


def _forms(context: Context) -> Iterator[BaseForm]:
    """The forms that a view gave to its template, each once."""
    values = (value for layer in context.dicts for value in layer.values())
    # By its type: isinstance would evaluate a lazy value, and so make a token and its cookie.
    forms = {id(value): value for value in values if issubclass(type(value), BaseForm)}
    yield from forms.values()
