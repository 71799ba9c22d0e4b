"""Sentences made from what somebody picked and wrote, for them to change before they say them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import regex
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import locales
from accounts.text import one_line
from boundaries import sentences
from boundaries.content.beginnings import beginning
from boundaries.vocabulary import Feeling, Need

# The start that stands before a field of its own, for the writer to go on from "…".
STARTS: dict[str, str | Promise] = {
    "wish": gettext_lazy("I’d like us to …"),
    "not_asking": gettext_lazy("I’m not asking to …"),
}

GAP_AT_THE_END = re.compile(r":? %\(words\)s$")

LETTER = r"[\w\p{M}]"  # in Devanagari, the signs for vowels are marks


def statement(parts: Mapping[str, Any]) -> str:
    """When … I feel … because what matters to me is … I'd like us to …: as a person would say it.

    Only missing parts are left out. In a draft from before the last two parts had starts of their
    own, they are `like` and `not_meaning`. What the person wrote keeps its capital and small
    letters, so no sentence puts a capital in its middle.
    After Rosenberg: observation, feeling, need, request.
    """
    feelings = locales.listed(_labels(Feeling, parts.get("feelings", ())))
    needs = locales.listed(_labels(Need, parts.get("needs", ())))
    when = _without("when", one_line(_part(parts, "when")))
    because = _ended(_part(parts, "because"))
    wish = _started(parts, "wish")
    opening = _feeling(when, feelings, needs)
    if when and not (feelings or needs):
        joins = wish and not because and not _begins_a_sentence(when)
        opening, wish = (_wishing(when, wish), "") if joins else (_only_when(when), wish)
    like = one_line(_part(parts, "like"))
    written = [
        opening,
        because,
        wish,
        _sentence(_("What I’d like: %(like)s") % {"like": like} if like else ""),
        _started(parts, "not_asking"),
        _sentence(_not_meaning(one_line(_part(parts, "not_meaning")))),
    ]
    return " ".join(filter(None, written))


def completed(beginning: str, words: str) -> str:
    """Somebody's words on one line, in the gap of a sentence whose beginning they were given.

    Words with a capital come after a colon.
    """
    words = one_line(words.strip())
    if _begins_a_sentence(words):
        beginning = GAP_AT_THE_END.sub(": %(words)s", beginning)
    return _sentence(beginning % {"words": words})


def mentioned(kind: type[Feeling | Need], picked: Iterable[str] | None, words: str) -> list[str]:
    """Those of the picked feelings or needs whose names are in the words."""
    labels = {name: regex.escape(str(kind(name).label)) for name in picked or ()}
    return [
        name
        for name, label in labels.items()
        if regex.search(rf"(?<!{LETTER}){label}(?!{LETTER})", words, regex.IGNORECASE)
    ]


def _labels(kind: type[Feeling | Need], picked: Collection[str]) -> list[str]:
    return [str(choice.label) for choice in kind if choice in picked]


def _feeling(when: str, feelings: str, needs: str) -> str:
    if _begins_a_sentence(when):
        return " ".join(filter(None, (_ended(when), _feeling("", feelings, needs))))
    parts = {"when": when, "feelings": feelings, "needs": needs}
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
    return _sentence(words % parts)


def _only_when(when: str) -> str:
    """What happens, without a feeling or a need. How it goes on is left to the writer."""
    return _ended(when if _begins_a_sentence(when) else _("When %(when)s, …") % {"when": when})


def _wishing(when: str, wish: str) -> str:
    # Translators: the second part is a whole sentence: "I’d like us to …", with its words.
    return _("When %(when)s, %(wish)s") % {"when": when, "wish": wish}


def _started(parts: Mapping[str, Any], name: str) -> str:
    """The start that stands before the field, with its words in the place of "…".

    Words that don't fit there stand after the "…": the writer has begun a sentence of their own.
    """
    words = _without(name, one_line(_part(parts, name)))
    if not words:
        return ""
    start = str(STARTS[name])
    if words[:1].isupper() or beginning(f"clause_{name}", "clause").match(words):
        return _ended(f"{start} {words}")
    return _ended(start.replace("…", words))


def heard(content: Mapping[str, Any]) -> str:
    """What stands before words that say back what was heard, unless they begin with it."""
    begins_so = beginning("heard").match(str(content.get("words") or ""))
    return "" if begins_so else _("What I hear is …")


def _begins_a_sentence(words: str) -> bool:
    """Whether a capital would look wrong after "When". It is kept: it may be that of a name."""
    return words[:1].isupper() and not beginning("capital").match(words)


def _without(name: str, words: str) -> str:
    """Words without what stands before their field, or the last of it, written once more."""
    return words[found.end() :] if (found := beginning(name).match(words)) else words


def _not_meaning(words: str) -> str:
    return _("What it doesn’t mean: %(words)s") % {"words": words} if words else ""


def _part(parts: Mapping[str, Any], name: str) -> str:
    """What was written, without the full stop or comma at its end; "p.m." and "…" keep theirs."""
    words = str(parts.get(name) or "").strip().rstrip(",;:।")
    last = words.split()[-1] if words else ""
    return words.removesuffix(".") if last.count(".") == 1 else words


def _sentence(words: str) -> str:
    """A sentence that begins with our words: with a capital letter, and a full stop if needed."""
    return _ended(words[:1].upper() + words[1:])


def _ended(words: str) -> str:
    return words if not words or words[-1] in sentences.ENDS else f"{words}{sentences.full_stop()}"
