"""Template tags with which other parts show agreements, and what else two people have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template import Context

from boundaries.agreements import history
from boundaries.comparison import pages
from boundaries.talks import overview
from boundaries.talks.overview import Progress

if TYPE_CHECKING:
    from boundaries.agreements.history import Entry
    from boundaries.comparison.pages import SameGround, Suggestion
    from boundaries.comparison.rules import Comparison

register = template.Library()


@register.simple_tag(takes_context=True)
def progress(context: Context) -> Progress:
    """Return what these two have talked about and agreed. The demo couple has done nothing yet."""
    seat = getattr(context["request"], "seat", None)
    return overview.progress(seat) if seat else Progress()


@register.simple_tag
def suggested_talks(comparison: Comparison, progress: Progress) -> list[Suggestion]:
    """Return what is worth a talk, and what kind of talk each would be."""
    return pages.suggestions(progress.suggested(comparison))


@register.simple_tag
def left_to_keep(same: SameGround, progress: Progress) -> bool:
    """Return whether words can still be proposed on some of what both said alike."""
    return bool(same.ids - progress.proposed)


@register.simple_tag
def all_agreed(same: SameGround, progress: Progress) -> bool:
    """Return whether an agreement stands on all that both said alike."""
    return same.ids <= progress.agreed


@register.simple_tag(takes_context=True)
def touched_agreements(context: Context, comparison: Comparison, progress: Progress) -> list[Entry]:
    """Return agreements on which an answer has changed since. The demo couple has none."""
    seat = getattr(context["request"], "seat", None)
    return history.touched(seat, comparison) if seat and progress.agreed else []
