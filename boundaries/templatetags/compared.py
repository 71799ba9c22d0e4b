"""The pieces of a comparison, rendered once with gaps. See `frames`, which has all others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries.comparison.wording import heading
from boundaries.templatetags.frames import day_of
from boundaries.vocabulary import Condition, Stance, Weight
from boundaries.web.frames import escaped, fill, filled, joined, with_gaps

if TYPE_CHECKING:
    from boundaries.comparison.pages import Multiple
    from boundaries.comparison.rules import Compared, Remark
    from boundaries.vocabulary import Grade

register = template.Library()


@register.simple_tag
def multiples(pictures: Iterable[Multiple]) -> SafeString:
    """Each category in the picture of all answers."""
    return joined(
        filled(
            "multiple",
            name=picture.category.name,
            circles=picture.circles,
            diamonds=picture.diamonds,
        )
        for picture in pictures
    )


@register.simple_tag
def multiples_in_words(pictures: Iterable[Multiple]) -> SafeString:
    """The same for those who do not see the picture."""
    return joined(
        filled(
            "multiple_in_words",
            name=picture.category.name,
            left=picture.places[0].first_name,
            left_words=picture.places[0].words,
            right=picture.places[1].first_name,
            right_words=picture.places[1].words,
        )
        for picture in pictures
    )


@register.simple_tag
def compared(
    entries: Iterable[Compared],
    left: str,
    right: str,
    talks: bool = False,
    agreed: Collection[str] = (),
) -> SafeString:
    """Behaviours of a comparison, each with its scale. Everything else about them is folded.

    `left` and `right` are first names. `talks`: whether a talk about one can be opened from here.
    `agreed` are the ids of the behaviours on which these two agreed, and it stands.
    """
    return joined(
        _compared(entry, left, right, talks=talks, agreed=entry.behaviour.id in agreed)
        for entry in entries
    )


def _compared(entry: Compared, left: str, right: str, *, talks: bool, agreed: bool) -> SafeString:
    if not entry.lines:
        return filled("unshared", id=entry.behaviour.id, text=heading(entry.behaviour))
    lines = _lines(entry, left, right)
    label = {"one": isolated(left), "two": isolated(right)}  # no markup in an attribute
    pictures = joined(
        fill(_line_frame(*frame[:-1]), **{**names, **label}) for frame, names in lines
    )
    return filled(
        "compared",
        lines=pictures,
        **_about(entry, lines, talks=talks, agreed=agreed),
    )


@register.simple_tag
def both_answers(entry: Compared) -> SafeString:
    """What both said on one behaviour, in words: a line for each direction in which they differ."""
    left, right = (line.doer for line in entry.lines)
    return filled(
        "both_answers",
        words=_in_words(_lines(entry, left, right)),
        remarks=joined(map(_remark, entry.remarks)),
    )


@register.simple_tag
def same_ground(
    entries: Iterable[Compared],
    left: str,
    right: str,
    talks: bool = False,
    agreed: Collection[str] = (),
) -> SafeString:
    """Behaviours on which both said the same, each in one line. Everything else is folded."""
    return joined(
        _same(entry, left, right, talks=talks, agreed=entry.behaviour.id in agreed)
        for entry in entries
    )


def _same(entry: Compared, left: str, right: str, *, talks: bool, agreed: bool) -> SafeString:
    says = entry.lines[0].left.in_words if entry.whoever_does_it else _("it depends")
    lines = _lines(entry, left, right)
    return filled("same", says=says, **_about(entry, lines, talks=talks, agreed=agreed))


type Frame = tuple[str, Stance, Stance, bool, Grade | None]  # what a line's frames are cached by
type Lines = list[tuple[Frame, dict[str, SafeString]]]


def _lines(entry: Compared, left: str, right: str) -> Lines:
    """What the frames of every line are cached by, and the names for their gaps."""
    names = {name: SafeString(escaped(name)) for name in (left, right)}
    language, whoever = get_language(), entry.whoever_does_it
    return [
        (
            (language, line.left, line.right, whoever, line.grade if entry.depends else None),
            {"doer": names[line.doer], "one": names[left], "two": names[right]},
        )
        for line in entry.distinct_lines
    ]


def _about(entry: Compared, lines: Lines, *, talks: bool, agreed: bool) -> dict[str, object]:
    return {
        "id": entry.behaviour.id,
        "text": heading(entry.behaviour),
        "marks": _marks(entry, agreed),
        "asides": _asides(entry),
        "words": _in_words(lines),
        "remarks": joined(map(_remark, entry.remarks)),
        "talk": _talk(get_language(), entry.behaviour.id) if talks else "",
    }


def _in_words(lines: Lines) -> SafeString:
    return joined(fill(_words_frame(*frame), **names) for frame, names in lines)


@lru_cache(maxsize=1024)
def _talk(language: str, id: str) -> SafeString:
    return render_to_string("components/talk.html", {"id": id})


def _marks(entry: Compared, agreed: bool) -> str:
    """What stays in sight while the rest is folded. A note is marked alike, whosever it is."""
    marks = [_("On our page")] if agreed else []
    if any(remark.text for remark in entry.remarks):
        marks.append(_("with a note"))
    return format_html(' <small class="row-mark">{}</small>', " · ".join(marks)) if marks else ""


def _asides(entry: Compared) -> SafeString:
    asides = []
    if entry.change:
        text = _("Changed since %(day)s. It was then under “%(grade)s”.")
        day = day_of(entry.change.opened_at)
        asides.append(text % {"day": day, "grade": entry.change.grade.label})
    if entry.depends:
        asides.append(_("This one depends on who does it."))
    return format_html_join("", '<p class="quiet small">{}</p>', ((aside,) for aside in asides))


@lru_cache(maxsize=512)
def _line_frame(language: str, left: Stance, right: Stance, whoever: bool) -> SafeString:
    """The picture of a line, with gaps for the names."""
    return render_to_string("components/line.html", _line_in_words(left, right, whoever))


@lru_cache(maxsize=512)
def _words_frame(
    language: str, left: Stance, right: Stance, whoever: bool, grade: Grade | None
) -> SafeString:
    """The words of a line, with gaps for the names. They say everything that the picture shows.

    It names its grade (`grade`) where the two lines of a behaviour have different ones.
    """
    context = {**_line_in_words(left, right, whoever), "grade": grade}
    return render_to_string("components/line_words.html", context)


def _line_in_words(left: Stance, right: Stance, whoever: bool) -> dict[str, object]:
    gaps = with_gaps("doer", "one", "two")
    says = {"left": left.in_words, "right": right.in_words}
    if left == right:
        words = _("you both say %(left)s.")
    else:
        words = _("%(one)s says %(left)s, %(two)s says %(right)s.")
    return {
        "direction": _("Whoever does it") if whoever else _("When %(doer)s does it") % gaps,
        "words": (words % (gaps | says)).replace("….", "…"),
        "left": left,
        "right": right,
    }


def _remark(remark: Remark) -> SafeString:
    other, text = remark.in_other_words, remark.text
    items = _conditions(get_language(), remark.conditions)
    if other:
        items += format_html('<li class="theirs" dir="auto">{}</li>', other)
    return fill(
        _remark_frame(get_language(), remark.weight),
        name=remark.first_name,
        conditions=format_html('<ul class="with small">{}</ul>', items) if items else "",
        text=format_html('<p class="words" dir="auto">{}</p>', text) if text else "",
    )


@lru_cache(maxsize=64)
def _remark_frame(language: str, weight: Weight | None) -> SafeString:
    gaps = with_gaps("name", "conditions", "text")
    return render_to_string("components/remark.html", {**gaps, "weight": weight})


@lru_cache(maxsize=256)
def _conditions(language: str, conditions: tuple[Condition, ...]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((condition.in_words,) for condition in conditions))
