"""System checks of translated content: what is missing, out of date, too long, or for nothing.

A text that is missing or out of date is no error, since something is shown in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Info, register

from boundaries.content import catalogue, help, journal
from boundaries.content.languages import DIGEST, Entries, Translatable, files, read

KINDS: Sequence[Translatable] = (
    *catalogue.TRANSLATABLE,
    *help.TRANSLATABLE,
    *journal.TRANSLATABLE,
)
GAP = re.compile(r"\{\w*\}")


@register("translations")
def translations(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return [
        found
        for part, kinds in by_part().items()
        for source in files(part).values()
        for found in complaints(source, source.read_text(encoding="utf-8"), kinds)
    ]


def by_part() -> dict[str, list[Translatable]]:
    """What is translated, by the folder of its files."""
    return {part: list(kinds) for part, kinds in groupby(KINDS, attrgetter("part"))}


def complaints(source: Path, text: str, kinds: Sequence[Translatable]) -> Iterator[CheckMessage]:
    """What is wrong with a file, what it leaves out, and what of it is out of date."""
    place = "/".join(source.parts[-4:])  # from the root of the project
    try:
        tables = read(text)
    except ValueError as error:
        yield Error(f"This cannot be read: {error}.", obj=place, id="boundaries.E028")
        return
    for name in sorted(tables.keys() - {kind.name for kind in kinds}):
        yield Error(f"There is nothing called [{name}].", obj=place, id="boundaries.E029")
    for kind in kinds:
        for wrong in _wrong(kind, tables.get(kind.name, {})):
            yield Error(wrong, obj=place, id="boundaries.E030")
    if left := [line for kind in kinds for line in missing(kind, tables)]:
        yield Info(
            f"{len(left)} are not translated: {', '.join(left)}.",
            hint="`make messages` writes them at the end of the file, for you to fill in.",
            obj=place,
            id="boundaries.I002",
        )
    if old := [line for kind in kinds for line in _out_of_date(kind, tables)]:
        yield Info(
            f"The English of these has changed: {', '.join(old)}.",
            hint=f"Look at the translation, then put the digest in brackets into its `{DIGEST}`.",
            obj=place,
            id="boundaries.I003",
        )


def missing(kind: Translatable, tables: dict[str, Entries]) -> Iterator[str]:
    """The tables that a file leaves out, or leaves without words."""
    for item in kind.items():
        entry = tables.get(kind.name, {}).get(item.id, {})
        if any(not entry.get(field) for field in kind.words(item)):
            yield f"{kind.name}.{item.id}"


def _out_of_date(kind: Translatable, tables: dict[str, Entries]) -> Iterator[str]:
    for item in kind.items():
        entry = tables.get(kind.name, {}).get(item.id)
        has_words = entry and any(entry.get(field) for field in kind.fields)
        if entry and has_words and entry.get(DIGEST) != (digest := kind.digest(item)):
            yield f"{kind.name}.{item.id} ({digest})"


def _wrong(kind: Translatable, entries: Entries) -> Iterator[str]:
    english = {item.id: kind.words(item) for item in kind.items()}
    for id, entry in entries.items():
        if id not in english:
            yield f"[{kind.name}.{id}] translates nothing."
            continue
        for field in sorted(entry.keys() - english[id].keys() - {DIGEST}):
            yield f"[{kind.name}.{id}] has nothing called `{field}`."
        for field in english[id].keys() & entry.keys():
            yield from (
                f"[{kind.name}.{id}] {wrong} in `{field}`."
                for wrong in _wrong_words(entry[field], english[id][field], kind.fields[field])
            )


def _wrong_words(words: str, english: str, longest: int) -> Iterable[str]:
    if len(words) > longest:
        yield f"has {len(words)} characters; {longest} are enough"
    if words and sorted(GAP.findall(words)) != sorted(GAP.findall(english)):
        yield f"needs {' and '.join(GAP.findall(english)) or 'no {gap}'}"
