"""Pages to hold in the hand, set by Typst from words that go in as data and never as markup.

Each is set in a process of its own, with a limit on its time and memory, and one at a time for
each process of the site: whoever else looks at a page meanwhile is not held up by it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.utils.translation import gettext_lazy

CHILD = Path(__file__).with_name("child.py")
LONGEST_WAIT = 15  # seconds; the child's own limit on its processor time is lower
LONG = 600  # characters of one item; it may go over a page's end then
BOXES = gettext_lazy("An empty box stands for a letter that could not be set in type here.")
_free = BoundedSemaphore(1)


class Busy(Exception):
    """Another page is being set just now."""


class Failed(Exception):
    """No page came of it. What was to be on it is in no message."""


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "us-letter"


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    words: tuple[str, ...]
    note: str = ""

    @property
    def long(self) -> bool:
        return sum(map(len, self.words)) > LONG


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    lead: tuple[str, ...]
    foot: str
    sections: tuple[Section, ...]
    lang: str = "en"


def typeset(page: Page, paper: Paper) -> bytes:
    """The page as a tagged PDF: PDF/UA-1, unless it has a character that is in no font.

    Raises Busy and Failed.
    """
    data = asdict(page) | {"paper": paper, "fonts": settings.PDF_FONTS, "boxes": str(BOXES)}
    for section, drawn in zip(page.sections, data["sections"], strict=True):
        for item, told in zip(section.items, drawn["items"], strict=True):
            told["long"] = item.long
    if not _free.acquire(blocking=False):
        raise Busy
    try:
        child = subprocess.run(
            [sys.executable, "-I", CHILD],
            input=json.dumps(data).encode(),
            capture_output=True,
            timeout=LONGEST_WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed from None
    finally:
        _free.release()
    if child.returncode or not child.stdout.startswith(b"%PDF"):
        raise Failed
    return child.stdout
