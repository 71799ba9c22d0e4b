#!/usr/bin/env bash
# icalendar 7.3.2 decodes a file before it unfolds its lines. RFC 5545 (3.1) warns that simple writers fold in the middle of a letter's bytes,
# and says that a reader has to restore it. One expects the title as it was. The letter at the fold is gone instead: U+FFFDs stand in its place, no error is raised,
# `errors` is empty, and what is written again has lost it for good. A letter of Hindi has three bytes, so two of three such folds break one.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "icalendar==7.3.2" "tzdata==2026.6"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from icalendar import Calendar

TITLE = "नमस्ते, आज शाम को बातचीत का समय है"


def read(first):
    """The title as it is read, if a line may hold so many bytes before the first fold."""
    line = b"SUMMARY:" + TITLE.replace(",", "\\,").encode()
    folded = b"\r\n ".join([line[:first], line[first:]])
    event = Calendar.from_ical(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b//EN\r\nBEGIN:VEVENT\r\nUID:a\r\n"
        b"DTSTAMP:20270101T000000Z\r\nDTSTART:20270104T183000Z\r\n" + folded + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).walk("VEVENT")[0]
    return str(event["SUMMARY"]), event.errors


kept = 0
for first in (73, 74, 75):
    title, errors = read(first)
    kept += title == TITLE
    print(f"folded after {first} bytes: {title}  errors: {errors}")
    if (title == TITLE) == ("\ufffd" in title) or errors:
        sys.exit(1)
sys.exit(kept != 1)
PYTHON
