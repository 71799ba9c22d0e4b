"""How a behaviour is worded on a page."""

from __future__ import annotations

from django import template

from boundaries import sentences
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour
from boundaries.sentences import Sentence

register = template.Library()


@register.filter
def worded(behaviour: Behaviour) -> Sentence:
    """The text of a behaviour; in quotation marks if one of the two wrote it (ADR 19)."""
    if behaviour.deck == catalogue.OWN:
        return Sentence([sentences.theirs(behaviour.text)])
    return Sentence([sentences.ours(behaviour.text)])
