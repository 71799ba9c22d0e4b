"""Sentences made from what somebody picked and wrote, for them to change before they say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import quoted
from boundaries import sentences
from boundaries.vocabulary import Feeling, Need


def beginning(behaviour: str, *, own: bool = False) -> str:
    """How a sentence about a behaviour may begin, after "When".

    A behaviour of people's own is in their words, so its capital letters stay.
    """
    about = quoted(behaviour) if own else sentences.lowered(behaviour)
    return _("it comes to %(behaviour)s") % {"behaviour": about}


def statement(parts: Mapping[str, Any]) -> str:
    """When … I feel … because what matters to me is … I'd like …: as a person would say it.

    A part that is missing is left out. What the person wrote keeps its capital and small letters.
    After Rosenberg: observation, feeling, need, request.
    """
    feelings = sentences.listed(
        str(each.label) for each in Feeling if each in parts.get("feelings", ())
    )
    needs = sentences.listed(str(each.label) for each in Need if each in parts.get("needs", ()))
    when, like = _part(parts, "when"), _part(parts, "like")
    told = [
        _feeling(when, feelings, needs),
        _ended(_part(parts, "because")),
        _sentence(_("I’d like %(like)s") % {"like": like} if like else ""),
        _sentence(_not_meaning(_part(parts, "not_meaning"))),
    ]
    return " ".join(filter(None, told))


def going_on(beginning: str, words: str) -> str:
    """A sentence whose beginning somebody was given, with their words in its gap as they are."""
    return _sentence(beginning % {"words": words.strip()})


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
