"""Fetches the fonts from npm and makes ours from them: `make fonts`.

What comes from where, and what is changed, is in fonts.toml. The result is the same to the byte as
long as fontTools is the same; the digests there say whether it is.
"""

from __future__ import annotations

import hashlib
import io
import math
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from tools import vendor

ROOT = Path(__file__).parent.parent
SOURCES = Path(__file__).with_name("fonts.toml")
FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT, TRADEMARK = 1, 2, 3, 4, 6, 7  # records of the name table
ASCII = "".join(map(chr, range(0x20, 0x7F)))
# Letters, vowel signs, marks, digits and the danda of Hindi, and the two joiners. Not what only
# Marathi, Sindhi, Kashmiri or Vedic use. U+25CC carries a sign that stands alone.
HINDI = ((0x901, 0x94D), (0x950, 0x950), (0x958, 0x95F), (0x964, 0x964), (0x966, 0x96F))
DEVANAGARI = "".join(chr(code) for first, last in HINDI for code in range(first, last + 1)) + (
    "\u200c\u200d\u25cc"
)


def packages() -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads(SOURCES.read_text())["package"]
    return packages


def main() -> None:
    differing = []
    for package in packages():
        with tempfile.TemporaryDirectory() as folder:
            archive = vendor.fetch(f"{package['name']}@{package['version']}", Path(folder))
            if vendor.digest("sha512", archive.read_bytes()) != package["integrity"]:
                sys.exit(f"npm sent another {package['name']} {package['version']}.")
            for file in package["file"]:
                content = made(file, read(archive, file["from"]))
                (ROOT / file["path"]).write_bytes(content)
                if (digest := hashlib.sha256(content).hexdigest()) != file["sha256"]:
                    differing.append(f"{file['path']} is {digest} now.")
    if differing:
        sys.exit("\n".join(differing))
    print("The fonts are as fonts.toml says.")


def read(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/{name}")
        if member is None:
            sys.exit(f"{name} is no file in {archive.name}.")
        return member.read()


def made(file: dict[str, Any], source: bytes) -> bytes:
    """Our file, made from the one that was published."""
    if file["changed"] == "no":
        return source
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    if file["changed"] == "renamed":
        rename(font, file["family"])
    elif file["changed"] == "slanted":
        slant(font, file["degrees"])
    elif file.get("letters") == "devanagari":
        font = cut(font, DEVANAGARI, features=["*"])  # which join letters
    else:
        font = instancer.instantiateVariableFont(font, {"wght": file["weight"]})
        font = cut(font, ASCII + file["characters"], features=["kern", "liga"])
    result = io.BytesIO()
    font.save(result)
    return result.getvalue()


def rename(font: TTFont, family: str) -> None:
    """Give a font another name in all records that bear one; copyright and licence stay."""
    names = font["name"]
    style = names.getDebugName(2)
    postscript = f"{family.replace(' ', '')}-{style}"
    new = {
        FAMILY: family,
        UNIQUE: f"{postscript}; changed in its name only",
        FULL: f"{family} {style}",
        POSTSCRIPT: postscript,
    }
    for record in list(names.names):
        if record.nameID in new:
            record.string = new[record.nameID]
        elif record.nameID == TRADEMARK:
            names.names.remove(record)


def slant(font: TTFont, degrees: float) -> None:
    """Slant each glyph and where its marks go, for a script without italics of its own."""
    lean = math.tan(math.radians(degrees))
    glyphs, drawn = font.getGlyphSet(), {}
    for glyph in font.getGlyphOrder():
        outline = DecomposingRecordingPen(glyphs)
        glyphs[glyph].draw(outline)
        pen = TTGlyphPen(None)
        outline.replay(TransformPen(pen, (1, 0, lean, 1, 0, 0)))
        drawn[glyph] = pen.glyph()
    for glyph, shape in drawn.items():
        font["glyf"][glyph] = shape
        shape.recalcBounds(font["glyf"])
        font["hmtx"][glyph] = (font["hmtx"][glyph][0], getattr(shape, "xMin", 0))
    for anchor in anchors(font["GPOS"].table):
        anchor.XCoordinate += round(anchor.YCoordinate * lean)
    for table in ("fpgm", "prep", "cvt "):  # of the upright outlines
        if table in font:
            del font[table]
    font["post"].italicAngle = -degrees
    font["head"].macStyle |= 0b10
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0b100_0000 | 0b1
    for record in font["name"].names:
        if record.nameID in (STYLE, FULL, POSTSCRIPT):
            record.string = str(record).replace("Regular", "Italic")
        elif record.nameID == UNIQUE:
            record.string = f"{record}; slanted"


def anchors(table: Any) -> Iterator[Any]:
    """Every anchor in a table and its subtables, each once."""
    seen, waiting = set(), [table]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif hasattr(found, "__dict__") and id(found) not in seen:
            seen.add(id(found))
            if type(found).__name__ == "Anchor":
                yield found
            waiting += vars(found).values()


def cut(font: TTFont, characters: str, *, features: list[str]) -> TTFont:
    """A font with these characters and features only, for the web."""
    options = subset.Options(layout_features=features, name_IDs=["*"], hinting=False)
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff2"
    return font


if __name__ == "__main__":
    main()
