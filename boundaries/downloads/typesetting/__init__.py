"""Pages to hold in the hand, set by Typst from words that go in as data and never as markup.

Each is set in a process of its own, with a limit on its time and memory, and one at a time for
each process of the site: whoever else looks at a page meanwhile is not held up by it.
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

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.text import RIGHT_TO_LEFT, WITHOUT_EFFECT, direction, isolated
from boundaries.sentences import Sentence, Source, ours

CHILD = Path(__file__).with_name("child.py")
MAX_WAIT = 30  # seconds; the child's own limit on its processor time is lower
# Typst starts a thread for each core, each with memory of its own: without the first line, a page
# that can be set on two cores cannot be set on many.
ENVIRONMENT = {"RAYON_NUM_THREADS": "1"}
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # what some builds of Python need
LONG = 600  # characters of one item; it may go over a page's end then
SIZES = 1000  # characters; the log says no more exactly how long a page was
VARIATIONS = {"\ufe0e", "\ufe0f"}  # marks by category that only choose how an emoji looks
# Letters that the site's fonts draw as two glyphs, though each is one character.
DRAWN_IN_PARTS = re.compile(
    "[\u01de-\u01e1\u01e9\u01f0\u01fa\u01fb\u021f\u022a-\u022d\u0230\u0231\u0908\u1e03\u1e0b"
    "\u1e14-\u1e17\u1e1f\u1e23\u1e27\u1e2e\u1e2f\u1e31\u1e4c-\u1e53\u1e64-\u1e67\u1e6b\u1e78-\u1e7b"
    "\u1fd2\u1fe2]"
)
BOXES = gettext_lazy("An empty box stands for a letter that could not be set in type here.")
_free = BoundedSemaphore(1)

logger = logging.getLogger(__name__)


class Busy(Exception):
    """Another page is being set just now. It helps to wait."""


class Failed(Exception):
    """This page could not be set, and waiting does not help. Its words are in no message."""


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
    """The page as a tagged PDF. Raises Busy and Failed.

    It is PDF/UA-1 unless a character is in no font or some readers would copy other words.
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
        for item, told in zip(section.items, drawn["items"], strict=True):
            told["long"] = item.long
            told["title"] = _directed(_shown(item.title))
            told["words"] = [_sentence(each) for each in item.words]
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


def copies_exactly(text: str) -> bool:
    """Whether every PDF reader copies a text as it was written.

    Typst draws a letter with its marks as several glyphs, each of which stands for the whole in
    the file. Readers that do not know ActualText then copy it twice (docs/downloads.md). Words that
    run from right to left are in the file in the order in which they are drawn.
    """
    composed = unicodedata.normalize("NFC", text)
    return not (DRAWN_IN_PARTS.search(composed) or any(map(_is_mark_or_runs_left, composed)))


def _is_mark_or_runs_left(letter: str) -> bool:
    category = unicodedata.category(letter)
    runs_left = category[0] == "L" and unicodedata.bidirectional(letter) in {"R", "AL"}
    return runs_left or (category[0] == "M" and letter not in VARIATIONS)


def environment() -> dict[str, str]:
    """The environment of the child: no secret of the site's, and no setting of the machine's."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | ENVIRONMENT


def _failed(page: PrintedPage, how: str) -> Failed:
    """Log how a page failed and how long it was, without any of its words."""
    size = -(-page.length // SIZES) * SIZES
    logger.error("a page could not be set in type", extra={"what": how, "size": size})
    return Failed()


def _ending(status: int) -> str:
    """The exit status of a child, or the name of the signal that ended it."""
    if status > 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _shown(title: str) -> str:
    """A title as it stands on a page: what a person wrote is in it to the letter."""
    return "".join(each.shown for each in title.parts) if isinstance(title, Sentence) else title


def _sentence(words: str) -> dict[str, Any]:
    """A sentence in parts, each with what it is: words and names of people have their own type.

    They are isolated, so that they change neither the direction of the sentence nor each other's.
    """
    parts = words.parts if isinstance(words, Sentence) else (ours(words),)
    shown = [
        (each.source.value, each.shown if each.source == Source.OURS else isolated(each.shown))
        for each in parts
    ]
    plain = [(source, _drawn(text)) for source, text in shown]
    whole = "".join(text for _, text in plain)
    return {"parts": plain, **_way(whole)}


def _directed(told: Any) -> Any:
    """Every text with the direction in which it runs, the same as on a page of the site.

    Older rows may hold invisible characters. PDF/UA allows none that no font draws.
    """
    if isinstance(told, dict):
        return {name: _directed(each) for name, each in told.items()}
    if isinstance(told, list | tuple):
        return [_directed(each) for each in told]
    text = _drawn(told)
    return {"text": text, **_way(text)}


def _drawn(text: str) -> str:
    """A text without what no font draws. A tab, too, would part no words."""
    visible: str = WITHOUT_EFFECT.sub("", text)
    return visible.replace("\t", " ")


def _way(text: str) -> dict[str, Any]:
    """The way a text runs, and whether some of it may run the other way."""
    return {"dir": direction(text), "mixed": bool(RIGHT_TO_LEFT.search(text))}
