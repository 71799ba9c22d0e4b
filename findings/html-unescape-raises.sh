#!/usr/bin/env bash
# Python's html.unescape, which takes any text, raises ValueError for a numeric character reference of more than 4,300 digits:
# the limit on turning digits into an int came with Python 3.11, and its documentation names no error. One of 4,300 is U+FFFD.
# Seen on Python 3.11.7 and 3.13.0. Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" - <<'PYTHON'
import html, sys

short = html.unescape("&#" + "1" * 4300 + ";")
try:
    long = html.unescape("&#" + "1" * 4301 + ";")
except ValueError as error:
    long = f"ValueError: {error}"
print(sys.version.split()[0])
print("4,300 digits:", ascii(short))
print("4,301 digits:", long)
sys.exit(not (short == "\ufffd" and long.startswith("ValueError")))
PYTHON
