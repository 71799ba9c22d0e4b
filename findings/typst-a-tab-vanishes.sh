#!/usr/bin/env bash
# Typst 0.15.2 sets a tab inside a string as nothing: words with a tab between them are drawn and copied as one
# word. A tab in markup is a space, as anywhere; a string that comes as data, from a spreadsheet for example, loses it.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "typst==0.15.2" "pypdfium2==5.15.2"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import pypdfium2, typst

PAGE = "#set page(width: 300pt, height: auto)\n"


def copied(source, **data):
    pdf = typst.compile((PAGE + source).encode(), ignore_system_fonts=True, sys_inputs=data)
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


markup, data = copied("one\ttwo"), copied("#sys.inputs.words", words="one\ttwo")
print("a tab in markup:", repr(markup))
print("a tab in a string:", repr(data))
sys.exit((markup, data) != ("one two", "onetwo"))
PYTHON
