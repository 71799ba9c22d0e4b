"""The texts of libraries that we translate are still written as these libraries write them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo

from accounts import library_texts

KEYWORDS = {"gettext_noop": None, "ngettext_lazy": (1, 2), "npgettext_lazy": ((1, "c"), 2, 3)}


def known(library: str) -> Iterator[str]:
    """The texts that a library has translations of."""
    found = find_spec(library)
    assert found
    assert found.origin
    for catalogue in Path(found.origin).parent.rglob("locale/de/LC_MESSAGES/django.mo"):
        with catalogue.open("rb") as file:
            for message in read_mo(file):
                yield message.id if isinstance(message.id, str) else message.id[0]


def ours() -> Iterator[str]:
    """Our list; of two numbers, the singular."""
    found = extract_from_file("python", library_texts.__file__, KEYWORDS)
    for _, text, _, _ in found:
        yield text if isinstance(text, str) else text[0]


def test_a_library_still_has_each_text() -> None:
    listed = set(ours())

    assert listed - {*known("django"), *known("allauth")} == set()
    assert len(listed) > 50
