#!/usr/bin/env bash
# icalendar 7.3.2, `Timezone.from_tzinfo`, leaves out changes of the clock that are undone within 64 days, if its steps of 64 days happen to pass
# over both. Morocco put its clocks back for each Ramadan, about five weeks: of the years 2019 to 2025 the VTIMEZONE of
# Africa/Casablanca lacks both changes of 2019 and of 2024. A calendar that believes it shows an evening of that month an hour off, while the zone it was made
# from is right.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "icalendar==7.3.2" "tzdata==2026.6"
PYTHONTZPATH= "$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone

zone = ZoneInfo("Africa/Casablanca")
written = Timezone.from_tzinfo(zone)
changes = []
for part in written.subcomponents:
    repeated = part.get("RDATE", [])
    changes.append(part["DTSTART"].dt)
    changes += [change.dt for group in (repeated if isinstance(repeated, list) else [repeated]) for change in group.dts]
wrong = []
for year in range(2019, 2026):
    days = [datetime(year, 1, 1) + timedelta(days=number) for number in range(366)]
    in_the_zone = sum(zone.utcoffset(a) != zone.utcoffset(b) for a, b in zip(days, days[1:]))
    in_the_file = sum(change.year == year for change in changes)
    print(f"{year}: the zone changes {in_the_zone} times, its VTIMEZONE {in_the_file} times")
    if in_the_zone != in_the_file:
        wrong.append(year)
read_back = written.to_tz(lookup_tzid=False)
evening = datetime(2024, 3, 20, 18, 30)
print(evening, "is", zone.utcoffset(evening), "ahead of UTC in the zone, and", read_back.utcoffset(evening), "in the file")
sys.exit((wrong, read_back.utcoffset(evening)) != ([2019, 2024], timedelta(hours=1)))
PYTHON
