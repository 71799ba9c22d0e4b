"""Sentences made from what two people picked and wrote, for them to change before they say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from boundaries.vocabulary import Condition, Feeling, Need, Outcome, Stance

BOTH = "both"  # the line is the same whoever does it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is proposed for one line, or for both alike."""

    doer: str  # a side, or BOTH
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    words: str = ""  # a condition that is not on the list
    on: date | None = None  # the day on which it is looked at again


def beginning(behaviour: str) -> str:
    """How a sentence about a behaviour may begin, after "When"."""
    return _("it comes to %(behaviour)s") % {"behaviour": _lowered(behaviour)}


def statement(parts: Mapping[str, Any]) -> str:
    """When … I feel … because what matters to me is … I'd like …: as a person would say it.

    A part that is missing is left out. After Rosenberg: observation, feeling, need, request.
    """
    feelings = listed(str(each.label) for each in Feeling if each in parts.get("feelings", ()))
    needs = listed(str(each.label) for each in Need if each in parts.get("needs", ()))
    when, like = _part(parts, "when"), _part(parts, "like")
    sentences = [
        _feeling(when, feelings, needs),
        _sentence(_part(parts, "because")),
        _sentence(_("I’d like %(like)s") % {"like": like} if like else ""),
        _sentence(_not_meaning(_part(parts, "not_meaning"))),
    ]
    return " ".join(filter(None, sentences))


def proposal(wording: str, lines: Sequence[Line], names: Mapping[str, str]) -> list[str]:
    """The exact words of a proposal: what it is about, and a sentence for each of its lines.

    Where it is about one line only, a sentence says that the other is left open.
    """
    told = [wording, *(_line(line, names) for line in lines)]
    spoken = {line.doer for line in lines}
    for side, name in names.items() if BOTH not in spoken else ():
        if side not in spoken:
            told.append(_("When %(name)s does it: we leave this open.") % {"name": name})
    return told


def stances(doer: str, left: str, left_says: Stance, right: str, right_says: Stance) -> str:
    """What two people say on a line, as a sentence. Without a doer, whoever does it."""
    told = {
        "doer": doer,
        "left": left,
        "left_says": _lowered(str(left_says.label)),
        "right": right,
        "right_says": _lowered(str(right_says.label)),
    }
    if doer and left_says == right_says:
        words = _("When %(doer)s does it, both say: %(left_says)s.")
    elif doer:
        words = _(
            "When %(doer)s does it, %(left)s says: %(left_says)s; %(right)s says: %(right_says)s."
        )
    elif left_says == right_says:
        words = _("Whoever does it, both say: %(left_says)s.")
    else:
        words = _("Whoever does it, %(left)s says: %(left_says)s; %(right)s says: %(right_says)s.")
    return words % told


class Kind(Enum):
    """What became of some words from one version to the next."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    words: str


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """What changed from some sentences to others, word by word: for each line its pieces in order.

    Read without the pieces that are new it is what stood before; without those that are gone, what
    stands now. Where the same few words come again and again, all is gone and all is new: to find
    out more would take seconds.
    """
    old, new = (_END.join(each).split(" ") for each in (before, after))
    pieces = list(_pieces(old, new))
    lines: list[list[Piece]] = [[]]
    for kind, word in pieces:
        head, *rest = word.split("\n")
        lines[-1].append(Piece(kind, head))
        for each in rest:
            lines.append([Piece(kind, each)])
    return [_runs(line) for line in lines if any(piece.words for piece in line)]


MOST_PAIRS = 5000  # of equal words to choose from; some 450 words of plain text have a third of it
_END = " \n "  # between sentences: a word of its own


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[Kind, str]]:
    there = Counter(new)
    if old != new and sum(there[word] for word in old) > MOST_PAIRS:
        yield from ((Kind.GONE, word) for word in old)
        yield Kind.NEW, "\n"
        yield from ((Kind.NEW, word) for word in new)
        return
    for told, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if told == "equal":
            yield from ((Kind.SAME, word) for word in new[k:m])
        else:
            yield from ((Kind.GONE, word) for word in old[i:j])
            yield from ((Kind.NEW, word) for word in new[k:m])


def _runs(line: list[Piece]) -> list[Piece]:
    """The words of a line, put together where the same became of them."""
    said = [piece for piece in line if piece.words]
    return [
        Piece(kind, " ".join(piece.words for piece in run))
        for kind, run in groupby(said, key=lambda piece: piece.kind)
    ]


def going_on(beginning: str, words: str) -> str:
    """A sentence whose beginning somebody was given, with their words in its gap."""
    return _sentence(beginning % {"words": _lowered(words.strip())})


def listed(words: Iterable[str]) -> str:
    """One, two and three: as a list is spoken."""
    *rest, last = [*words] or [""]
    return _("%(rest)s and %(last)s") % {"rest": ", ".join(rest), "last": last} if rest else last


def _feeling(when: str, feelings: str, needs: str) -> str:
    told = {"when": _lowered(when), "feelings": feelings, "needs": needs}
    if when and feelings and needs:
        words = _("When %(when)s, I feel %(feelings)s, because what matters to me is %(needs)s")
    elif when and feelings:
        words = _("When %(when)s, I feel %(feelings)s")
    elif when and needs:
        words = _("When %(when)s, what matters to me is %(needs)s")
    elif feelings and needs:
        words = _("I feel %(feelings)s, because what matters to me is %(needs)s")
    elif feelings:
        words = _("I feel %(feelings)s")
    elif needs:
        words = _("What matters to me is %(needs)s")
    else:
        return ""
    return _sentence(words % told)


def _not_meaning(words: str) -> str:
    return _("It doesn’t mean %(words)s") % {"words": words} if words else ""


def _line(line: Line, names: Mapping[str, str]) -> str:
    words = str(line.outcome.label)
    if line.outcome == Outcome.CONDITIONS:
        named = [_lowered(str(each.label)) for each in line.conditions]
        named += [line.words] if line.words else []
        words = f"{words}: {'; '.join(named)}"
    elif line.words:
        words = f"{words}. {line.words}"
    if line.on:
        day = date_format(line.on, "j F Y")
        words = f"{words.rstrip('.')}. " + _("We look at it again on %(day)s") % {"day": day}
    if line.doer == BOTH:
        told = _("Whoever does it: %(words)s")
    else:
        told = _("When %(name)s does it: %(words)s")
    name = names.get(line.doer, "")
    return _sentence(told % {"name": name, "words": _lowered(words)})


def _part(parts: Mapping[str, Any], name: str) -> str:
    return str(parts.get(name) or "").strip().rstrip(".,;:")


def _sentence(words: str) -> str:
    if not words:
        return ""
    words = words[0].upper() + words[1:]
    return words if words[-1] in ".!?…" else f"{words}."


def _lowered(words: str) -> str:
    """With a small letter first, but for "I" and for what is written in capitals."""
    first, *_rest = words.split() or [""]
    if first in {"I", "I’d", "I’m", "I'd", "I'm", "I’ve", "I've"} or first[1:2].isupper():
        return words
    return words[:1].lower() + words[1:]
