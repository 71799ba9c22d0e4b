"""Agreements to download: as a page to print, as calendar dates, and as data.

Everything is made from an `Agreement`, a value with only what both may see. This module reads no
tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts import locales
from accounts.text import isolated
from boundaries.agreements.copies import AgreementCopy
from boundaries.agreements.history import Agreement, Entry, ProposalVersion
from boundaries.agreements.words import Words
from boundaries.content.catalogue import Category
from boundaries.downloads.typesetting import Item, PrintedPage, Section
from boundaries.sentences import SentencePart, Source
from boundaries.vocabulary import Side


class Kept(NamedTuple):
    """Words that hold, and since when."""

    category: Category
    words: Words
    since: date


def page_of(agreement: Agreement) -> PrintedPage:
    """Return everything that holds, by category, as a page to print."""
    names = locales.listed(isolated(agreement.names[side]) for side in Side)
    today = _date(timezone.localdate())
    agreed = [
        Kept(entry.category, entry.current.words, timezone.localtime(entry.current.agreed_at))
        for entry in agreement.entries
        if entry.current
    ]
    return PrintedPage(
        title=_("Our understandings"),
        lead=(
            _("%(names)s, %(day)s") % {"names": names, "day": today},
            _("A shared note, not a contract."),
            *(line for line in _since_once(agreed) if today not in line),
        ),
        foot=f"{names} · {today}",
        sections=_sections(agreed),
        lang=get_language() or "en",
    )


def page_of_copy(copy: AgreementCopy) -> PrintedPage:
    """Return somebody's copy from a parting, by category, as a page to print."""
    day = _date(copy.on)
    agreed = [Kept(kept.category, kept.words, kept.since) for kept in copy.understandings]
    until = _("Until %(day)s. A shared note, not a contract.") % {"day": day}
    return PrintedPage(
        title=_("What we had agreed"),
        lead=(until, *_since_once(agreed)),
        foot=day,
        sections=_sections(agreed),
        lang=get_language() or "en",
    )


def data_of_copy(copy: AgreementCopy) -> dict[str, Any]:
    """Return the copy as data. docs/downloads.md describes the format."""
    return {
        "format": "common-ground/copy",
        "version": 1,
        "parted_on": copy.on.isoformat(),
        "understandings": [
            {
                "category": kept.category.name,
                "language": kept.words.language,
                "behaviour": kept.words.wording,
                "text": list(kept.words.text),
                "what_we_did_well": kept.words.well,
                "since": kept.since.isoformat(),
            }
            for kept in copy.understandings
        ],
    }


def since(day: date | None, made: date) -> str:
    """Return when both agreed. It does not say that it holds: a yes may have been taken back."""
    if day is None:
        return ""
    text = _("Both said yes to this on %(day)s. It still stood on %(made)s, when this was made.")
    return text % {"day": _date(day), "made": _date(made)}


def dates_of(agreement: Agreement) -> bytes:
    """Return the days on which the two want to look at something again, as a calendar (RFC 5545).

    The titles do not say what it is about. Ids stay the same, so that importing a later file
    updates the events of an earlier one, and cancels those that are off.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Common Ground//EN")
    calendar.add("version", "2.0")
    for entry in agreement.entries:
        for event in _events(entry):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def data_of(agreement: Agreement) -> dict[str, Any]:
    """Return all versions as data. docs/downloads.md describes the format."""
    return {
        "format": "common-ground/understandings",
        "version": 2,
        "made_at": timezone.now().isoformat(),
        "partners": [agreement.names[side] for side in Side],  # left, then right
        "understandings": [
            {
                "category": entry.category.name,
                "standing": entry.status.name.lower().replace("_", "-"),
                "versions": [_data(version) for version in entry.versions],
            }
            for entry in agreement.entries
        ],
    }


def _since_once(agreed: Sequence[Kept]) -> tuple[str, ...]:
    """Return since when all of it holds, if that is the same day; else nothing."""
    days = {_since(kept) for kept in agreed}
    return tuple(days) if len(days) == 1 else ()


def _sections(agreed: Sequence[Kept]) -> tuple[Section, ...]:
    """Return words in a section for every category, each with its day if the days differ."""
    items: dict[str, list[Item]] = {}
    once = bool(_since_once(agreed))
    for kept in agreed:
        words = (*kept.words.body, *_gloss(kept.words))
        item = Item(kept.words.heading, words, "" if once else _since(kept))
        items.setdefault(kept.category.name, []).append(item)
    return tuple(Section(name, tuple(found)) for name, found in items.items())


def _gloss(words: Words) -> tuple[str, ...]:
    """Return what words in another language say in that of the page."""
    return (_("In your language:"), *words.gloss) if words.gloss else ()


def _since(kept: Kept) -> str:
    return _("Since %(day)s.") % {"day": _date(kept.since)}


def _date(day: date) -> str:
    return locales.day(day)


def _events(entry: Entry) -> Iterator[Event]:
    """Yield an event for every line that has or had a day. Its id never changes."""
    agreed = [version for version in entry.versions if version.agreed_at]
    changes = len(agreed) + sum(1 for version in agreed if version.ended_at)
    current = {line.doer: line.on for line in entry.current.words.lines} if entry.current else {}
    days: dict[str, date] = {}
    for version in reversed(agreed):
        days |= {str(line.doer): line.on for line in version.words.lines if line.on}
    for doer, day in days.items():
        holds = current.get(doer) == day
        event = Event()
        event.add("uid", str(uuid.uuid5(entry.versions[-1].id, doer)))
        event.add("dtstamp", timezone.now())
        event.add("sequence", changes)
        event.add("summary", _("Something to look at together"))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("status", "CONFIRMED" if holds else "CANCELLED")
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        yield event


def _data(version: ProposalVersion) -> dict[str, Any]:
    return {
        "proposed_by": version.side.value if version.owned else None,
        "proposed_on": _day(version.at),
        "agreed_on": _day(version.agreed_at),
        "open_again_since": _day(version.ended_at),
        "language": version.words.language,
        "behaviour": version.words.wording,
        "text": list(version.words.text),
        "parts": [[_part(part) for part in sentence.parts] for sentence in version.words.text],
        "what_we_did_well": version.words.well,
        "lines": [
            {
                "who_does_it": str(line.doer),
                "outcome": line.outcome.value,
                "conditions": [condition.value for condition in line.conditions],
                "words": line.words,
                "look_again_on": line.on.isoformat() if line.on else None,
            }
            for line in version.words.lines
        ],
    }


def _day(at: datetime | None) -> str | None:
    """Return the day only, as on the page. The hour would reveal when the partner was here."""
    return timezone.localdate(at).isoformat() if at else None


def _part(part: SentencePart) -> dict[str, str]:
    match part.source:
        case Source.NAME:
            return {"name": part.text, "side": part.side}
        case Source.THEIRS:
            return {"words": part.text}
    return {"ours": part.text}
