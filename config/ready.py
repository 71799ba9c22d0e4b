"""Parts of a page that are the same for everybody: rendered once in each language, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import template
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.template.base import Node, NodeList, Parser, Token
from django.template.defaulttags import IfNode
from django.template.loader_tags import BlockNode, IncludeNode
from django.utils.translation import get_language

register = template.Library()


class NotForEverybody(Exception):
    """A part that is kept for everybody asks for a value."""


class NoValues(Context):
    """A context in which nothing can be looked up but what a part has set itself."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            raise NotForEverybody(key) from None

    def get(self, key: Any, otherwise: Any = None) -> Any:
        return self[key]

    def __contains__(self, key: Any) -> bool:
        self[key]
        return True


class ReadyNode(Node):
    """What stands between `ready` and `endready`."""

    def __init__(self, inside: NodeList) -> None:
        self.inside = inside
        self.kept: dict[str | None, str] = {}  # by language

    def __iter__(self) -> Iterator[Node]:
        yield from self.inside

    def render(self, context: Context) -> str:
        """Render what is inside with an empty context. Raises NotForEverybody."""
        language = get_language()
        if language not in self.kept or settings.DEBUG:
            self.kept[language] = self._rendered(context)
        return self.kept[language]

    def _rendered(self, context: Context) -> str:
        nothing, page = NoValues(), cast(Template, context.template)
        nothing.template = page
        with nothing.render_context.push_state(page):
            return self.inside.render(nothing)


@register.tag
def ready(parser: Parser, token: Token) -> ReadyNode:
    """Render what is inside once for everybody. It may ask for no value.

    `if` is refused since it takes a value that it cannot find for no.
    """
    inside = parser.parse(("endready",))
    parser.delete_first_token()
    for node in inside.get_nodes_by_type(Node):
        if isinstance(node, BlockNode | IncludeNode | IfNode):
            raise TemplateSyntaxError(f"{type(node).__name__} cannot stand inside ready.")
    return ReadyNode(inside)
