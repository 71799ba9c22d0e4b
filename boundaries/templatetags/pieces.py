"""Pieces of a page that stand on it very often, kept ready-made.

What is kept is made of our own words alone, in one language. Nobody's answer is told by it: all
of its versions are there for everybody.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.scale import Scale
from boundaries.vocabulary import Stance, Weight

if TYPE_CHECKING:
    from django.template import Context

    from boundaries.comparing import Remark
    from boundaries.views.answering import Card
    from boundaries.views.comparing import DrawnBehaviour

register = template.Library()

ASKED = {"mine": Stance, "partners": Stance, "guess": Stance, "weight": Weight}
VALUES = {name: frozenset(kind.values) for name, kind in ASKED.items()}


@register.simple_tag(takes_context=True)
def brief(context: Context, card: Card, direction: str) -> SafeString:
    """A card on the list. Its frame is ready-made; what is said on it is filled in each time."""
    at = card.addresses
    return _filled(
        "brief",
        id=card.behaviour.id,
        text=card.behaviour.text,
        token=context["csrf_token"],
        seen=card.seen,
        direction=direction,
        partners=choices("partners", card.partners),
        mine=choices("mine", card.mine),
        status=card.status,
        save=at.save,
        skip=at.skip,
        undo=at.undo,
        undoable="" if card.undoable else "hidden",
        card=at.card,
    )


@register.simple_tag
def choices(name: str, chosen: str) -> SafeString:
    """The radios of one question, with one of them chosen or none."""
    return _choices(get_language(), name, chosen if chosen in VALUES[name] else "")


@lru_cache(maxsize=256)
def _choices(language: str, name: str, chosen: str) -> SafeString:
    context = {"name": name, "chosen": chosen, "choices": ASKED[name].choices}
    return render_to_string("components/choices.html", context)


@register.simple_tag
def scale(left: Stance, right: Stance) -> SafeString:
    """Where two stances stand, as a picture."""
    return _scale(get_language(), left, right)


@lru_cache(maxsize=256)
def _scale(language: str, left: Stance, right: Stance) -> SafeString:
    return render_to_string("components/scale.html", {"scale": Scale.of(left, right)})


@register.simple_tag
def compared(each: DrawnBehaviour) -> SafeString:
    """One behaviour of a comparison, with everything that opened with it."""
    asides = [_("This one depends on who does it.")] if each.depends else []
    if each.change:
        told = _("Changed since %(day)s. It was then under “%(grade)s”.")
        day = date_format(each.change.opened_at, "j F Y")
        asides.insert(0, told % {"day": day, "grade": each.change.grade.label})
    return _filled(
        "compared",
        id=each.behaviour.id,
        text=each.behaviour.text,
        asides=_each('<p class="quiet small">{}</p>', asides),
        lines=_joined(
            _filled("line", words=line.words, scale=scale(line.left, line.right))
            for line in each.lines
        ),
        remarks=_joined(map(_remark, each.remarks)),
    )


def _remark(remark: Remark) -> SafeString:
    conditions = [condition.label for condition in remark.conditions]
    items = _each("<li>{}</li>", conditions)
    if remark.in_other_words:
        items += format_html('<li dir="auto">{}</li>', remark.in_other_words)
    return _filled(
        "remark",
        name=remark.first_name,
        weight=remark.weight.label if remark.weight else "",
        conditions=format_html('<ul class="small">{}</ul>', items) if items else "",
        text=format_html('<p class="words" dir="auto">{}</p>', remark.text) if remark.text else "",
    )


def _each(frame: str, values: Iterable[object]) -> SafeString:
    return mark_safe("".join(frame.format(_escaped(value)) for value in values))  # noqa: S308


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 each of them is


def _filled(component: str, **values: object) -> SafeString:
    """A component with its values, each made safe as in any template, only quicker.

    Django's own `escape` looks first whether a text is still to be translated, which costs more
    than the escaping. A list of 24 cards has three hundred values.
    """
    frame = _frame(get_language(), component, tuple(values))
    return mark_safe(frame.format(**{name: _escaped(each) for name, each in values.items()}))  # noqa: S308


def _escaped(value: object) -> str:
    return value if isinstance(value, SafeString) else html.escape(str(value))


@lru_cache(maxsize=64)
def _frame(language: str, component: str, gaps: tuple[str, ...]) -> SafeString:
    """A component with gaps where its values go."""
    told = {gap: f"{{{gap}}}" for gap in gaps}
    return render_to_string(f"components/{component}.html", told)
