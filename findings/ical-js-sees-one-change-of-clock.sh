#!/usr/bin/env bash
# ical.js 2.2.1 reads only the first date of a list of RDATEs in a VTIMEZONE, though RFC 5545 allows lists there, and icalendar 7.3.2 writes nothing
# else: one RDATE with the changes of 65 years. One expects an evening at 18:30 in Berlin to be 17:30 UTC in winter and 16:30 in summer. It is 17:30 all year:
# of all changes of the clock, ical.js knows the first ones, of 1981. With one RDATE for each date, the same zone is right.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON), Node 18 or newer, npm and both package indexes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check "icalendar==7.3.2" "tzdata==2026.6"
npm install --silent --no-audit --no-fund --prefix "$folder" ical.js@2.2.1 >npm.log 2>&1 || { cat npm.log; exit 1; }
PYTHONTZPATH= venv/bin/python - <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

calendar, event = Calendar(), Event()
event.add("uid", "evening")
event.add("dtstart", datetime(2027, 1, 4, 18, 30, tzinfo=ZoneInfo("Europe/Berlin")))
event.add("rrule", {"freq": "monthly", "count": 12})
calendar.add_component(event)
calendar.add_missing_timezones()
open("lists.ics", "wb").write(calendar.to_ical())
unfolded = calendar.to_ical().decode().replace("\r\n ", "").splitlines()
single = []
for line in unfolded:
    name, _, value = line.partition(":")
    single += [f"RDATE:{date}" for date in value.split(",")] if name == "RDATE" else [line]
open("single.ics", "w", newline="").write("\r\n".join(single) + "\r\n")
PYTHON
cat > read.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

function evenings(name) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(name, "utf8")));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  const times = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).iterator();
  const seen = [];
  for (let time; (time = times.next()); ) {
    seen.push(new Date(time.toUnixTime() * 1000).toISOString().slice(11, 16));
  }
  return seen.join(" ");
}

const right = "17:30 17:30 17:30 16:30 16:30 16:30 16:30 16:30 16:30 16:30 17:30 17:30";
const lists = evenings("lists.ics");
const single = evenings("single.ics");
console.log("in UTC, January to December 2027");
console.log("expected:           ", right);
console.log("lists of RDATEs:    ", lists);
console.log("one RDATE for each: ", single);
process.exit(single === right && lists === Array(12).fill("17:30").join(" ") ? 0 : 1);
JAVASCRIPT
node read.mjs
