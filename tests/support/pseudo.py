"""An invented language, made of the English texts: long, in brackets, and from right to left.

What stands on a page outside brackets was not translatable; what does not fit would not fit in many
languages. It is made of the texts in locale/hi, which has all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from django.conf.locale import LANG_INFO

from boundaries.content import checks, languages
from boundaries.demo import couple
from tools import messages

LANGUAGE = "xb"
START, END = "⟦⟧"
# Placeholders, tags and entities stay as they are.
KEPT = re.compile(r"(%\([^)]*\)[sd]|%[sd%]|\{\w*\}|<[^>]*>|&\w+;)")
LONGER = str.maketrans(
    {vowel: vowel + accented for vowel, accented in zip("aeiou", "áéíóú", strict=True)}
)


def worded(text: str) -> str:
    """A text in this language: "Fine" is "⟦Fiíneé⟧". A name has no brackets: none is spelt so."""
    if text in couple.NAMES.values():
        return text.translate(LONGER)
    parts = KEPT.split(text)
    words = "".join(part if at % 2 else part.translate(LONGER) for at, part in enumerate(parts))
    start = len(words) - len(words.lstrip("\n"))
    end = len(words.rstrip("\n"))
    return f"{words[:start]}{START}{words[start:end]}{END}{words[end:]}"


def use(folder: Path, settings: Any, monkeypatch: Any) -> None:
    """Make it the language of the site, from files in this folder."""
    _write_texts(folder / "locale" / LANGUAGE / "LC_MESSAGES")
    _write_content(folder)
    info = {"bidi": True, "code": LANGUAGE, "name": "Pseudo", "name_local": worded("Pseudo")}
    monkeypatch.setitem(LANG_INFO, LANGUAGE, info)
    settings.LOCALE_PATHS = [folder / "locale"]
    settings.CONTENT_PATHS = [folder]
    settings.LANGUAGES_BIDI = [LANGUAGE]
    settings.LANGUAGES = [(LANGUAGE, worded("Pseudo"))]
    settings.LANGUAGE_CODE = LANGUAGE
    languages.entries.cache_clear()


def _write_texts(folder: Path) -> None:
    made = Catalog(locale="en")
    for message in messages.read(messages.LOCALE / "hi" / "LC_MESSAGES" / "django.po"):
        if not message.id:
            continue
        ids = message.id
        string = worded(ids) if isinstance(ids, str) else tuple(worded(text) for text in ids)
        made.add(ids, string, context=message.context)
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(messages.compiled(made))


def _write_content(folder: Path) -> None:
    for part, kinds in checks.by_part().items():
        lines = []
        for kind in kinds:
            for item in kind.items():
                lines.append(f"[{kind.name}.{item.id}]")
                lines += [
                    f"{field} = {json.dumps(worded(text), ensure_ascii=False)}"
                    for field, text in kind.words(item).items()
                ]
        (folder / part).mkdir()
        (folder / part / f"{LANGUAGE}.toml").write_text("\n".join(lines), encoding="utf-8")


# What people wrote, names, and codes are no texts of ours.
NOT_OURS = {"theirs", "name", "code", "codes", "words", "number"}
NOT_READ = {"script", "style", "template", "textarea", "bdi", "q", "code", "kbd", "time", "option"}
READ_ATTRIBUTES = {
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-valuetext",
}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
WORD = re.compile(r"[^\W\d_]{2,}")


class Untranslated(HTMLParser):
    """The texts of a page that stand outside brackets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.translated = 0
        self._depth = 0  # of brackets: one text may be in several elements
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        for name in READ_ATTRIBUTES & named.keys():
            if named.get("dir") != "auto":
                self.found += outside(named[name])
        if tag not in VOID:
            classes = set(named.get("class", "").split())
            left_out = tag in NOT_READ or not NOT_OURS.isdisjoint(classes)
            self._open.append((tag, left_out or bool(self._open and self._open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        if tag in {name for name, _ in self._open}:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1]:
            return
        self.translated += data.count(START)
        rest = ""
        for letter in data:
            self._depth += (letter == START) - (letter == END)
            rest += letter if not self._depth and letter != END else ""
        if WORD.search(rest):
            self.found.append(" ".join(rest.split()))


def outside(text: str) -> Iterator[str]:
    """What of a text stands outside brackets, if it has words."""
    while text != (shorter := re.sub(f"{START}[^{START}{END}]*{END}", "", text)):
        text = shorter
    if WORD.search(text):
        yield " ".join(text.split())
