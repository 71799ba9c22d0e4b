#!/usr/bin/env bash
# PDFium, as pypdfium2 5.15.2 brings it, takes a page for vertical writing, as in Chinese, if most of its lines hold one character, and joins these lines
# to one. A column of marks from 1 to 5 is read and copied as one long number, even the short heading above it. One expects a line for each, which
# pypdf 7.1.1 reads from the same file. With a longer heading on the page, so does PDFium: the same column is then six lines.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "typst==0.15.2" "pypdfium2==5.15.2" "pypdf==7.1.1"
"$folder/venv/bin/python" - <<'PYTHON'
import io, sys
import pypdf, pypdfium2, typst

PAGE = "#set page(width: 300pt, height: auto)\n"


def read(heading, marks):
    source = PAGE + heading + "\n\n#table(columns: 1, " + ", ".join(f"[{mark}]" for mark in marks) + ")"
    pdf = typst.compile(source.encode(), ignore_system_fonts=True)
    of_pdfium = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split("\r\n")
    of_pypdf = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split("\n")
    print(f"{heading!r} above {' '.join(marks)}\n    PDFium: {of_pdfium}\n    pypdf:  {of_pypdf}")
    return of_pdfium, of_pypdf


marks = ["5", "4", "3", "1", "2", "5"]
alone, headed, long_headed = read("", marks), read("Us", marks), read("Marks of ours", marks)
with_ten = read("", [*marks, "10"])
sys.exit(
    alone != (["543125"], marks)
    or headed != (["Us543125"], ["Us", *marks])
    or long_headed != (["Marks of ours", *marks],) * 2
    or with_ten != (["543125", "10"], [*marks, "10"])
)
PYTHON
