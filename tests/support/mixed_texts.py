"""Texts in two directions, and how they must stand on a line wherever they are shown."""

from __future__ import annotations

from pathlib import Path

from bidi import get_display

from accounts.text import direction

_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")  # has Hebrew and Arabic
FONTS = [str(_DEJAVU)] if _DEJAVU.exists() else []
MIXED = (
    "אחרי 22 - 6",
    "22 - 6 אחרי",
    "after אבג 22 - 6",
    "אבג (x) abc.",
    "abc (אבג), 3 / 10!",
    "לא יותר מ 3 / 10, ok?",
    "هذا 3 / 10 abc",
    "once هذا 3 / 10",
    "דנה and בועז: 5 + 7",
    "אבג abc\n22 - 6\nabc דהו.",
    "abc אבג\n22 - 6\nדהו abc!",
    "22 - 6",
    "abc אבג 3-4, x-y",
    "אבג abc-3 ב-22 בלילה",
    "abc ב-22 בלילה, 5-ז",
)
BRACKETS = str.maketrans("()", "||")  # a reader of PDFs may name one by how it is drawn


def on_lines(text: str) -> list[str]:
    """The characters of each line from left to right, without blanks.

    By another implementation of the Unicode Bidirectional Algorithm than a browser's or Typst's.
    """
    base = "R" if direction(text) == "rtl" else "L"
    return [
        "".join(str(get_display(line, base_dir=base)).split()).translate(BRACKETS)
        for line in text.split("\n")
    ]
