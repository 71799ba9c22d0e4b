#!/usr/bin/env bash
# Typst 0.15.2 writes no ActualText for a letter that a font draws as two glyphs, a base and a mark: whoever copies the
# text gets the letter twice, once for each glyph. With the font that Typst brings for code, these are seven letters of Vietnamese; with
# fonts for Indic scripts they are whole syllables. Other fonts of the same file draw the same letters as one glyph.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "typst==0.15.2" "pypdfium2==5.15.2"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import pypdfium2, typst


def copied(letter, font):
    source = f'#set page(width: 300pt, height: auto)\n#set text(font: "{font}")\n#sys.inputs.letter'
    pdf = typst.compile(source.encode(), ignore_system_fonts=True, sys_inputs={"letter": letter})
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


twice = {
    font: "".join(letter for letter in map(chr, range(0x1E00, 0x1F00)) if copied(letter, font) == letter * 2)
    for font in ("Libertinus Serif", "DejaVu Sans Mono")
}
for font, letters in twice.items():
    print(font, "copies twice:", letters or "none", [f"U+{ord(letter):04X}" for letter in letters])
sys.exit(twice != {"Libertinus Serif": "", "DejaVu Sans Mono": "ẢẺỈỎỞỦỶ"})
PYTHON
