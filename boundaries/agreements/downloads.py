"""What two people can take with them: their page set in type, its dates, and all of it as data.

Everything is made from an `Agreement`, a value that holds what both may see and nothing else; no
act and no table is in reach from here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.text import isolated
from boundaries.agreements.copies import AgreementCopy
from boundaries.agreements.history import Agreement, Entry, ProposalVersion
from boundaries.downloads.typesetting import Item, PrintedPage, Section
from boundaries.sentences import SentencePart, Source, listed
from boundaries.vocabulary import Side


def page_of(agreement: Agreement) -> PrintedPage:
    """What holds, by category, as a page to print."""
    names = listed(isolated(agreement.names[side]) for side in Side)
    today = date_format(timezone.localdate(), "j F Y")
    chapters: dict[str, list[Item]] = {}
    for entry in agreement.entries:
        if entry.current:
            chapters.setdefault(entry.category.name, []).append(_item(entry.current))
    return PrintedPage(
        title=_("Our understandings"),
        lead=(f"{names}, {today}", _("A shared note, not a contract. No one owes anyone proof.")),
        foot=f"{names} · {today}",
        sections=tuple(Section(name, tuple(items)) for name, items in chapters.items()),
        lang=get_language() or "en",
    )


def page_of_copy(copy: AgreementCopy) -> PrintedPage:
    """What somebody keeps after parting, by category, as a page to print."""
    day = date_format(copy.on, "j F Y")
    chapters: dict[str, list[Item]] = {}
    for each in copy.understandings:
        since = _("Since %(day)s.") % {"day": date_format(each.since, "j F Y")}
        item = Item(each.words.heading, each.words.read, since)
        chapters.setdefault(each.category.name, []).append(item)
    return PrintedPage(
        title=_("What held then"),
        lead=(_("Until %(day)s. A shared note, not a contract.") % {"day": day},),
        foot=day,
        sections=tuple(Section(name, tuple(items)) for name, items in chapters.items()),
        lang=get_language() or "en",
    )


def data_of_copy(copy: AgreementCopy) -> dict[str, Any]:
    """The same as data. docs/downloads.md describes it."""
    return {
        "format": "common-ground/copy",
        "version": 1,
        "parted_on": copy.on.isoformat(),
        "understandings": [
            {
                "category": each.category.name,
                "behaviour": each.words.wording,
                "text": list(each.words.text),
                "what_we_did_well": each.words.well,
                "since": each.since.isoformat(),
            }
            for each in copy.understandings
        ],
    }


def since(day: date | None, made: date) -> str:
    """Not that it holds: either may have taken back their yes since the sheet was made."""
    told = _("Both said yes to this on %(day)s, and it held on %(made)s, when this was made.")
    return (
        told % {"day": date_format(day, "j F Y"), "made": date_format(made, "j F Y")} if day else ""
    )


def dates_of(agreement: Agreement) -> bytes:
    """The days on which something is looked at again, as a calendar file (RFC 5545).

    A title says nothing of what it is about. Ids are kept, so that a later file mends what an
    earlier one brought; what is off by then is called off.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Common Ground//EN")
    calendar.add("version", "2.0")
    for entry in agreement.entries:
        for event in _events(entry):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def data_of(agreement: Agreement) -> dict[str, Any]:
    """All versions as data. docs/downloads.md describes it."""
    return {
        "format": "common-ground/understandings",
        "version": 2,
        "made_at": timezone.now().isoformat(),
        "partners": [agreement.names[side] for side in Side],  # left, then right
        "understandings": [
            {
                "category": entry.category.name,
                "standing": entry.standing.name.lower().replace("_", "-"),
                "versions": [_data(each) for each in entry.versions],
            }
            for entry in agreement.entries
        ],
    }


def _item(version: ProposalVersion) -> Item:
    since = date_format(timezone.localtime(version.agreed_at), "j F Y")
    day = _("Since %(day)s.") % {"day": since}
    return Item(version.words.heading, version.words.read, day)


def _events(entry: Entry) -> Iterator[Event]:
    """One for each line that has, or had, a day: the same one each time the file is made."""
    agreed = [each for each in entry.versions if each.agreed_at]
    changes = len(agreed) + sum(1 for each in agreed if each.ended_at)
    now = {line.doer: line.on for line in entry.current.words.lines} if entry.current else {}
    days: dict[str, date] = {}
    for each in reversed(agreed):
        days |= {str(line.doer): line.on for line in each.words.lines if line.on}
    for doer, day in days.items():
        holds = now.get(doer) == day
        event = Event()
        event.add("uid", str(uuid.uuid5(entry.versions[-1].id, doer)))
        event.add("dtstamp", timezone.now())
        event.add("sequence", changes)
        event.add("summary", _("A look together"))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("status", "CONFIRMED" if holds else "CANCELLED")
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        yield event


def _part(part: SentencePart) -> dict[str, str]:
    """A part of a sentence, and whether it is ours, a name, or what a person wrote."""
    match part.source:
        case Source.NAME:
            return {"name": part.text, "side": part.side}
        case Source.THEIRS:
            return {"words": part.text}
    return {"ours": part.text}


def _day(at: datetime | None) -> str | None:
    """The day, as on the page: the hour would tell when the other was here."""
    return timezone.localdate(at).isoformat() if at else None


def _data(version: ProposalVersion) -> dict[str, Any]:
    return {
        "proposed_by": version.side.value if version.owned else None,
        "proposed_on": _day(version.at),
        "agreed_on": _day(version.agreed_at),
        "open_again_since": _day(version.ended_at),
        "behaviour": version.words.wording,
        "text": list(version.words.text),
        "parts": [[_part(each) for each in sentence.parts] for sentence in version.words.text],
        "what_we_did_well": version.words.well,
        "lines": [
            {
                "who_does_it": str(line.doer),
                "outcome": line.outcome.value,
                "conditions": [each.value for each in line.conditions],
                "words": line.words,
                "look_again_on": line.on.isoformat() if line.on else None,
            }
            for line in version.words.lines
        ],
    }
