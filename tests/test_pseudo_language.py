"""In an invented language, all that people read is in that language: nothing was forgotten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts import locales
from accounts.text import isolated
from boundaries.agreements import downloads as printed_agreements
from boundaries.agreements import history
from boundaries.content.phrasing.lists import lists
from boundaries.leaving import data_export, export_pages
from boundaries.sentences import Sentence, Source
from tests.conftest import Person, person
from tests.journeys.everywhere import (
    AGREEING,
    NOBODY,
    OPEN,
    REPAIRING,
    STATES,
    TALKING,
    looks,
    pages,
    somebody,
)
from tests.support import pseudo
from tests.support.depth import some_each_day
from tests.support.pseudo import END, START, Untranslated, outside, worded
from tests.support.visiting import FormParser

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

CSS = Path(__file__).parent.parent / "static" / "css"
LONGEST = [pytest.param(state, id=state) for state in (NOBODY, OPEN)]
OTHERS = [pytest.param(state, id=state) for state in STATES if state not in (NOBODY, OPEN)]
SOME_STATES = [*some_each_day(LONGEST, 1), *some_each_day(OTHERS, 3)]

# What stands outside brackets and is right: the name of the site, names and addresses, codes, what
# one of them wrote; and dates and lists, since no locale of Babel is in brackets.
DATE = r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
DATE += r"|December)(?: \d{4})?"
FINE = re.compile(
    rf"Common Ground|{DATE}|\band\b|\bUTC\b|\S+@\S+|https?://\S+|[A-Z\d]{{4}}(?:-[A-Z\d]{{4}})+"
    "|\u2066[^\u2069]*\u2069|Playing online games with strangers|Reading each other's phone"
    "|^Agreements$|We both stayed calm\\."
)
ENDING = re.compile(
    r"leave|log-?out|part|delete|throw|other|opt|revoke|withdraw|2fa|password|email"
)
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)


@pytest.fixture(autouse=True)
def invented(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.use(tmp_path, settings, monkeypatch)


def notes_on_wording() -> set[str]:
    """A language has a file of its own for these (docs/wording.md)."""
    kinds = lists("en").kinds
    return {text for kind in kinds for text in (kind.name, kind.note, kind.idea)}


def untranslated(texts: Iterator[str] | list[str]) -> list[str]:
    notes = notes_on_wording()
    return [text for text in texts if text not in notes and pseudo.WORD.search(FINE.sub("", text))]


def client_of(who: Person | None) -> Client:
    return who.client if who else Client()


def test_a_text_in_the_invented_language() -> None:
    assert worded("Fine, %(name)s") == f"{START}Fiíneé, %(name)s{END}"
    assert worded("\nSee <a href='x'>it</a>\n") == f"\n{START}Seéeé <a href='x'>iít</a>{END}\n"


def test_what_is_not_translated_is_found() -> None:
    page = Untranslated(
        f"""<p title="One {worded("two")}">{worded("so <b>it</b> is")} three</p><p>{START}a{START}b
        {END}c{END} 4</p><p class="theirs">five</p><bdi>six</bdi><script>seven</script>"""
    )

    assert page.found == ["One", "three"]
    assert page.translated == 3


@pytest.mark.parametrize("state", SOME_STATES)
def test_every_text_of_a_page_is_translated(state: str) -> None:
    who = somebody(state)
    forgotten: dict[str, list[str]] = defaultdict(list)
    translated = 0
    for path in pages(state, who):
        page = Untranslated(client_of(who).get(path).text)
        translated += page.translated
        for text in untranslated(page.found):
            forgotten[text].append(path)
    for letter in mail.outbox:
        for line in f"{letter.subject}\n{letter.body}".splitlines():
            for text in untranslated(outside(line)):
                forgotten[text].append("a mail")

    assert forgotten == {}
    assert translated > 50


@pytest.mark.parametrize(
    "state",
    some_each_day([pytest.param(it, id=it) for it in (OPEN, TALKING, AGREEING, REPAIRING)]),
)
def test_every_error_of_a_form_is_translated(state: str) -> None:
    who = somebody(state)
    forgotten: dict[str, set[str]] = defaultdict(set)
    refused = 0
    forms = {
        (path, action or path, tuple(hidden.items()))
        for path, text in looks(state, who)
        for action, hidden in parsed(text)
        if not ENDING.search(action or path)
    }
    for path, action, hidden in sorted(forms):
        answer = client_of(who).post(action, dict(hidden), follow=True)
        refused += answer.status_code >= 400
        for text in untranslated(Untranslated(answer.text).found):
            forgotten[text].add(f"{path} {action}")

    assert forgotten == {}
    assert refused


def parsed(page: str) -> list[tuple[str, dict[str, str]]]:
    parser = FormParser()
    parser.feed(page)
    return parser.forms


def test_what_is_printed_is_translated() -> None:
    who = somebody(AGREEING)
    assert who

    agreed = printed_agreements.page_of(history.agreement(who.seat))
    exported = export_pages.pages(data_export.data(who.seat))

    for page in (agreed, *exported):
        assert list(texts(page))
        assert untranslated([rest for text in texts(page) for rest in outside(text)]) == []


def texts(value: Any) -> Iterator[str]:
    """All texts of ours in a printed page."""
    if isinstance(value, Sentence):
        yield "".join(part.text for part in value.parts if part.source == Source.OURS)
    elif isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            if field.name != "lang":
                yield from texts(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def test_it_is_written_from_right_to_left(client: Client) -> None:
    assert '<html lang="xb" dir="rtl">' in client.get("/help/").text
    assert translation.get_language_bidi()
    assert isolated("Ravi") == "\u2066Ravi\u2069"
    assert locales.listed([isolated("Ravi"), isolated("דנה")]) == (
        "\u2066Ravi\u2069 and \u2067דנה\u2069"
    )


def test_a_name_in_a_sentence_is_isolated() -> None:
    who = person("Ravi")

    assert "<bdi>Ravi</bdi>" in who.client.get("/account/").text


def test_no_style_knows_left_from_right() -> None:
    wrong = {
        f"{source.name}: {found[0]}"
        for source in CSS.glob("*.css")
        for found in PHYSICAL.finditer(source.read_text())
    }

    assert wrong == set()
    assert PHYSICAL.search("a { margin-left: 1px }")
    assert PHYSICAL.search("a { left: 1px }")
    assert not PHYSICAL.search("a { margin-inline-start: 1px; inset-inline-end: 0 }")
