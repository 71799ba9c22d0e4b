#!/usr/bin/env bash
# icalendar 7.3.2 writes a time with an offset, such as `datetime.fromisoformat("2027-01-04T18:30:00+05:30")`, with the name of a zone that does not exist
# (TZID="UTC+05:30"), and `add_missing_timezones` leaves it without the VTIMEZONE that RFC 5545 demands. One expects the moment to be kept, as 13:00 in UTC
# or with a VTIMEZONE. Whoever reads the file, icalendar itself included, gets 18:30 without a zone: 18:30 wherever the reader is.
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

MOMENT = datetime.fromisoformat("2027-01-04T18:30:00+05:30")


def written_and_read(moment):
    calendar, event = Calendar(), Event()
    event.add("dtstart", moment)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    text = calendar.to_ical()
    start = next(line for line in text.decode().splitlines() if line.startswith("DTSTART") and "2027" in line)
    read = Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt
    return start, len(calendar.timezones), read


offset = written_and_read(MOMENT)
named = written_and_read(MOMENT.astimezone(ZoneInfo("Asia/Kolkata")))
for name, (start, zones, read) in {"+05:30": offset, "Asia/Kolkata": named}.items():
    print(f"{name}: {start}, {zones} VTIMEZONE, read as {read} (zone: {read.tzinfo})")
sys.exit(
    offset != ('DTSTART;TZID="UTC+05:30":20270104T183000', 0, datetime(2027, 1, 4, 18, 30))
    or named[1:] != (1, MOMENT)
)
PYTHON
