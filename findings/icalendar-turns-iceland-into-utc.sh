#!/usr/bin/env bash
# icalendar 7.3.2 writes a time of a zone whose clock is UTC all year (Atlantic/Reykjavik, Africa/Accra, Africa/Abidjan …) as a time in UTC:
# the name of the zone is gone from the file, `add_missing_timezones` adds none, and a weekly evening is tied to UTC for ever. Times of
# Europe/London and Europe/Lisbon, which are UTC only in winter, keep their zone.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "icalendar==7.3.2" "tzdata==2026.6"
PYTHONTZPATH= "$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


def written(zone):
    calendar, event = Calendar(), Event()
    event.add("dtstart", datetime(2027, 1, 4, 18, 30, tzinfo=ZoneInfo(zone)))
    event.add("rrule", {"freq": "weekly"})
    calendar.add_component(event)
    calendar.add_missing_timezones()
    start = next(line for line in event.to_ical().decode().splitlines() if line.startswith("DTSTART"))
    return start, len(calendar.timezones)


seen = {zone: written(zone) for zone in ("Atlantic/Reykjavik", "Africa/Accra", "Europe/London", "Europe/Lisbon")}
for zone, (start, timezones) in seen.items():
    print(f"{zone}: {start}, {timezones} VTIMEZONE")
in_utc = ("DTSTART:20270104T183000Z", 0)
sys.exit(
    [seen["Atlantic/Reykjavik"], seen["Africa/Accra"]] != [in_utc, in_utc]
    or seen["Europe/London"] != ("DTSTART;TZID=Europe/London:20270104T183000", 1)
    or seen["Europe/Lisbon"] != ("DTSTART;TZID=Europe/Lisbon:20270104T183000", 1)
)
PYTHON
