"""Content in other languages: files beside the English one, with the same ids.

`catalogue/hi.toml` has the questions in Hindi. An entry has the words, and in `of` the digest of
the English that it translates, so that `make content` can name what has changed since. What a file
leaves out is shown in English. docs/translating.md has more.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, update_wrapper
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import get_language

ENGLISH = "en"
DIGEST = "of"
CODE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")  # of a language: hi, pt-br

type Entries = dict[str, dict[str, str]]  # by id: the words by field, and the digest


class Identified(Protocol):
    """Something with words that can be translated."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Translatable:
    """What a kind of content has in words, and the most characters of each in any language."""

    part: str  # the folder
    name: str  # the table in its files
    fields: Mapping[str, int]
    items: Callable[[], Iterable[Any]]  # in English, in the order shown

    def words(self, item: Identified) -> dict[str, str]:
        """The words of an item, by field. Fields without words are left out."""
        words = {field: str(getattr(item, field)) for field in self.fields}
        return {field: text for field, text in words.items() if text}

    def digest(self, item: Identified) -> str:
        """What changes with the words of an item."""
        words = "\n".join(self.words(item).values())
        return hashlib.sha256(words.encode()).hexdigest()[:8]


class PerLanguage[*Given, Result]:
    """A function whose result is kept in each language: get_language() is part of the key."""

    def __init__(self, function: Callable[[*Given], Result]) -> None:
        @cache
        def kept(language: str | None, *given: Any) -> Result:
            return function(*given)

        self._kept = kept
        update_wrapper(self, function)

    def __call__(self, *given: *Given) -> Result:
        return self._kept(get_language(), *given)

    def cache_clear(self) -> None:
        self._kept.cache_clear()


def translated[Thing: Identified](part: str, name: str, item: Thing) -> Thing:
    """An item with its words in the active language. What is not translated stays English."""
    entry = entries(part, get_language() or ENGLISH).get(name, {}).get(item.id, {})
    words = {field: text for field, text in entry.items() if field != DIGEST and text}
    return replace(item, **words) if words else item  # type: ignore[type-var]


@cache
def entries(part: str, language: str) -> dict[str, Entries]:
    """The tables of a part's file in a language. For hi-in, hi serves as well."""
    for code in (language, language.split("-")[0]):
        for folder in settings.CONTENT_PATHS:
            if code != ENGLISH and (source := Path(folder) / part / f"{code}.toml").is_file():
                return read(source.read_text(encoding="utf-8"))
    return {}


def read(text: str) -> dict[str, Entries]:
    """The tables of a file. Raises ValueError if it cannot be read."""
    tables = tomllib.loads(text)
    for name, table in tables.items():
        for id, entry in table.items() if isinstance(table, dict) else [("", table)]:
            if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
                raise ValueError(f"[{name}.{id}] must have texts only")
    return tables


def files(part: str) -> dict[str, Path]:
    """The files of a part by language, without the English one."""
    found = (source for folder in settings.CONTENT_PATHS for source in Path(folder, part).iterdir())
    return {it.stem: it for it in sorted(found) if it.suffix == ".toml" and CODE.fullmatch(it.stem)}
