#!/usr/bin/env bash
# pypdf 7.1.1 reads a glyph that maps to no text as the control character with the glyph's number. Typst 0.15.2 draws the first letter of "Ọ̀ṣogbo" (a town) as
# two glyphs and says for both together, by ActualText, what they mean. One expects the name, as PDFium reads it, or a gap. pypdf adds a character
# that depends on how many other letters came before: U+0002 after none, a line break in "Dinner at Ọ̀ṣogbo", a page break in "Our notes, Ọ̀ṣogbo".
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "typst==0.15.2" "pypdfium2==5.15.2" "pypdf==7.1.1"
"$folder/venv/bin/python" - <<'PYTHON'
import io, sys
import pypdf, pypdfium2, typst

NAME = "\u1ecc\u0300\u1e63ogbo"
PAGE = b"#set page(width: 300pt, height: auto)\n#sys.inputs.words"
odd = {"": "\x02", "We met in ": "\x09", "Dinner at ": "\n", "Our notes, ": "\x0c"}
failed = False
for before, added in odd.items():
    words = before + NAME
    pdf = typst.compile(PAGE, ignore_system_fonts=True, sys_inputs={"words": words})
    of_pypdf = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    of_pdfium = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    print(f"{words}  PDFium: {'the same' if of_pdfium == words else ascii(of_pdfium)}  pypdf: {ascii(of_pypdf)}")
    failed |= of_pdfium != words or of_pypdf != f"{before}{NAME[:2]}{added}{NAME[2:]}"
sys.exit(failed)
PYTHON
