"""The comparison of an opened deck, in words and in pictures."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from boundaries import comparing
from boundaries.catalogue import Behaviour, Deck
from boundaries.comparing import Compared, Comparison, Line, Remark
from boundaries.http import SeatedRequest, seated
from boundaries.vocabulary import Grade, Stance

LEADS: dict[Grade, str | Promise] = {
    Grade.COMMON: gettext_lazy("Here you already agree. It is worth a moment to notice."),
    Grade.DETAILS: gettext_lazy("You both say: with conditions. What they are is worth telling."),
    Grade.CLOSE: gettext_lazy("One step apart. Often a few words are enough."),
    Grade.FORMING: gettext_lazy("One or both of you are not sure yet, and that is an answer too."),
    Grade.DIFFERENCE: gettext_lazy(
        "You see this differently. Nobody is wrong; it is worth a talk."
    ),
    Grade.NOT_SHARED: gettext_lazy("One or both of you did not share this. It needs no reason."),
}

ON_TRACK = {Stance.ACCEPTABLE: 30, Stance.CONDITIONS: 160, Stance.UNACCEPTABLE: 290}
TRACK_Y, BELOW_Y = 18, 68
BESIDE = 10  # how far two marks on one stop stand to either side of it


@dataclass(frozen=True, slots=True)
class Mark:
    x: int
    y: int

    @property
    def corner_x(self) -> int:
        return self.x - 8

    @property
    def corner_y(self) -> int:
        return self.y - 8


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Where two stances stand on the one scale. Unsure stands below it: it is no place on it."""

    left: Mark
    right: Mark
    height: int
    gap: bool
    labels: tuple[Label, ...]

    @classmethod
    def of(cls, line: Line) -> Scale:
        same, unsure = line.left == line.right, Stance.UNSURE in (line.left, line.right)
        labels = [
            Label(30, 47, _("acceptable")),
            Label(160, 47, _("with conditions")),
            Label(290, 47, _("not")),
        ]
        if unsure:
            labels.append(Label(160, 95, _("not sure yet")))
        return cls(
            _mark(line.left, -BESIDE if same else 0),
            _mark(line.right, BESIDE if same else 0),
            height=100 if unsure else 52,
            gap=not same and not unsure,
            labels=tuple(labels),
        )


@dataclass(frozen=True, slots=True)
class DrawnLine:
    words: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class DrawnBehaviour:
    behaviour: Behaviour
    depends: bool
    lines: tuple[DrawnLine, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    grade: Grade
    lead: str | Promise
    compared: tuple[DrawnBehaviour, ...]


@require_safe
@seated
def show(request: SeatedRequest, deck: Deck) -> HttpResponse:
    try:
        comparison = comparing.compare(request.seat, deck)
    except comparing.NotOpen:
        raise Http404 from None  # before two seals it is no page at all, whoever has sealed
    groups = [
        DrawnGroup(
            group.grade,
            LEADS[group.grade],
            tuple(_drawn(comparison, each) for each in group.compared),
        )
        for group in comparison.groups
    ]
    return render(
        request, "boundaries/comparing/show.html", {"comparison": comparison, "groups": groups}
    )


def _drawn(comparison: Comparison, each: Compared) -> DrawnBehaviour:
    lines = each.lines[:1] if each.whoever_does_it else each.lines
    return DrawnBehaviour(
        each.behaviour,
        depends=len({line.grade for line in each.lines}) > 1,
        lines=tuple(
            DrawnLine(_words(comparison, line, whoever=each.whoever_does_it), Scale.of(line))
            for line in lines
        ),
        remarks=each.remarks,
    )


def _words(comparison: Comparison, line: Line, *, whoever: bool) -> str:
    """The line as a sentence, which says all that the picture shows."""
    told = {
        "doer": line.doer,
        "left": comparison.left,
        "right": comparison.right,
        "one": str(line.left.label).lower(),
        "two": str(line.right.label).lower(),
    }
    if line.left == line.right:
        if whoever:
            return _("Whoever does it, you both say: %(one)s.") % told
        return _("When %(doer)s does it, you both say: %(one)s.") % told
    if whoever:
        return _("Whoever does it, %(left)s says: %(one)s. %(right)s says: %(two)s.") % told
    return _("When %(doer)s does it, %(left)s says: %(one)s. %(right)s says: %(two)s.") % told


def _mark(stance: Stance, aside: int) -> Mark:
    if stance == Stance.UNSURE:
        return Mark(160 + aside, BELOW_Y)
    return Mark(ON_TRACK[stance] + aside, TRACK_Y)
