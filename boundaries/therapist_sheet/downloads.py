"""A therapist sheet as a page to print."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries import dates
from boundaries.agreements.downloads import since
from boundaries.downloads.typesetting import Item, PrintedPage, Section
from boundaries.sentences import listed
from boundaries.therapist_sheet.rules import TherapistSheet


def sheet_of(sheet: TherapistSheet, until: datetime) -> PrintedPage:
    """A sheet for a therapist, as a page to print."""
    made = date_format(sheet.made_on, "j F Y")
    return PrintedPage(
        title=_("For a conversation with a therapist"),
        lead=on_its_face(sheet, until),
        foot=f"{listed(map(isolated, sheet.names))} · {made}",
        sections=(
            Section(
                _("What they chose to show"),
                tuple(
                    Item(each.heading, (*each.said, *each.words), since(each.since, sheet.made_on))
                    for each in sheet.told
                ),
            ),
        ),
        lang=get_language() or "en",
    )


def on_its_face(sheet: TherapistSheet, until: datetime) -> tuple[str, str]:
    """What a sheet for a therapist says about itself."""
    told = {
        "names": listed(map(isolated, sheet.names)),
        "made": date_format(sheet.made_on, "j F Y"),
        "ends": date_format(dates.first_day_of(until), "j F Y"),
    }
    return (
        _("Put together by %(names)s on %(made)s. Both have released exactly this.") % told,
        _(
            "It is what they chose to show and nothing more: no record, no test, no contract, and "
            "no proof of anything. It is theirs; please do not pass it on. Its link ends on "
            "%(ends)s."
        )
        % told,
    )
