"""Content in another language: a file beside the English one; what it leaves out is English."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from boundaries.content import catalogue, checks, help, journal, languages
from boundaries.content.catalogue import Category
from boundaries.content.languages import Translatable

ENGLISH = (
    Category(id="a", name="Messages and calls"),
    Category(id="b", name="Touch"),
)
KIND = Translatable(part="catalogue", name="category", fields={"name": 20}, items=lambda: ENGLISH)
A, B = (KIND.digest(category) for category in ENGLISH)
FILE = Path("content/catalogue/xx.toml")


def forget() -> None:
    languages.entries.cache_clear()
    for kept in (catalogue.every, catalogue.categories, help.countries, journal.prompts):
        kept.cache_clear()


@pytest.fixture
def written(tmp_path: Path, settings: Any) -> Callable[[str, str], None]:
    """Content of a language, in a folder of its own."""
    settings.CONTENT_PATHS = [tmp_path]
    for part in checks.by_part():
        (tmp_path / part).mkdir()

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        forget()

    forget()
    return write


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    yield
    forget()


def found(text: str) -> list[tuple[str | None, str]]:
    return [(it.id, it.msg) for it in checks.complaints(FILE, text, [KIND])]


def test_each_kind_of_content_is_read_in_the_active_language(client: Client) -> None:
    with translation.override("hi"):
        assert catalogue.every()["a2"].text == "किसी से देर रात चैट करना"
        assert catalogue.category("a").name == "मैसेज और कॉल"
        assert catalogue.decks()["a"].name == "मैसेज और कॉल"
        assert catalogue.deck("essentials").behaviours[0].text == catalogue.every()["a1"].text
        assert help.countries()["in"].name == "भारत"
        assert help.countries()["in"].lines[0].name == "महिला हेल्पलाइन"
        assert journal.prompts()["close"].asked_about("Ravi").startswith("पिछली बार कब Ravi से")

    assert catalogue.every()["a2"].text == "Chatting with someone late at night"
    assert help.countries()["in"].lines[0].name == "Women Helpline"


def test_what_is_not_translated_is_shown_in_english() -> None:
    with translation.override("hi"):
        hindi = catalogue.every()
    with translation.override("fr"):
        french = catalogue.every()

    assert french == catalogue.every()
    assert [*hindi] == [*french]
    assert all(behaviour.text for behaviour in hindi.values())
    assert {(one.id, one.deck, one.explicit) for one in hindi.values()} == {
        (one.id, one.deck, one.explicit) for one in french.values()
    }


def test_a_region_reads_the_file_of_its_language(written: Callable[[str, str], None]) -> None:
    written("catalogue/pt.toml", '[category.a]\nname = "Mensagens"')

    with translation.override("pt-br"):
        assert catalogue.category("a").name == "Mensagens"


def test_an_entry_without_words_is_shown_in_english(written: Callable[[str, str], None]) -> None:
    written("catalogue/pt.toml", '[category.a]\nof = "12345678"\nname = ""')

    with translation.override("pt"):
        assert catalogue.category("a").name == "Messages and calls"


def test_every_help_line_that_ships_can_be_translated() -> None:
    lines = [
        line
        for country in help.english_countries()
        for line in (*country.lines, *country.counsellors)
    ]

    assert len({line.id for line in lines} - {""}) == len(lines)


def test_the_files_that_ship_have_no_errors() -> None:
    assert set(languages.files("catalogue")) >= {"hi"}
    assert [message for message in checks.translations() if message.is_serious()] == []


def test_a_whole_translation_gives_no_complaint() -> None:
    assert found(f'[category]\na = {{of="{A}", name="x"}}\nb = {{of="{B}", name="y"}}') == []


@pytest.mark.parametrize(
    ("text", "id", "says"),
    [
        ("[category", "E028", "cannot be read"),
        ("[category.a]\nname = 3", "E028", "texts only"),
        ('category = "a"', "E028", "texts only"),
        ('[deck.a]\nname = "x"', "E029", "nothing called [deck]"),
        ('[category.c]\nname = "x"', "E030", "[category.c] translates nothing"),
        ('[category.a]\nlabel = "x"', "E030", "nothing called `label`"),
        (f'[category.a]\nname = "{21 * "x"}"', "E030", "has 21 characters; 20 are enough"),
        ('[category.a]\nname = "{x}"', "E030", "needs no {gap} in `name`"),
        (f'[category.a]\nof = "{A}"\nname = "x"', "I002", "1 are not translated: category.b"),
        (f'[category.a]\nof = "{A}"\nname = ""', "I002", "2 are not translated"),
        (f'[category.a]\nof = "{B}"\nname = "x"', "I003", f"has changed: category.a ({A})"),
        ('[category.a]\nname = "x"', "I003", f"has changed: category.a ({A})"),
    ],
)
def test_the_check_names_what_is_wrong(text: str, id: str, says: str) -> None:
    assert [says in message for at, message in found(text) if at == f"boundaries.{id}"] == [True]


def test_a_gap_must_stay_in_a_translation() -> None:
    prompts = [kind for kind in checks.KINDS if kind.name == "prompt"]
    text = '[prompt.close]\nname = "x"\ntext = "कब?"'

    messages = [it.msg for it in checks.complaints(FILE, text, prompts)]

    assert "[prompt.close] needs {partner} in `text`." in messages


def test_the_command_adds_what_is_missing_and_changes_nothing_that_is_there(
    written: Callable[[str, str], None], settings: Any
) -> None:
    mine = '# Mine.\n[category.a]\nname = "Mensagens"  # short\n'
    written("catalogue/pt.toml", mine)

    call_command("translate_content", "pt", stdout=StringIO())
    once = {path: path.read_text() for path in settings.CONTENT_PATHS[0].rglob("*.toml")}
    call_command("translate_content", "pt", stdout=StringIO())

    assert {path: path.read_text() for path in settings.CONTENT_PATHS[0].rglob("*.toml")} == once
    assert len(once) == len(checks.by_part())
    catalogue_file = once[settings.CONTENT_PATHS[0] / "catalogue" / "pt.toml"]
    assert catalogue_file.startswith(mine)
    tables = tomllib.loads(catalogue_file)
    assert tables["behaviour"].keys() == catalogue.every().keys()
    assert tables["category"].keys() == catalogue.categories().keys()
    assert tables["behaviour"]["a1"]["text"] == ""
    assert catalogue.every()["a1"].text in catalogue_file


def test_the_command_refuses_what_is_no_language(written: Callable[[str, str], None]) -> None:
    with pytest.raises(CommandError, match="is no code of a language"):
        call_command("translate_content", "../../etc", stdout=StringIO())
