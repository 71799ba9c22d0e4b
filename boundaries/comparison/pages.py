"""What the page of a comparison shows, in words and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts import locales
from boundaries.comparison.rules import Compared, ComparedLine, Comparison
from boundaries.comparison.wording import heading
from boundaries.content.catalogue import Behaviour, Category
from boundaries.vocabulary import Grade, Stance
from boundaries.web.filters import FilterChoice

COLUMN_X = {stance: at * 90 for at, stance in enumerate(Stance)}
MARKS_IN_A_ROW = 7  # of one column
MARK_DISTANCE = 10

FEW = 6  # lines of common ground that are shown at first

HEADINGS: dict[Grade, str | Promise] = {
    Grade.DETAILS: gettext_lazy("You both say “fine, if …”"),
    Grade.CLOSE: gettext_lazy("One step apart"),
    Grade.FORMING: pgettext_lazy("where two stand", "Not sure yet"),
    Grade.DIFFERENCE: gettext_lazy("Real differences"),
    Grade.NOT_SHARED: gettext_lazy("Not shared"),
}
LEADS: dict[Grade, str | Promise] = {
    Grade.DETAILS: gettext_lazy("Now compare your conditions."),
    Grade.CLOSE: gettext_lazy(
        "One of you says “fine, if …”, the other “fine” or “not OK”. Where it’s a no, it stays a"
        " no."
    ),
    Grade.FORMING: gettext_lazy("One or both of you aren’t sure yet. That’s an answer too."),
    Grade.DIFFERENCE: gettext_lazy("You see these differently. Nobody is wrong."),
    Grade.NOT_SHARED: gettext_lazy("One or both of you didn’t share these. No reason needed."),
}


@dataclass(frozen=True, slots=True)
class SameGround:
    """What both said alike: the first few, and the rest folded."""

    shown: tuple[Compared, ...]
    folded: tuple[Compared, ...]

    @property
    def number(self) -> int:
        return len(self.shown) + len(self.folded)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(one.behaviour.id for one in (*self.shown, *self.folded))


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The behaviours of another grade that the filters leave, with a sentence about the grade."""

    grade: Grade
    heading: str | Promise
    lead: str | Promise
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A behaviour that is suggested for a talk, and what kind of talk that would be."""

    kind: str
    behaviour: Behaviour

    @property
    def heading(self) -> str:
        return heading(self.behaviour)


@dataclass(frozen=True, slots=True)
class StanceCounts:
    """How often one partner takes each stance in a category, in words."""

    first_name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple:
    """One category in the overview: a mark for every line, in the column of its stance."""

    category: Category
    circles: str  # an SVG path; the left partner's marks
    diamonds: str  # an SVG path; the right partner's
    places: tuple[StanceCounts, StanceCounts]


def comparison_page(request: HttpRequest, comparison: Comparison, **more: Any) -> HttpResponse:
    """The page of a comparison, filtered as the query asks. Raises Http404 for no such filter."""
    category = _category(request, comparison)
    grade = _grade(request)
    found = {
        group.grade: tuple(one for one in group.compared if _fits(one, category))
        for group in comparison.groups
        if grade in (None, group.grade)
    }
    filtered = bool(grade or category)
    context = {
        "comparison": comparison,
        "same": _same_ground(found.pop(Grade.COMMON, ()), whole=filtered),
        "groups": [
            ShownGroup(grade, HEADINGS[grade], LEADS[grade], compared)
            for grade, compared in found.items()
            if compared
        ],
        "whole": [] if filtered else whole(comparison),
        "grades": _grades(comparison, grade, category),
        "categories": _categories(comparison, grade, category),
        "filtered": filtered,
        **more,
    }
    return render(request, "boundaries/comparison/show.html", context)


def _same_ground(compared: tuple[Compared, ...], *, whole: bool) -> SameGround:
    """Fold all but the first few, unless only one or two would be folded."""
    few = len(compared) if whole or len(compared) <= FEW + 2 else FEW
    return SameGround(compared[:few], compared[few:])


def suggestions(talks: Sequence[Compared]) -> list[Suggestion]:
    """These talks, each with what kind of talk it would be."""
    return [
        Suggestion(_kind(talk, at, len(talks)), talk.behaviour) for at, talk in enumerate(talks)
    ]


def _kind(talk: Compared, at: int, number: int) -> str:
    """What kind of talk this would be. It follows from grades, never from whose it is."""
    if number == 1:
        return ""
    if at == 0 and talk.grade in (Grade.DETAILS, Grade.CLOSE):
        return _("An easy one to start with")
    if at == number - 1 and talk.grade == Grade.DIFFERENCE:
        return _("A bigger one")
    return _("One in between") if 0 < at < number - 1 else ""


def _grade(request: HttpRequest) -> Grade | None:
    asked = request.GET.get("show")
    if asked is not None and asked not in Grade.values:
        raise Http404
    return Grade(asked) if asked else None


def _category(request: HttpRequest, comparison: Comparison) -> str | None:
    asked = request.GET.get("category")
    if asked is not None and asked not in {
        category.id for category in comparison.deck.by_category()
    }:
        raise Http404
    return asked


def _fits(compared: Compared, category: str | None) -> bool:
    return category in (None, compared.behaviour.category)


def _query(grade: Grade | None, category: str | None) -> str:
    chosen = {"show": grade and grade.value, "category": category}
    return urlencode({name: value for name, value in chosen.items() if value})


def _grades(
    comparison: Comparison, chosen: Grade | None, category: str | None
) -> list[FilterChoice]:
    """A filter for every grade that occurs, so that none leads to an empty page."""
    grades = [group.grade for group in comparison.groups]
    return [
        FilterChoice(_("Everything"), _query(None, category), chosen is None),
        *(
            FilterChoice(HEADINGS.get(grade, grade.label), _query(grade, category), grade == chosen)
            for grade in grades
        ),
    ]


def _categories(
    comparison: Comparison, grade: Grade | None, chosen: str | None
) -> list[FilterChoice]:
    categories = comparison.deck.by_category()
    if len(categories) == 1:
        return []
    return [
        FilterChoice(_("All categories"), _query(grade, None), chosen is None),
        *(
            FilterChoice(category.name, _query(grade, category.id), category.id == chosen)
            for category in categories
        ),
    ]


def whole(comparison: Comparison) -> list[Multiple]:
    """The overview: which stances each partner takes, by category."""
    lines: dict[str, list[ComparedLine]] = {}
    labels = {stance: stance.in_words for stance in Stance}
    for compared in comparison.compared:
        lines.setdefault(compared.behaviour.category, []).extend(compared.distinct_lines)
    return [
        Multiple(
            category=category,
            circles="".join(_circle(x, 28 + y) for x, y in _dots(line.left for line in found)),
            diamonds="".join(_diamond(x, 52 + y) for x, y in _dots(line.right for line in found)),
            places=(
                StanceCounts(comparison.left, _counted(labels, (line.left for line in found))),
                StanceCounts(comparison.right, _counted(labels, (line.right for line in found))),
            ),
        )
        for category in comparison.deck.by_category()
        if (found := lines.get(category.id))
    ]


def _dots(stances: Iterable[Stance]) -> Iterator[tuple[int, int]]:
    """Where every mark goes: in the column of its stance, left to right, then the next row."""
    drawn: Counter[Stance] = Counter()
    for stance in stances:
        down, along = divmod(drawn[stance], MARKS_IN_A_ROW)
        drawn[stance] += 1
        yield COLUMN_X[stance] + 8 + along * MARK_DISTANCE, down * MARK_DISTANCE


def _circle(x: int, y: int) -> str:
    return f"M{x - 4} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0"


def _diamond(x: int, y: int) -> str:
    return f"M{x} {y - 4}l4 4-4 4-4-4z"


def _counted(labels: dict[Stance, str], stances: Iterable[Stance]) -> str:
    """The same in words, for people who do not see the picture."""
    found = Counter(stances)
    # Translators: an answer, and how many gave it: “fine: 3”.
    text = pgettext("how many", "%(answer)s: %(number)d")
    counts = (
        text % {"answer": label, "number": found[stance]}
        for stance, label in labels.items()
        if found[stance]
    )
    return locales.listed(counts)
