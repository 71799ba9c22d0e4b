"""A choice in a row of filters."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A filter that is a link."""

    name: str | Promise
    query: str
    chosen: bool
