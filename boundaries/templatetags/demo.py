"""What pages show in a demo only: signing in by one tap, the other partner, the mailbox."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from boundaries.demo import couple, rules, trying
from boundaries.vocabulary import Side

register = template.Library()


@register.simple_tag
def is_demo() -> bool:
    return bool(settings.DEMO)


@register.simple_tag(takes_context=True)
def look_around(context: Context, *, main: bool = False) -> SafeString | str:
    """Two buttons: sign in as either of an invented couple."""
    people = {f"demo-as-{side}": name for side, name in couple.names().items()}
    return _shown("boundaries/demo/look_around.html", {"people": people, "main": main}, context)


@register.simple_tag(takes_context=True)
def demo_places(context: Context) -> SafeString | str:
    """Links at the foot of every page: the mailbox, and the other partner of one's couple."""
    if not settings.DEMO:
        return ""
    request = context["request"]
    me = rules.who(request.user.email) if request.user.is_authenticated else None
    other = None
    if me and me[1] == trying.tag_of(request):
        other = Side.RIGHT if me[0] == Side.LEFT else Side.LEFT
    names = {"other": other and f"demo-as-{other}", "name": other and couple.names()[other]}
    return _shown("boundaries/demo/places.html", names, context)


@register.simple_tag(takes_context=True)
def demo_mail(context: Context) -> SafeString | str:
    """Where a demo shows the mail with the code that a page asks for."""
    return _shown("boundaries/demo/mail.html", {}, context)


def _shown(name: str, values: Mapping[str, object], context: Context) -> SafeString | str:
    return render_to_string(name, dict(values), context["request"]) if settings.DEMO else ""
