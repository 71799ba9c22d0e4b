"""Every address of the site, found by walking the resolver: a new one is in the tests at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver, reverse

from boundaries.content import catalogue

LEAVE = "leave"
TALK = uuid.UUID("7a1c0000-0000-4000-8000-000000000001")  # wherever a test has one talk in it
ENTRY = uuid.UUID("e7420000-0000-4000-8000-000000000001")  # and one entry of a journal
CHECK_IN = uuid.UUID("c4ec0000-0000-4000-8000-000000000001")  # one that both have finished
COPY = uuid.UUID("c09f0000-0000-4000-8000-000000000001")  # and one copy from a parting
REPAIR = uuid.UUID("4e9a0000-0000-4000-8000-000000000001")  # and one repair
LINK = uuid.UUID("11740000-0000-4000-8000-000000000001")  # in a mail; nobody has this one


@dataclass(frozen=True, slots=True)
class Route:
    """One address with a name, and what stands in it."""

    name: str
    kwargs: tuple[str, ...]

    @property
    def path(self) -> str:
        """The address with something real in each place, as a person would meet it."""
        return reverse(self.name, kwargs={kwarg: example(kwarg) for kwarg in self.kwargs})

    def path_with(self, kwarg: str, text: str) -> str:
        """The address with any text in one place, whether or not such a thing can be."""
        mark = "7777" if kwarg == "pk" else None
        values = {kwarg: example(kwarg) for kwarg in self.kwargs}
        if mark:
            return reverse(self.name, kwargs={**values, kwarg: mark}).replace(mark, text)
        found = str(getattr(values[kwarg], "id", values[kwarg]))
        if kwarg in ("talk", "copy", "link", "page", "check_in", "repair"):
            return self.path.replace(found, text)
        return "/".join(text if part == found else part for part in self.path.split("/"))


def every() -> list[Route]:
    """All routes of the site, allauth's among them. The one that signs out comes last."""
    return sorted(_walk(get_resolver()), key=lambda route: route.name == LEAVE)


def example(kwarg: str) -> Any:
    """Something real for a place in an address. Raises KeyError for a place it has not met."""
    essentials = catalogue.deck(catalogue.ESSENTIALS)
    return {
        "deck": essentials,
        "behaviour": essentials.behaviours[0],
        "pk": 1_000_000,
        "talk": TALK,
        "copy": COPY,
        "check_in": CHECK_IN,
        "link": LINK,
        "page": ENTRY,
        "repair": REPAIR,
        "rest": "from-a-link",
    }[kwarg]


def _walk(resolver: URLResolver, above: tuple[str, ...] = ()) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        kwargs = above + tuple(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, kwargs)
        elif pattern.name:
            yield Route(pattern.name, kwargs)
        else:
            raise LookupError(f"a route without a name: {pattern}")
