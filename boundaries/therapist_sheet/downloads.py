"""A therapist sheet as a page to print."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import locales
from accounts.text import isolated
from boundaries import dates
from boundaries.agreements.downloads import since
from boundaries.downloads.typesetting import Item, PrintedPage, Section
from boundaries.therapist_sheet.contents import TherapistSheet


def sheet_of(sheet: TherapistSheet, until: datetime) -> PrintedPage:
    """Return a therapist sheet as a page to print."""
    made = locales.day(sheet.made_on)
    return PrintedPage(
        title=_("For a conversation with a therapist"),
        lead=on_its_face(sheet, until),
        foot=f"{locales.listed(map(isolated, sheet.names))} · {made}",
        sections=(
            Section(
                _("What they chose to show"),
                tuple(
                    Item(
                        entry.heading,
                        (*entry.answers, *entry.words),
                        since(entry.since, sheet.made_on),
                    )
                    for entry in sheet.entries
                ),
            ),
        ),
        lang=get_language() or "en",
    )


def on_its_face(sheet: TherapistSheet, until: datetime) -> tuple[str, str]:
    """Return the two paragraphs at the top of a sheet, which explain what it is."""
    values = {
        "names": locales.listed(map(isolated, sheet.names)),
        "made": locales.day(sheet.made_on),
        "ends": locales.day(dates.first_day_of(until)),
    }
    return (
        _("Put together by %(names)s on %(made)s. Both have released exactly this.") % values,
        _(
            "It is what they chose to show and nothing more: no record, no test, no contract, no "
            "proof. It is theirs, so please don’t pass it on. Its link ends on %(ends)s."
        )
        % values,
    )
