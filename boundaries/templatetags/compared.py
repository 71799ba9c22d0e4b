"""The pieces of a comparison, rendered once with gaps. See `frames`, which has all others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

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
from boundaries.web.frames import escaped, fill, filled_in, joined, with_gap_for_id, with_gaps

if TYPE_CHECKING:
    from boundaries.comparison.pages import Multiple
    from boundaries.comparison.rules import Compared, Remark
    from boundaries.vocabulary import Grade

register = template.Library()

AFTER_DOTS = re.compile("…[.।]")  # "fine, if …" ends a sentence by itself
ASIDE = SafeString('<p class="quiet small">{text}</p>')
CONDITIONS = SafeString('<ul class="with small">{items}</ul>')
OTHER_WORDS = SafeString('<li class="theirs" dir="auto" lang="">{text}</li>')
WORDS = SafeString('<p class="words" dir="auto" lang="">{text}</p>')


@register.simple_tag
def multiples(pictures: Iterable[Multiple]) -> SafeString:
    """Each category in the picture of all answers."""
    language = get_language()
    return joined(
        filled_in(
            language,
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
    language = get_language()
    return joined(
        filled_in(
            language,
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
    page = Page.of(left, right)
    return joined(
        _compared(page, entry, talks=talks, agreed=entry.behaviour.id in agreed)
        for entry in entries
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What is the same for everything on a page: worked out once, since a list has a hundred."""

    language: str
    left: str
    right: str
    names: dict[str, SafeString]  # of both, by name
    labels: dict[str, str]  # of both, by gap, without markup: for attributes

    @classmethod
    def of(cls, left: str, right: str) -> Self:
        names = {name: SafeString(escaped(name)) for name in (left, right)}
        labels = {"one": isolated(left), "two": isolated(right)}
        return cls(get_language(), left, right, names, labels)


def _compared(page: Page, entry: Compared, *, talks: bool, agreed: bool) -> SafeString:
    if not entry.lines:
        text = heading(entry.behaviour)
        return filled_in(page.language, "unshared", id=entry.behaviour.id, text=text)
    lines = _lines(page, entry)
    pictures = joined(
        fill(_line_frame(*frame[:-1]), **{**names, **page.labels}) for frame, names in lines
    )
    about = _about(page, entry, lines, talks=talks, agreed=agreed)
    return filled_in(page.language, "compared", lines=pictures, **about)


@register.simple_tag
def both_answers(entry: Compared) -> SafeString:
    """What both said on one behaviour, in words: a line for each direction in which they differ."""
    page = Page.of(*(line.doer for line in entry.lines))
    words, remarks = _in_words(_lines(page, entry)), _remarks(page, entry)
    return filled_in(page.language, "both_answers", words=words, remarks=remarks)


@register.simple_tag
def same_ground(
    entries: Iterable[Compared],
    left: str,
    right: str,
    talks: bool = False,
    agreed: Collection[str] = (),
) -> SafeString:
    """Behaviours on which both said the same, each in one line. Everything else is folded."""
    page = Page.of(left, right)
    return joined(
        _same(page, entry, talks=talks, agreed=entry.behaviour.id in agreed) for entry in entries
    )


def _same(page: Page, entry: Compared, *, talks: bool, agreed: bool) -> SafeString:
    says = entry.lines[0].left.in_words if entry.whoever_does_it else _("it depends")
    about = _about(page, entry, _lines(page, entry), talks=talks, agreed=agreed)
    return filled_in(page.language, "same", says=says, **about)


type Frame = tuple[str, Stance, Stance, bool, Grade | None]  # what a line's frames are cached by
type Lines = list[tuple[Frame, dict[str, SafeString]]]


def _lines(page: Page, entry: Compared) -> Lines:
    """What the frames of every line are cached by, and the names for their gaps."""
    names, whoever = page.names, entry.whoever_does_it
    return [
        (
            (page.language, line.left, line.right, whoever, line.grade if entry.depends else None),
            {"doer": names[line.doer], "one": names[page.left], "two": names[page.right]},
        )
        for line in entry.distinct_lines
    ]


def _about(
    page: Page, entry: Compared, lines: Lines, *, talks: bool, agreed: bool
) -> dict[str, object]:
    noted = any(remark.text for remark in entry.remarks)
    return {
        "id": entry.behaviour.id,
        "text": heading(entry.behaviour),
        "marks": _marks(page.language, agreed, noted),
        "asides": _asides(entry),
        "words": _in_words(lines),
        "remarks": _remarks(page, entry),
        "talk": fill(_talk(page.language), id=entry.behaviour.id) if talks else "",
    }


def _in_words(lines: Lines) -> SafeString:
    return joined(fill(_words_frame(*frame), **names) for frame, names in lines)


@lru_cache(maxsize=64)
def _talk(language: str) -> SafeString:
    return with_gap_for_id("talk", {})


@lru_cache(maxsize=64)
def _marks(language: str, agreed: bool, noted: bool) -> str:
    """What stays in sight while the rest is folded. A note is marked alike, whosever it is."""
    marks = [_("On our page")] if agreed else []
    marks += [_("with a note")] if noted else []
    return format_html(' <small class="row-mark">{}</small>', " · ".join(marks)) if marks else ""


def _asides(entry: Compared) -> SafeString:
    asides = []
    if entry.change:
        text = _("Changed since %(day)s. It was then under “%(grade)s”.")
        day = day_of(entry.change.opened_at)
        asides.append(text % {"day": day, "grade": entry.change.grade.label})
    if entry.depends:
        asides.append(_("This one depends on who does it."))
    return joined(fill(ASIDE, text=aside) for aside in asides)


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
        "words": AFTER_DOTS.sub("…", words % (gaps | says)),
        "left": left,
        "right": right,
    }


def _remarks(page: Page, entry: Compared) -> SafeString:
    return joined(_remark(page, remark) for remark in entry.remarks)


def _remark(page: Page, remark: Remark) -> SafeString:
    other, text = remark.in_other_words, remark.text
    items = _conditions(page.language, remark.conditions) if remark.conditions else SafeString()
    if other:
        items += fill(OTHER_WORDS, text=other)
    return fill(
        _remark_frame(page.language, remark.weight),
        name=page.names.get(remark.first_name, remark.first_name),
        conditions=fill(CONDITIONS, items=items) if items else "",
        text=fill(WORDS, text=text) if text else "",
    )


@lru_cache(maxsize=64)
def _remark_frame(language: str, weight: Weight | None) -> SafeString:
    gaps = with_gaps("name", "conditions", "text")
    return render_to_string("components/remark.html", {**gaps, "weight": weight})


@lru_cache(maxsize=256)
def _conditions(language: str, conditions: tuple[Condition, ...]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((condition.in_words,) for condition in conditions))
