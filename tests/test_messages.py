"""Translations: checked, compiled, and committed as they were compiled."""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo

from tools import messages

ROOT = Path(__file__).parent.parent
SOURCES = sorted(messages.LOCALE.glob("*/LC_MESSAGES/django.po"))


def catalog(*, text: str | tuple[str, str], string: str | tuple[str, ...], fuzzy: bool) -> Catalog:
    made = Catalog(locale="hi")
    made.add(text, string, flags=["fuzzy"] if fuzzy else [], lineno=7)
    return made


def complaints(
    text: str | tuple[str, str], string: str | tuple[str, ...], *, fuzzy: bool = False
) -> list[str]:
    return list(messages.complaints(catalog(text=text, string=string, fuzzy=fuzzy)))


def strings(file: BinaryIO) -> dict[tuple[str | None, str], object]:
    """What a compiled catalogue has, without its header: that names the version of Babel."""
    return {key(message): message.string for message in read_mo(file) if message.id}


def key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def looked_up(made: Catalog) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(BytesIO(messages.compiled(made)))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.parent.name)
def test_what_is_committed_is_right_and_compiled(source: Path) -> None:
    found = messages.read(source)

    assert list(messages.complaints(found)) == []
    with source.with_suffix(".mo").open("rb") as file:
        assert strings(file) == strings(BytesIO(messages.compiled(found))), "run make messages"


def test_there_is_a_second_language() -> None:
    assert "hi" in {source.parent.parent.name for source in SOURCES}


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("Hello %(name)s", "नमस्ते %(name)s"),
        ("%(a)s, not %(b)s", "%(b)s नहीं, %(a)s"),
        (("one thing", "%(all)s things"), ("एक बात", "%(all)s बातें")),
        (("one thing", "%(all)s things"), ("%(all)s बात", "%(all)s बातें")),
        ("Done", ""),
    ],
)
def test_a_translation_that_fits(text: str, string: str) -> None:
    assert complaints(text, string) == []


@pytest.mark.parametrize(
    ("text", "string", "says"),
    [
        ("Hello %(name)s", "नमस्ते", "has none, and"),
        ("Hello %(name)s", "नमस्ते %(नाम)s", "has %(नाम)s"),
        ("Hello", "नमस्ते %(name)s", "has %(name)s"),
        (("one thing", "%(all)s things"), ("एक बात", "बातें %(al)s"), "has %(al)s"),
        (("one thing", "%(all)s things"), ("एक बात", ""), "needs 2 forms"),
        ("\nHello\n", "नमस्ते", "must begin and end on a new line"),
        ("Done", "ह" * 51, "is too long"),
    ],
)
def test_a_translation_that_does_not_fit(text: str, string: str, says: str) -> None:
    (found,) = complaints(text, string)

    assert found.startswith("7: ")
    assert says in found


def test_what_is_only_guessed_or_not_translated_is_left_out() -> None:
    guessed = looked_up(catalog(text="Hello", string="नमस्ते", fuzzy=True))
    half = looked_up(catalog(text=("a cup", "%(n)d cups"), string=("एक कप", ""), fuzzy=False))
    whole = looked_up(catalog(text=("a cup", "%(n)d cups"), string=("एक", "कई"), fuzzy=False))

    none = looked_up(catalog(text=("a cup", "%(n)d cups"), string=("", ""), fuzzy=False))

    assert guessed.gettext("Hello") == "Hello"
    assert ("a cup", 0) not in vars(none)["_catalog"]  # it would hide a translation of Django's
    assert half.ngettext("a cup", "%(n)d cups", 1) == "a cup"
    assert whole.ngettext("a cup", "%(n)d cups", 2) == "कई"


def test_texts_with_a_context_stay_apart() -> None:
    made = Catalog(locale="hi")
    made.add("fine", "ठीक")
    made.add("fine", "जुर्माना", context="money")

    found = looked_up(made)

    assert (found.gettext("fine"), found.pgettext("money", "fine")) == ("ठीक", "जुर्माना")


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext")
def test_every_text_of_the_site_is_collected(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    for name in ("accounts", "boundaries", "config", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc"))

    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "hi", "--no-location"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )

    made = messages.read(tmp_path / "locale" / "hi" / "LC_MESSAGES" / "django.po")
    for source in SOURCES:
        command = f"make messages LOCALE={source.parent.parent.name}"
        assert set(map(key, messages.read(source))) == set(map(key, made)), command
