"""Base classes for the errors of rules. Views decide what a person sees; see web/seated.py."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the product says no."""


class NotFound(DomainError):
    """It does not exist for this person. The response is the same 404 as for anything unknown."""


class Conflict(DomainError):
    """It has changed since the page was loaded. Nothing was done."""


class Refused(DomainError):
    """It may not be done, or not now. Nothing was done."""
