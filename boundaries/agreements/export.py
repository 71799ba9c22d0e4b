"""The agreements in one person's data export."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from boundaries.agreements.history import Entry, ProposalVersion, entries
from boundaries.agreements.models import Assent, SetAside
from boundaries.agreements.wording import BOTH
from boundaries.seats.models import Seat


def export(seat: Seat) -> dict[str, Any]:
    """Return what both agreed to, what this person proposed, and how they answered the rest.

    A proposal by the partner is left out until both have agreed to it. The partner's actions have
    a day, but no hour. Five queries, however much there is.
    """
    versions = [(version, entry) for entry in entries(seat) for version in entry.versions]
    mine = Assent.objects.filter(version__couple=seat.couple_id, side=seat.side, side__isnull=False)
    left = SetAside.owned_by(seat).order_by("pk")
    return {
        "agreed": [_data(version, entry) for version, entry in versions if version.agreed_at],
        "proposed": [
            _data(version, entry)
            for version, entry in versions
            if not version.agreed_at and version.side == entry.me and version.owned
        ],
        "said_yes_to": [
            {"behaviour": behaviour, "version": number, "at": at}
            for behaviour, number, at in mine.order_by("at", "pk").values_list(
                "version__behaviour", "version__number", "at"
            )
        ],
        "left_for_now": [
            {"behaviour": behaviour, "version": number}
            for behaviour, number in left.values_list("version__behaviour", "version__number")
        ],
    }


def _data(version: ProposalVersion, entry: Entry) -> dict[str, Any]:
    doers = {str(entry.me): "me", str(entry.me.other): "my partner", BOTH: BOTH}
    return {
        "behaviour": entry.behaviour,
        "version": version.number,
        "proposed_by_me": version.side == entry.me,
        "came_from": version.origin,
        "proposed_on": timezone.localdate(version.at),
        "agreed_on": version.agreed_at and timezone.localdate(version.agreed_at),
        "open_again_since": version.ended_at and timezone.localdate(version.ended_at),
        "language": version.words.language,
        "text": [version.words.wording, *version.words.text],
        "what_we_did_well": version.words.well,
        "lines": [
            {
                "who_does_it": doers[line.doer],
                "outcome": line.outcome,
                "conditions": list(line.conditions),
                "words": line.words,
                "look_again_on": line.on,
            }
            for line in version.words.lines
        ],
    }
