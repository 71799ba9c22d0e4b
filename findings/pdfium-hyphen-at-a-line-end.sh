#!/usr/bin/env bash
# PDFium, as pypdfium2 5.15.2 brings it, reads a plain hyphen at the end of a line as U+FFFE, a noncharacter, even if the word was written with the
# hyphen and the PDF maps the glyph to U+002D. A code such as abcd-efgh, broken at its own hyphen, copies as another text.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "typst==0.15.2" "pypdfium2==5.15.2"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import pypdfium2, typst

SOURCE = "#set page(width: %s, height: auto, margin: 5pt)\n#set text(size: 12pt)\nabcd-efgh"


def copied(width):
    pdf = typst.compile((SOURCE % width).encode(), ignore_system_fonts=True)
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


wide, narrow = copied("200pt"), copied("45pt")
print("on one line: ", ascii(wide))
print("on two lines:", ascii(narrow))
sys.exit((wide, narrow) != ("abcd-efgh", "abcd\ufffeefgh"))
PYTHON
