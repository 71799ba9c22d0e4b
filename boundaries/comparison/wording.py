"""What two people say about a behaviour, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from boundaries import sentences
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour
from boundaries.sentences import Sentence, filled, ours
from boundaries.vocabulary import Side, Stance


def heading(behaviour: Behaviour) -> str:
    """The text of a behaviour. One that a person wrote is in quotation marks."""
    return sentences.heading(behaviour.text, user_written=behaviour.category == catalogue.OWN)


def stances(doer: str, left_says: Stance, right_says: Stance, names: Mapping[str, str]) -> Sentence:
    """What two people say about a behaviour when `doer` does it, or either of them if empty."""
    left, right = (sentences.name_of(side, names) for side in Side.values)
    parts = {
        "doer": sentences.name_of(doer, names),
        "left": left,
        "left_says": ours(left_says.in_words),
        "right": right,
        "right_says": ours(right_says.in_words),
    }
    if doer and left_says == right_says:
        words = _("When %(doer)s does it, both say: %(left_says)s")
    elif doer:
        words = _(
            "When %(doer)s does it, %(left)s says: %(left_says)s; %(right)s says: %(right_says)s"
        )
    elif left_says == right_says:
        words = _("Both say: %(left_says)s")
    else:
        words = _("%(left)s says: %(left_says)s; %(right)s says: %(right_says)s")
    return Sentence(sentences.with_full_stop(filled(words, **parts)))
