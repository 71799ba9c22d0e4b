"""What a rule raises when it refuses. Views decide what a person sees; see web/seated.py."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the product says no."""


class NotFound(DomainError):
    """There is no such thing for this person. It becomes the same 404 as anything unknown."""


class Conflict(DomainError):
    """It has changed since the page was loaded. Nothing was done."""


class Refused(DomainError):
    """It may not be done, or not now. Nothing was done."""
