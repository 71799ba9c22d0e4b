"""Makes PDFs with Typst. Text goes in as data, never as markup.

Every PDF is made in a process of its own, with limits on its time and memory. A process of the site
makes one at a time, so that other requests do not have to wait.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import regex
from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.text import RIGHT_TO_LEFT, WITHOUT_EFFECT, direction, isolated
from boundaries.sentences import Sentence, Source, ours

CHILD = Path(__file__).with_name("child.py")
MAX_WAIT = 30  # seconds; the child's own limit on its processor time is lower
# Typst starts a thread for every core, and every thread needs memory. Without this, pages that
# work on two cores would exceed the memory limit on many.
ENVIRONMENT = {"RAYON_NUM_THREADS": "1"}
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # needed by some builds of Python
LONG = 600  # characters; a longer item may break across pages
SIZES = 1000  # characters, to which the log rounds a page's length up
VARIATIONS = {"\ufe0e", "\ufe0f"}  # in the category of marks, but they only style an emoji
# Single characters that the site's fonts draw as two glyphs.
DRAWN_IN_PARTS = re.compile(
    "[\u01de-\u01e1\u01e9\u01f0\u01fa\u01fb\u021f\u022a-\u022d\u0230\u0231\u0908\u1e03\u1e0b"
    "\u1e14-\u1e17\u1e1f\u1e23\u1e27\u1e2e\u1e2f\u1e31\u1e4c-\u1e53\u1e64-\u1e67\u1e6b\u1e78-\u1e7b"
    "\u1fd2\u1fe2]"
)
# Letters that neither the site's fonts have nor those that Typst brings along.
IN_NO_FONT = regex.compile(
    r"[\p{L}--[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Devanagari}\p{sc=Arabic}\p{sc=Hebrew}"
    r"\p{sc=Armenian}\p{sc=Common}\p{sc=Inherited}]]",
    regex.VERSION1,
)
BOXES = gettext_lazy("An empty box marks a letter we couldn’t print.")
_free = BoundedSemaphore(1)

logger = logging.getLogger(__name__)


class Busy(Exception):
    """Another PDF is being made. Trying again in a moment helps."""


class Failed(Exception):
    """This PDF could not be made, and trying again does not help. No message has its text."""


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
class PrintedPage:
    title: str
    lead: tuple[str, ...]
    foot: str
    sections: tuple[Section, ...]
    lang: str = "en"

    @property
    def length(self) -> int:
        """The number of characters in its items."""
        items = (item for section in self.sections for item in section.items)
        return sum(len(item.title) + len(item.note) + sum(map(len, item.words)) for item in items)


def typeset(page: PrintedPage, paper: Paper) -> bytes:
    """Return the page as a tagged PDF. Raises Busy and Failed.

    It claims PDF/UA-1 unless a character is in no font, or some readers would copy wrong text.
    """
    data = asdict(page)
    exact = copies_exactly(json.dumps(data, ensure_ascii=False))
    data = _directed(data) | {
        "lang": page.lang,
        "paper": paper,
        "fonts": settings.PDF_FONTS,
        "boxes": str(BOXES),
        "exact": exact,
    }
    for section, drawn in zip(page.sections, data["sections"], strict=True):
        for item, item_data in zip(section.items, drawn["items"], strict=True):
            item_data["long"] = item.long
            item_data["title"] = _directed(_shown(item.title)) | _language(item.title)
            item_data["words"] = [_sentence(sentence) for sentence in item.words]
    if not _free.acquire(blocking=False):
        raise Busy
    try:
        child = subprocess.run(
            [sys.executable, "-I", CHILD],
            input=json.dumps(data).encode(),
            capture_output=True,
            timeout=MAX_WAIT,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise _failed(page, "timeout") from None
    except OSError as error:  # no memory or no process left for a child
        raise _failed(page, type(error).__name__) from None
    finally:
        _free.release()
    if child.returncode:
        raise _failed(page, _ending(child.returncode))
    if not child.stdout.startswith(b"%PDF"):
        raise _failed(page, "no PDF")
    return child.stdout


def will_have_boxes(page: PrintedPage) -> bool:
    """Whether some letters will be empty boxes, as far as is known before the PDF is made.

    Nobody knows what further fonts hold; if there are any, only the PDF itself says so.
    """
    text = json.dumps(asdict(page), ensure_ascii=False)
    return not settings.PDF_FONTS and bool(IN_NO_FONT.search(text))


def copies_exactly(text: str) -> bool:
    """Whether every PDF reader copies a text as it was written.

    Typst draws a letter with marks as several glyphs, and every glyph stands for the whole letter
    in the file. Readers that ignore ActualText copy it twice (docs/downloads.md). Text that runs
    from right to left is in the file in the order in which it is drawn.
    """
    composed = unicodedata.normalize("NFC", text)
    return not (DRAWN_IN_PARTS.search(composed) or any(map(_is_mark_or_runs_left, composed)))


def _is_mark_or_runs_left(letter: str) -> bool:
    category = unicodedata.category(letter)
    runs_left = category[0] == "L" and unicodedata.bidirectional(letter) in {"R", "AL"}
    return runs_left or (category[0] == "M" and letter not in VARIATIONS)


def environment() -> dict[str, str]:
    """Return the child's environment, without secrets of the site or settings of the machine."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | ENVIRONMENT


def _failed(page: PrintedPage, how: str) -> Failed:
    """Log how a page failed and roughly how long it was, without its text."""
    size = -(-page.length // SIZES) * SIZES
    logger.error("a page could not be set in type", extra={"what": how, "size": size})
    return Failed()


def _ending(status: int) -> str:
    """Return the exit status of a child, or the name of the signal that ended it."""
    if status > 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _shown(title: str) -> str:
    """Return a title as on a page, with user text exactly as written."""
    return "".join(part.shown for part in title.parts) if isinstance(title, Sentence) else title


def _sentence(words: str) -> dict[str, Any]:
    """Return a sentence as parts with their source, because names and user text have own styles.

    Those are isolated, so that they do not change the direction of the text around them.
    """
    parts = words.parts if isinstance(words, Sentence) else (ours(words),)
    shown = [
        (part.source.value, part.shown if part.source == Source.OURS else isolated(part.shown))
        for part in parts
    ]
    plain = [(source, _drawn(text)) for source, text in shown]
    whole = "".join(text for _, text in plain)
    return {"parts": plain, **_way(whole), **_language(words)}


def _language(words: str) -> dict[str, str]:
    """Return the language of a sentence, if it is not that of the page."""
    language = words.language if isinstance(words, Sentence) else ""
    return {"lang": language} if language else {}


def _directed(data: Any) -> Any:
    """Add to every text its direction, as on a page of the site.

    Old rows may contain invisible characters. PDF/UA does not allow characters without a glyph.
    """
    if isinstance(data, dict):
        return {name: _directed(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_directed(value) for value in data]
    text = _drawn(data)
    return {"text": text, **_way(text)}


def _drawn(text: str) -> str:
    """Remove characters that no font draws. A tab would not separate words: it becomes a space."""
    visible: str = WITHOUT_EFFECT.sub("", text)
    return visible.replace("\t", " ")


def _way(text: str) -> dict[str, Any]:
    """Return a text's direction, and whether a part of it may run the other way."""
    return {"dir": direction(text), "mixed": bool(RIGHT_TO_LEFT.search(text))}
