"""Writes what is not translated yet at the end of a language's files of content."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_language

from boundaries.content.checks import by_part
from boundaries.content.languages import CODE, DIGEST, Translatable, read

HEAD = """\
# Translates the English file beside it. docs/translating.md says how; `make content` looks at it.
"""


class Command(BaseCommand):
    """Nothing that stands in a file is changed, so that no work is lost."""

    help = "Write the questions, help lines and prompts to translate, each in its language's file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", help="its code, such as hi or pt-br")

    def handle(self, *args: Any, language: str, **options: Any) -> None:
        language = to_language(language)
        if not CODE.fullmatch(language):
            raise CommandError(f"“{language}” is no code of a language, such as hi or pt-br.")
        for part, kinds in by_part().items():
            source = Path(settings.CONTENT_PATHS[0]) / part / f"{language}.toml"
            written = source.read_text(encoding="utf-8") if source.exists() else HEAD
            added = list(_skeleton(kinds, written))
            if added:
                source.write_text("\n".join([written.rstrip("\n"), *added, ""]), encoding="utf-8")
            self.stdout.write(f"{part}/{source.name}: {len(added)} to translate were added.")


def _skeleton(kinds: Sequence[Translatable], written: str) -> Iterator[str]:
    """An entry for all that the file does not have, with the English as a comment."""
    tables = read(written)
    for kind in kinds:
        for item in kind.items():
            if item.id not in tables.get(kind.name, {}):
                yield "\n".join(_entry(kind, item))


def _entry(kind: Translatable, item: Any) -> Iterator[str]:
    yield f"\n[{kind.name}.{item.id}]"
    yield f"{DIGEST} = {json.dumps(kind.digest(item))}"
    for field, words in kind.words(item).items():
        yield f"# {json.dumps(words, ensure_ascii=False)}"
        yield f'{field} = ""'
