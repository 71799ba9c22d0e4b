"""Filters that are links."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One link in a row of filters."""

    name: str | Promise
    query: str
    chosen: bool
