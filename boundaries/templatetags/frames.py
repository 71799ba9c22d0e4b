"""Parts that repeat often on a page, rendered once with gaps and cached as frames.

A cached frame holds only our own words, in one language, never anybody's answer: every version of
it may be cached for everybody. See docs/adr/0006-long-lists-are-filled-frames.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import locales
from boundaries.comparison.scale import Scale
from boundaries.templatetags.behaviours import worded
from boundaries.vocabulary import Stance, Weight
from boundaries.web.frames import fill, filled, joined, with_gap_for_id, with_gaps

if TYPE_CHECKING:
    from datetime import datetime

    from django.template import Context

    from boundaries.agreements.history import Entry
    from boundaries.answers.pages import Card
    from boundaries.answers.sheets import OwnSheet

register = template.Library()

ASKED = {"mine": Stance, "partners": Stance, "guess": Stance, "weight": Weight}
VALUES = {name: frozenset(kind.values) for name, kind in ASKED.items()}
SENTENCE = SafeString('<span class="words" dir="auto">{text}</span>')
PRAISE = SafeString('<span class="words quiet" dir="auto">{text}</span>')


@register.simple_tag(takes_context=True)
def briefs(context: Context, cards: Iterable[Card], direction: str) -> SafeString:
    """Cards on the list, each a cached frame, filled with this person's answers."""
    token = str(context["csrf_token"])  # each reading makes a new one
    language, no_condition = get_language(), _("No condition named yet.")
    return joined(_filled_brief(language, card, direction, token, no_condition) for card in cards)


def _filled_brief(
    language: str, card: Card, direction: str, token: str, no_condition: str
) -> SafeString:
    return fill(
        _brief(language),
        id=card.behaviour.id,
        text=worded(card.behaviour),
        token=token,
        version=card.version,
        direction=direction,
        partners=_choices(language, "partners", valid("partners", card.partners)),
        mine=_choices(language, "mine", valid("mine", card.mine)),
        conditions=card.named_conditions or no_condition,
        apart="checked" if card.apart else "",
        status=card.saved,
        undoable="" if card.undoable else "hidden",
        undoes=card.undoes,
    )


@lru_cache(maxsize=64)
def _brief(language: str) -> SafeString:
    asked = ("text", "direction", "partners", "mine", "apart", "conditions")
    gaps = with_gaps(*asked, "token", "version", "status", "undoable", "undoes")
    return with_gap_for_id("brief", {**gaps})


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
    return _choices(get_language(), name, valid(name, chosen))


def valid(name: str, chosen: str) -> str:
    """What may be kept in a cache: one of the few answers to a question, or none."""
    return chosen if chosen in VALUES[name] else ""


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
def key(left: str, right: str) -> SafeString:
    """Two first names, each with its mark. The same again above every list of marks."""
    return filled("key", left=left, right=right)


@register.simple_tag
def deck_rows(sheets: Iterable[OwnSheet]) -> SafeString:
    """Decks that are this person's own to answer, each a row with how far they are."""
    language = get_language()
    return joined(_filled_deck_row(language, sheet) for sheet in sheets)


def _filled_deck_row(language: str, sheet: OwnSheet) -> SafeString:
    count, deck = len(sheet.rows), sheet.deck
    if sheet.sealed:
        return fill(_deck_row(language, "sealed"), id=deck.id, name=deck.name)
    if sheet.begun:
        frame = _deck_row(language, "begun")
        return fill(frame, id=deck.id, name=deck.name, done=sheet.answered, count=count)
    return fill(_deck_row(language, "new", count), id=deck.id, name=deck.name)


@lru_cache(maxsize=256)
def _deck_row(language: str, state: str, count: int | None = None) -> SafeString:
    """With gaps for the numbers, or for one number: its plural depends on it."""
    gaps: dict[str, object] = {**with_gaps("name", "done", "count"), "state": state}
    return with_gap_for_id("deck_row", gaps if count is None else gaps | {"count": count})


@register.simple_tag
def understandings(entries: Iterable[Entry], partner: str, example: bool = False) -> SafeString:
    """Each entry as one cached frame, filled. `partner` is a first name."""
    language, written = get_language(), days()
    return joined(
        _filled_understanding(entry, partner, example, language, written) for entry in entries
    )


def _filled_understanding(
    entry: Entry, partner: str, example: bool, language: str, written: Callable[[datetime], str]
) -> SafeString:
    current, past = entry.current, example and len(entry.versions) > 1
    if current is None:
        frame = _understanding(language, False, True, entry.due, example, past)
        return fill(frame, id=entry.behaviour, heading=entry.heading)
    words = current.words
    praise = words.praise
    return fill(
        _understanding(language, True, words.alike, entry.due, example, past),
        id=entry.behaviour,
        heading=entry.heading,
        sentences=joined(fill(SENTENCE, text=text) for text in words.text),
        praise=fill(PRAISE, text=praise) if praise else "",
        gloss=_gloss(words.gloss),
        day=written(current.agreed_at) if current.agreed_at else "",
        digest=current.digest,
        name=partner,
    )


def _gloss(gloss: tuple[str, ...]) -> SafeString:
    """What words in another language say in the reader's own; nothing for nearly all words."""
    if not gloss:
        return SafeString()
    return render_to_string("components/gloss.html", {"gloss": gloss})


@lru_cache(maxsize=64)
def _understanding(
    language: str, agreed: bool, alike: bool, due: bool, example: bool, past: bool
) -> SafeString:
    gaps = with_gaps("heading", "sentences", "praise", "gloss", "day", "digest", "name")
    context = {"agreed": agreed, "alike": alike, "due": due, "example": example, "past": past}
    return with_gap_for_id("understanding", {**gaps, **context})


def day_of(moment: datetime) -> str:
    """The date of a moment where this person is."""
    return days()(moment)


def days() -> Callable[[datetime], str]:
    """The same for many moments: most of them are on a few days."""
    zone = get_current_timezone()
    written = cache(locales.day)
    return lambda moment: written(moment.astimezone(zone).date())
