"""Sentences made from what two people picked and wrote, for them to change before they say them."""

from __future__ import annotations

import re
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
from django.utils.translation import gettext_noop

from accounts.names import quoted, shown
from accounts.text import BLANKS
from boundaries import sentences
from boundaries.sentences import Part, Sentence, Source, filled, ours, piece, theirs
from boundaries.vocabulary import Condition, Feeling, Need, Outcome, Side, Stance

BOTH = "both"  # the line is the same whoever does it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is proposed for one line, or for both alike."""

    doer: str  # a side, or BOTH
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    words: str = ""  # a condition that is not on the list
    on: date | None = None  # the day on which it is looked at again


def beginning(behaviour: str, *, own: bool = False) -> str:
    """How a sentence about a behaviour may begin, after "When".

    A behaviour of people's own is in their words, so its capital letters stay.
    """
    about = quoted(behaviour) if own else _lowered(behaviour)
    return _("it comes to %(behaviour)s") % {"behaviour": about}


def statement(parts: Mapping[str, Any]) -> str:
    """When … I feel … because what matters to me is … I'd like …: as a person would say it.

    A part that is missing is left out. What the person wrote keeps its capital and small letters.
    After Rosenberg: observation, feeling, need, request.
    """
    feelings = listed(str(each.label) for each in Feeling if each in parts.get("feelings", ()))
    needs = listed(str(each.label) for each in Need if each in parts.get("needs", ()))
    when, like = _part(parts, "when"), _part(parts, "like")
    sentences = [
        _feeling(when, feelings, needs),
        _ended(_part(parts, "because")),
        _sentence(_("I’d like %(like)s") % {"like": like} if like else ""),
        _sentence(_not_meaning(_part(parts, "not_meaning"))),
    ]
    return " ".join(filter(None, sentences))


def proposal(lines: Sequence[Line], names: Mapping[str, str]) -> list[Sentence]:
    """The exact words of a proposal: a sentence for each of its lines.

    Where it is about one line only, a sentence says that the other is left open.
    """
    told = [Sentence(_line(line, _name(line.doer, names))) for line in lines]
    for side in _left_open(lines):
        told.append(Sentence(filled(_(LEFT_OPEN), name=_name(side, names))))
    return told


def from_before(text: Sequence[str], lines: Sequence[Line]) -> list[Sentence]:
    """The sentences of a proposal from when they were stored as text, with names in them.

    They read as they did then; what was a name, and what a person wrote, is told apart again.
    """
    told = [_recognised(words, line) for words, line in zip(text, lines, strict=False)]
    for words, side in zip(text[len(lines) :], _left_open(lines), strict=False):
        told.append(_found_in(words, filled(_(LEFT_OPEN), name=sentences.name(side, ""))))
    rest = text[len(told) :]
    return [*told, *(Sentence([ours(" ".join(words.split()))]) for words in rest)]


def stances(doer: str, left_says: Stance, right_says: Stance, names: Mapping[str, str]) -> Sentence:
    """What two people say on a line, as a sentence. Without a doer, whoever does it."""
    left, right = (_name(side, names) for side in Side.values)
    told = {
        "doer": _name(doer, names),
        "left": left,
        "left_says": ours(_lowered(str(left_says.label))),
        "right": right,
        "right_says": ours(_lowered(str(right_says.label))),
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
    return Sentence(filled(words, **told))


class Kind(Enum):
    """What became of some words from one version to the next."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


type Word = tuple[Part, ...]  # what stands between two spaces


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
    lines: list[list[tuple[Kind, Word]]] = [[]]
    for kind, word in _pieces(_words(before), _words(after)):
        if word == END:
            lines.append([])
        else:
            lines[-1].append((kind, word))
    return [_runs(line) for line in lines if line]


MOST_PAIRS = 5000  # of equal words to choose from; some 450 words of plain text have a third of it
END: Word = (ours("\n"),)  # of a sentence


def _words(told: Sequence[str]) -> list[Word]:
    """The words of all sentences, each with what it is: ours, a name, or what a person wrote."""
    words: list[Word] = []
    for at, sentence in enumerate(told):
        if at:
            words.append(END)
        word: list[Part] = []
        for part in sentence.parts if isinstance(sentence, Sentence) else [ours(sentence)]:
            first, *rest = BLANKS.split(part.shown)
            word += [piece(part.source, first, part.side)] if first else []
            for each in rest:
                words += [tuple(word)] if word else []
                word = [piece(part.source, each, part.side)] if each else []
        words += [tuple(word)] if word else []
    return words


def _pieces(old: list[Word], new: list[Word]) -> Iterator[tuple[Kind, Word]]:
    there = Counter(new)
    if old != new and sum(there[word] for word in old) > MOST_PAIRS:
        yield from ((Kind.GONE, word) for word in old)
        yield Kind.NEW, END
        yield from ((Kind.NEW, word) for word in new)
        return
    for told, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if told == "equal":
            yield from ((Kind.SAME, word) for word in new[k:m])
        else:
            yield from ((Kind.GONE, word) for word in old[i:j])
            yield from ((Kind.NEW, word) for word in new[k:m])


def _runs(line: list[tuple[Kind, Word]]) -> list[Piece]:
    """The words of a line, put together where the same became of them."""
    return [
        Piece(kind, _spaced([word for _, word in run]))
        for kind, run in groupby(line, key=lambda piece: piece[0])
    ]


def _spaced(words: list[Word]) -> Sentence:
    """Words as one text again. Within a name or a quotation the spaces are part of it."""
    parts: list[Part] = []
    for word in words:
        first, *rest = word
        if parts and (parts[-1].source, parts[-1].side) == (first.source, first.side):
            whole = f"{parts[-1].text} {first.text}"
            parts[-1] = piece(first.source, whole, first.side)
        else:
            parts += [ours(" "), first] if parts else [first]
        parts += rest
    return Sentence(parts)


def going_on(beginning: str, words: str) -> str:
    """A sentence whose beginning somebody was given, with their words in its gap as they are."""
    return _sentence(beginning % {"words": words.strip()})


def listed(words: Iterable[str]) -> str:
    """One, two and three: as a list is spoken."""
    *rest, last = [*words] or [""]
    return _("%(rest)s and %(last)s") % {"rest": ", ".join(rest), "last": last} if rest else last


def _feeling(when: str, feelings: str, needs: str) -> str:
    told = {"when": when, "feelings": feelings, "needs": needs}
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


LEFT_OPEN = gettext_noop("When %(name)s does it: we leave this open.")


def _line(line: Line, name: Part) -> list[Part]:
    said = _outcome(line)
    if line.on:
        said = [*sentences.stopped(said), ours(f" {_again(line.on)}")]
    return sentences.ended(_about(line, name, said))


def _about(line: Line, name: Part, said: Sequence[Part]) -> list[Part]:
    if line.doer == BOTH:
        return filled(_("Whoever does it: %(words)s"), words=said)
    return filled(_("When %(name)s does it: %(words)s"), name=name, words=said)


def _outcome(line: Line) -> list[Part]:
    label = _lowered(str(line.outcome.label))
    named = []
    if line.outcome == Outcome.CONDITIONS:
        named = [[ours(_lowered(str(each.label)))] for each in line.conditions]
    if line.words:
        named.append([theirs(line.words)])
    if not named:
        return [ours(label)]
    mark = ": " if line.outcome == Outcome.CONDITIONS else ". "
    first, *rest = named
    return [ours(label + mark), *first, *(part for each in rest for part in (ours("; "), *each))]


def _again(day: date) -> str:
    return _("We look at it again on %(day)s") % {"day": date_format(day, "j F Y")}


def _left_open(lines: Sequence[Line]) -> list[str]:
    spoken = {line.doer for line in lines}
    return [] if BOTH in spoken else [side for side in Side.values if side not in spoken]


def _name(side: str, names: Mapping[str, str]) -> Part:
    return sentences.name(side, names.get(side, ""))


def _recognised(text: str, line: Line) -> Sentence:
    """A sentence as it was put together then, or at least with the person's words apart."""
    said = _outcome(line)
    if line.on:  # the full stop of the person's words was taken off then
        kind = theirs if line.words else ours
        said = [*said[:-1], kind(said[-1].text.rstrip(".")), ours(f". {_again(line.on)}")]
    parts = _about(line, sentences.name(line.doer, ""), said)
    if parts[-1].text[-1:] not in sentences.ENDS:
        parts.append(ours("."))
    found = _found_in(text, parts)
    at = text.rfind(line.words) if line.words and len(found.parts) == 1 else -1
    if at < 0:
        return found
    around = (text[:at], text[at + len(line.words) :])
    before, after = (ours(re.sub(r"\s+", " ", each)) for each in around)
    return Sentence([before, theirs(line.words), after])


def _found_in(text: str, parts: Sequence[Part]) -> Sentence:
    """The text in these parts, with the name in it that stood there; or else in one part."""
    at = next((n for n, part in enumerate(parts) if part.source == Source.NAME), len(parts))
    before, after = ("".join(part.text for part in each) for each in (parts[:at], parts[at + 1 :]))
    called = text[len(before) : len(text) - len(after)]
    if text == f"{before}{called}{after}" and bool(called) == (at < len(parts)):
        named = [sentences.name(each.side, shown(called)) for each in parts[at : at + 1]]
        return Sentence([*parts[:at], *named, *parts[at + 1 :]])
    return Sentence([ours(" ".join(text.split()))])


def _part(parts: Mapping[str, Any], name: str) -> str:
    """What was written, without the mark at its end. That of "p.m." or of "…" belongs to it."""
    words = str(parts.get(name) or "").strip().rstrip(",;:")
    last = words.split()[-1] if words else ""
    return words.removesuffix(".") if last.count(".") == 1 else words


def _sentence(words: str) -> str:
    """A sentence that begins with words of ours."""
    return _ended(words[:1].upper() + words[1:])


def _ended(words: str) -> str:
    return words if not words or words[-1] in sentences.ENDS else f"{words}."


def _lowered(words: str) -> str:
    """Words of ours with a small letter first, but for what is written in capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
