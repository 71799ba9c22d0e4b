"""Parts that repeat often on a page, rendered once with gaps and cached as frames.

A cached frame holds only our own words, in one language, never anybody's answer: every version of
it may be cached for everybody. See docs/adr/0006-long-lists-are-filled-frames.md.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries.comparison.scale import Scale
from boundaries.comparison.wording import heading
from boundaries.templatetags.behaviours import worded
from boundaries.vocabulary import Condition, Stance, Weight
from boundaries.web.frames import escaped, fill, filled, joined, with_gaps

if TYPE_CHECKING:
    from datetime import datetime

    from django.template import Context

    from boundaries.agreements.history import Entry
    from boundaries.answers.pages import Card
    from boundaries.comparison.pages import Multiple
    from boundaries.comparison.rules import Compared, Remark
    from boundaries.vocabulary import Grade

register = template.Library()

ASKED = {"mine": Stance, "partners": Stance, "guess": Stance, "weight": Weight}
VALUES = {name: frozenset(kind.values) for name, kind in ASKED.items()}
SENTENCE = SafeString('<span class="words" dir="auto">{text}</span>')
PRAISE = SafeString('<span class="words quiet" dir="auto">{text}</span>')


@register.simple_tag(takes_context=True)
def brief(context: Context, card: Card, direction: str) -> SafeString:
    """A card on the list: a cached frame, filled with this person's answers."""
    return fill(
        _brief(get_language(), card.behaviour.id),
        text=worded(card.behaviour),
        token=context["csrf_token"],
        version=card.version,
        direction=direction,
        partners=choices("partners", card.partners),
        mine=choices("mine", card.mine),
        conditions=card.named_conditions or _("No condition named yet."),
        apart="checked" if card.apart else "",
        status=card.saved,
        undoable="" if card.undoable else "hidden",
        undoes=card.undoes,
    )


@lru_cache(maxsize=1024)
def _brief(language: str, id: str) -> SafeString:
    asked = ("text", "direction", "partners", "mine", "apart", "conditions")
    gaps = with_gaps(*asked, "token", "version", "status", "undoable", "undoes")
    return render_to_string("components/brief.html", {**gaps, "id": id})


@register.simple_tag
def still_brief(card: Card, direction: str) -> SafeString:
    """A card to try out in an example: nothing is sent."""
    return filled(
        "still_brief",
        id=card.behaviour.id,
        text=card.behaviour.text,
        direction=direction,
        partners=choices("partners", card.partners),
        mine=choices("mine", card.mine),
        apart="checked" if card.apart else "",
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
def scale(left: Stance, right: Stance, words: str) -> SafeString:
    """Where two stances stand, as a picture. `words` say the same for those who do not see it."""
    return _scale(get_language(), left, right, words)


@lru_cache(maxsize=256)
def _scale(language: str, left: Stance, right: Stance, words: str) -> SafeString:
    context = {"scale": Scale.of(left, right), "words": words}
    return render_to_string("components/scale.html", context)


@register.simple_tag
def multiple(picture: Multiple) -> SafeString:
    """One category in the picture of all answers."""
    return filled(
        "multiple",
        name=picture.category.name,
        circles=picture.circles,
        diamonds=picture.diamonds,
    )


@register.simple_tag
def key(left: str, right: str) -> SafeString:
    """Two first names, each with its mark. The same again above every list of marks."""
    return filled("key", left=left, right=right)


@register.simple_tag
def compared(
    entry: Compared, left: str, right: str, talks: bool = False, agreed: Collection[str] = ()
) -> SafeString:
    """One behaviour of a comparison, with its scale. Everything else about it is folded.

    `left` and `right` are first names. `talks`: whether a talk about it can be opened from here.
    `agreed` are the ids of the behaviours on which these two agreed, and it stands.
    """
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
        **_about(entry, lines, talks=talks, agreed=entry.behaviour.id in agreed),
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
    entry: Compared, left: str, right: str, talks: bool = False, agreed: Collection[str] = ()
) -> SafeString:
    """One behaviour on which both said the same, in one line. Everything else is folded."""
    says = entry.lines[0].left.in_words if entry.whoever_does_it else _("it depends")
    lines = _lines(entry, left, right)
    return filled(
        "same", says=says, **_about(entry, lines, talks=talks, agreed=entry.behaviour.id in agreed)
    )


@register.simple_tag
def understanding(entry: Entry, partner: str, example: bool = False) -> SafeString:
    """One understanding. What can be done with it is folded. `partner` is a first name."""
    language, current = get_language(), entry.current
    values = {"sentences": "", "praise": "", "day": ""}
    if current:
        words = current.words
        values["sentences"] = joined(fill(SENTENCE, text=text) for text in words.text)
        if praise := words.praise:
            values["praise"] = fill(PRAISE, text=praise)
        if current.agreed_at:
            values["day"] = _day(current.agreed_at)
    alike = current is None or current.words.alike
    return fill(
        _understanding(language, current is not None, alike, entry.due, example),
        id=entry.behaviour,
        heading=entry.heading,
        links=fill(
            _links(
                language,
                entry.behaviour,
                current is not None,
                example,
                example and len(entry.versions) > 1,
            ),
            digest=current.digest if current else "",
            name=partner,
        ),
        **values,
    )


@lru_cache(maxsize=64)
def _understanding(
    language: str, agreed: bool, alike: bool, due: bool, example: bool
) -> SafeString:
    gaps = with_gaps("id", "heading", "sentences", "praise", "day", "links")
    context = {**gaps, "agreed": agreed, "alike": alike, "due": due, "example": example}
    return render_to_string("components/understanding.html", context)


@lru_cache(maxsize=1024)
def _links(language: str, id: str, agreed: bool, example: bool, past: bool) -> SafeString:
    gaps = with_gaps("digest", "name")
    context = {**gaps, "id": id, "agreed": agreed, "example": example, "past": past}
    return render_to_string("components/understanding_links.html", context)


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
        day = _day(entry.change.opened_at)
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


def _day(moment: datetime) -> str:
    """The date of a moment where this person is."""
    return date_format(localtime(moment), "j F Y")
