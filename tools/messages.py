"""Checks and compiles the translations in locale/. gettext is only needed to collect the texts.

    python -m tools.messages hi

`make messages` runs it. A translation that does not fit its text stops it, with the line to mend.
Texts that are not translated, or that only look like an older one ("fuzzy"), are shown in English:
they are counted, and left out of what is compiled.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "locale"
PLACEHOLDER = re.compile(r"%\([^)]*\)[sd]|%%|%[sd]|\{\w*\}")
SHORT = 20  # characters: a text of a button or a tab
LONGEST = 2.5  # times as long, for a short text


def main(locale: str) -> int:
    source = LOCALE / locale / "LC_MESSAGES" / "django.po"
    catalog = read(source)
    faults = list(complaints(catalog))
    for fault in faults:
        print(f"{source}:{fault}", file=sys.stderr)
    fuzzy = sum(1 for message in catalog if message.id and message.fuzzy)
    empty = sum(1 for message in catalog if message.id and not _strings(message))
    print(f"{locale}: {len(catalog)} texts, {empty} not translated, {fuzzy} to look at again.")
    if not faults:
        source.with_suffix(".mo").write_bytes(compiled(catalog))
    return len(faults)


def read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def compiled(catalog: Catalog) -> bytes:
    """What is translated: the same bytes for the same translations.

    Babel would write an untranslated plural in English, over a translation of Django’s.
    """
    whole = Catalog(locale=catalog.locale, fuzzy=False)
    whole.mime_headers = catalog.mime_headers
    for message in catalog:
        if message.id and not message.fuzzy and len(_strings(message)) == _forms(message):
            whole[message.id] = message
    file = BytesIO()
    write_mo(file, whole)
    return file.getvalue()


def complaints(catalog: Catalog) -> Iterator[str]:
    """What is wrong with the translations, each with its line."""
    for message in catalog:
        if message.id and not message.fuzzy and _strings(message):
            yield from (f"{message.lineno}: {wrong}" for wrong in _wrong(catalog, message))


def _wrong(catalog: Catalog, message: Message) -> Iterator[str]:
    texts, strings = _texts(message), _strings(message)
    if len(texts) > 1 and len(strings) != catalog.num_plurals:
        yield f"“{texts[0]}” needs {catalog.num_plurals} forms"
    for string in strings:
        allowed = [set(PLACEHOLDER.findall(text)) for text in texts]
        if (found := set(PLACEHOLDER.findall(string))) not in allowed:
            yield f"“{string}” has {_named(found)}, and “{texts[-1]}” has {_named(allowed[-1])}"
    text, string = texts[0], strings[0]
    if text[:1] == "\n" != string[:1] or text[-1:] == "\n" != string[-1:]:
        yield f"“{string}” must begin and end on a new line where “{text}” does"
    if 3 < len(text) <= SHORT and len(string) > LONGEST * SHORT:
        yield f"“{string}” is too long for “{text}”, which stands on a button or beside others"


def _texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _forms(message: Message) -> int:
    return 1 if isinstance(message.string, str) else len(message.string or ())


def _strings(message: Message) -> list[str]:
    """The translations that there are."""
    strings = [message.string] if isinstance(message.string, str) else message.string or ()
    return [string for string in strings if string]


def _named(placeholders: set[str]) -> str:
    return ", ".join(sorted(placeholders)) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) > 0)
