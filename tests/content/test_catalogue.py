"""The catalogue has what it promises, and its check finds what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.checks import registry

from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, checks
from boundaries.vocabulary import Condition

TITLE = "Is micro-cheating taking a toll on your relationship?"
ARTICLE = f"“{TITLE}”, Mint (India), 12 April 2025"
TITLES = (TITLE, "Are you micro cheating", "Between the sheets")  # of what else a source names

ESSENTIALS = [
    *("a1", "a2", "a3", "b1", "b4", "c1", "c2", "c8", "d1", "e1", "e2", "e3"),
    *("e5", "f1", "f3", "f5", "f6", "f11", "f9", "g8", "g3", "g6", "i1", "j4"),
]
EXPLICIT = ["d9", "g7", "h7", "i5", "i16", "i17", "i8", "i9", "i10"]

# What the article mentions, and by behaviour the words that show it is asked.
ARTICLE_PHRASES = {
    "flirting with his female friends": {"c1": "flirting lightly with friends"},
    "the women he met during his travels": {"g3": "“travels”", "g4": "“travels”"},
    "often messaging a colleague late at night": {
        "a2": "“often messaging a colleague late at night”",
        "g6": "“often messaging a colleague late at night”",
    },
    "inside jokes": {"a3": "“inside jokes”"},
    "emotional sharing that crossed a boundary": {"e1": "telling", "e2": "“emotional sharing”"},
    "secretive communication": {
        "f1": "deleting a chat",
        "f13": "locking a chat",
        "f3": "know about",
        "f5": "sound less close",
    },
    "prioritising emotional connections with someone outside the relationship": {
        "d5": "“emotional connections”",
        "e1": "“prioritising emotional connections with someone outside the relationship”",
        "e6": "before going to each other",
    },
    "downplaying the importance of these interactions": {
        "f5": "“downplaying the importance of these interactions”"
    },
    "social media, instant messaging and round-the-clock communication": {
        "a1": "every day",
        "a2": "late at night",
        "b4": "“social media, instant messaging and round-the-clock communication”",
        "j4": "“round-the-clock communication”",
    },
    "flirting or casual banter with others": {
        "c1": "“flirting or casual banter with others”",
        "c2": "“flirting or casual banter with others”",
    },
    "“harmless” or “just a joke”": {"c2": "“just a joke”"},
    "emotional investment in someone outside the relationship": {
        "e5": "“emotional investment in someone outside the relationship”",
        "e6": "going to a friend",
        "e7": "so much attention",
    },
    "regular communication while neglecting others": {
        "a1": "“regular communication while neglecting others”",
        "e7": "“regular communication while neglecting others”",
        "j3": "to see someone else",
    },
    "sharing personal details": {"e2": "“sharing personal details”"},
    "liking specific types of social media posts": {
        "b1": "“liking specific types of social media posts”"
    },
    "acceptable in front of a partner": {"f6": "“acceptable in front of a partner”"},
    "keeping your partner informed about friendships and interactions with others": {
        "f3": "“keeping your partner informed about friendships and interactions with others”",
        "f4": "“keeping your partner informed about friendships and interactions with others”",
    },
    "particularly those of a different sex": {
        "a10": "long phone calls",
        "a11": "someone new",
        "g8": "one to one",
        "g11": "overnight trip",
    },
    "secrecy can breed suspicion": {"f1": "deleting", "f2": "different name"},
    "need for external validation": {
        "b7": "“need for external validation”",
        "c8": "“need for external validation”",
    },
    "desire to seek emotional fulfilment outside the relationship": {
        "e6": "“desire to seek emotional fulfilment outside the relationship”"
    },
    "seemingly innocent behaviour which, when discovered, can feel like a betrayal": {
        "f3": "know about"
    },
    "spending quality time together": {
        "j3": "plans we made together",
        "j4": "our time together",
    },
    "physical infidelity": {
        "h1": "hugs",
        "h2": "dancing",
        "h3": "hand in hand",
        "h4": "cuddling",
        "h5": "massages",
        "h6": "kiss",
    },
    "sexual infidelity": {"i16": "sexual"},
}


def asked() -> list[Behaviour]:
    return [behaviour for behaviour in catalogue.every().values() if not behaviour.retired]


def test_there_are_109_behaviours_in_ten_categories() -> None:
    asked_in = {behaviour.category for behaviour in asked()}

    assert len(asked()) == 109
    assert list(catalogue.categories()) == list("abcdefghij")
    assert asked_in == set(catalogue.categories())


def test_the_first_deck_is_the_essentials_and_each_category_has_one_more() -> None:
    decks = catalogue.decks()

    assert [(deck.id, deck.name) for deck in decks.values()] == [
        ("essentials", "Essentials"),
        *((category.id, category.name) for category in catalogue.categories().values()),
    ]
    assert all(deck.behaviours for deck in decks.values())


def test_the_essentials_are_the_24_marked_ones_in_the_order_of_the_categories() -> None:
    assert [behaviour.id for behaviour in catalogue.deck("essentials").behaviours] == ESSENTIALS


def test_every_behaviour_is_in_one_deck_and_the_explicit_ones_in_their_own() -> None:
    dealt = [behaviour.id for deck in catalogue.decks().values() for behaviour in deck.behaviours]

    assert [behaviour.id for behaviour in asked() if behaviour.explicit] == EXPLICIT
    assert [behaviour.id for behaviour in catalogue.intimate().behaviours] == EXPLICIT
    assert sorted(dealt) == sorted({behaviour.id for behaviour in asked()} - {*EXPLICIT})


def test_a_deck_holds_what_its_category_asks_beyond_the_essentials() -> None:
    assert [behaviour.id for behaviour in catalogue.deck("g").behaviours] == [
        *("g9", "g10", "g4", "g11", "g12", "g13", "g14", "g15", "g16"),
    ]


def test_a_deck_is_a_sitting_of_sensible_length() -> None:
    sizes = {deck.id: len(deck.behaviours) for deck in catalogue.decks().values()}

    assert sizes.pop("essentials") == 24
    assert all(5 <= size <= 12 for size in sizes.values()), sizes


def test_at_most_ten_behaviours_rest_on_our_own_experience() -> None:
    assert len([one.id for one in asked() if "Our own addition" in one.source]) <= 10


def test_a_retired_behaviour_is_still_known_but_no_longer_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = catalogue.SOURCE.read_text(encoding="utf-8")
    retiring = tmp_path / "behaviours.toml"
    retiring.write_text(shipped.replace('id = "a1"', 'id = "a1"\nretired = true'), encoding="utf-8")
    monkeypatch.setattr(catalogue, "SOURCE", retiring)
    forget()

    try:
        asked = {behaviour.id for behaviour in catalogue.deck("essentials").behaviours}

        assert catalogue.every()["a1"].retired
        assert asked == set(ESSENTIALS) - {"a1"}
    finally:
        forget()


def test_a_deck_groups_its_behaviours_under_their_categories() -> None:
    groups = catalogue.deck("essentials").by_category()

    assert [category.id for category in groups] == list("abcdefgij")  # touch has no quick one
    assert [behaviour.id for behaviour in groups[catalogue.categories()["c"]]] == ["c1", "c2", "c8"]


def test_an_unknown_deck_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        catalogue.deck("k")


def test_the_ledger_holds_every_id_once() -> None:
    ledger = checks.LEDGER.read_text(encoding="utf-8").split()

    assert sorted(ledger) == sorted(catalogue.every())


def test_everything_the_article_mentions_is_asked() -> None:
    asked = {
        behaviour.id: f"{behaviour.text} {behaviour.source}".casefold()
        for behaviour in catalogue.every().values()
        if not behaviour.retired
    }

    missing = [
        (phrase, id, words)
        for phrase, found_in in ARTICLE_PHRASES.items()
        for id, words in found_in.items()
        if words not in asked.get(id, "")
    ]
    assert missing == []


def not_so(rule: Callable[[Behaviour], object]) -> list[str]:
    """The ids of the behaviours that break a rule."""
    return [behaviour.id for behaviour in catalogue.every().values() if not rule(behaviour)]


def test_a_source_quotes_only_the_article_and_word_for_word() -> None:
    def quotes_the_article_alone(behaviour: Behaviour) -> bool:
        quotes = [
            quote
            for quote in re.findall("“(.+?)”", behaviour.source)
            if not quote.startswith(TITLES)
        ]
        from_the_article = ARTICLE in behaviour.source
        return bool(quotes) == from_the_article and all(
            any(quote in phrase for phrase in ARTICLE_PHRASES) for quote in quotes
        )

    assert not_so(quotes_the_article_alone) == []


def test_a_source_names_a_year_or_an_article_or_says_that_it_is_ours() -> None:
    named = re.compile(r"\b20\d\d\b|Our own|article \d{6}")
    internal = re.compile(r"\bEv\d|\[[A-Z]\]")

    assert not_so(lambda behaviour: named.search(behaviour.source)) == []
    assert not_so(lambda behaviour: not internal.search(behaviour.source)) == []


def test_a_behaviour_reads_as_a_bare_activity() -> None:
    personal = re.compile(r"[.!?]$|\b(?:I|my|you|your)\b")

    assert not_so(lambda behaviour: re.match(r"[A-Z][a-z]+ing\b", behaviour.text)) == []
    assert not_so(lambda behaviour: len(behaviour.text.split()) <= 15) == []
    assert not_so(lambda behaviour: not personal.search(behaviour.text)) == []


def test_why_couples_differ_is_a_sentence_or_two_that_fit_on_a_phone() -> None:
    def fits(behaviour: Behaviour) -> bool:
        why = behaviour.why_couples_differ
        sentences = len(re.findall(r"[.?!](?= |$)", why))
        return 80 <= len(why) <= 280 and sentences <= 2 and why.endswith(".")

    assert not_so(fits) == []


def test_no_two_behaviours_say_the_same() -> None:
    every = catalogue.every().values()

    assert len({behaviour.text for behaviour in every}) == len(every)
    assert len({one.why_couples_differ for one in asked()}) == len(asked())


def test_the_prose_has_typographic_apostrophes_and_quotation_marks() -> None:
    prose = [
        words
        for behaviour in catalogue.every().values()
        for words in (behaviour.text, behaviour.why_couples_differ, behaviour.source)
    ]

    assert [words for words in prose if "'" in words or '"' in words or "  " in words] == []


def test_the_shipped_catalogue_gives_no_complaint() -> None:
    assert checks.catalogue() == []


def test_django_runs_the_check() -> None:
    assert checks.catalogue in registry.registry.get_checks()


LEDGER = "a1\na2\n"
SOUND = """\
[[category]]
id = "a"
name = "Messages"

[[behaviour]]
id = "a1"
category = "a"
deck = "essentials"
text = "Writing to someone"
why_couples_differ = "It may be kind, or it may be close."
source = "Our own addition."

[[behaviour]]
id = "a2"
category = "a"
deck = "a"
text = "Waving at someone"
why_couples_differ = "It may be manners, or it may be a sign."
source = "Our own addition."
explicit = false
retired = true
"""
UNFITTING = "unfitting_conditions = [%s]"
ALL = ", ".join(f'"{condition}"' for condition in Condition.values)
FIRST, SECOND = 5, 13  # the lines where the two behaviours start


def test_a_valid_catalogue_gives_no_complaint() -> None:
    assert checks.complaints(SOUND, LEDGER) == []


@pytest.mark.parametrize(
    ("sound", "broken", "number", "id", "line"),
    [
        pytest.param('"a2"', '"a1"', 2, "a1", SECOND, id="an id given twice"),
        pytest.param(
            'y = "a"\ndeck = "a"', 'y = "z"\ndeck = "z"', 3, "a2", SECOND, id="no category"
        ),
        pytest.param('deck = "a"', 'deck = "b"', 4, "a2", SECOND, id="another category's deck"),
        pytest.param(
            'deck = "a"', 'deck = "intimate"', 4, "a2", SECOND, id="everyday among intimate"
        ),
        pytest.param(
            "explicit = false", "explicit = true", 4, "a2", SECOND, id="intimate amid all"
        ),
        pytest.param('"essentials"', '"quick"', 4, "a1", FIRST, id="a deck that is not there"),
        pytest.param("Waving", "Waving " * 14, 5, "a2", SECOND, id="sixteen words"),
        pytest.param('text = "Waving at someone"\n', "", 6, "a2", SECOND, id="a field left out"),
        pytest.param('"Waving at someone"', '" "', 6, "a2", SECOND, id="a field left empty"),
        pytest.param('"Waving at someone"', "7", 6, "a2", SECOND, id="a field that is no words"),
        pytest.param(
            "explicit = false", 'explicit = "yes"', 6, "a2", SECOND, id="neither true nor false"
        ),
        pytest.param('name = "Messages"\n', "", 6, "a", 1, id="a category without a name"),
        pytest.param("retired", "retried", 7, "a2", SECOND, id="a field misspelt"),
        pytest.param("Waving", "Secretly waving", 8, "a2", SECOND, id="an accusing word"),
        pytest.param("Waving at", "Just waving at", 8, "a2", SECOND, id="a belittling word"),
        pytest.param("manners", "cheating", 8, "a2", SECOND, id="a verdict"),
        pytest.param("kind", "what she wants", 8, "a1", FIRST, id="a gender"),
        pytest.param("kind", "typical", 8, "a1", FIRST, id="a norm"),
        pytest.param("kind", "fine with 40 %", 8, "a1", FIRST, id="a percentage"),
        pytest.param(
            "retired = true", UNFITTING % '"late"', 12, "a2", SECOND, id="an unknown condition"
        ),
        pytest.param("retired = true", UNFITTING % "1", 12, "a2", SECOND, id="a number for one"),
        pytest.param("retired = true", UNFITTING % ALL, 12, "a2", SECOND, id="no condition left"),
        pytest.param(
            'id = "a"\n', 'id = "messages"\n', 11, "messages", 1, id="a category that tells"
        ),
    ],
)
def test_the_check_names_the_id_and_the_line_to_fix(
    sound: str, broken: str, number: int, id: str, line: int
) -> None:
    assert sound in SOUND

    found = checks.complaints(SOUND.replace(sound, broken), LEDGER)

    assert f"boundaries.E{number:03}" in {error.id for error in found}
    error = next(error for error in found if error.id == f"boundaries.E{number:03}")
    assert error.obj == f"boundaries/content/catalogue/behaviours.toml:{line}"
    assert f"“{id}”" in error.msg


def test_the_check_wants_every_id_in_the_ledger() -> None:
    (error,) = checks.complaints(SOUND, "a1\n")

    assert error.id == "boundaries.E009"
    assert error.obj == f"boundaries/content/catalogue/behaviours.toml:{SECOND}"
    assert "“a2”" in error.msg


def test_the_check_reports_a_missing_id_that_was_once_in_use() -> None:
    (error,) = checks.complaints(SOUND, "a1\n\na3\na2\n")

    assert error.id == "boundaries.E010"
    assert error.obj == "boundaries/content/catalogue/ids.txt:3"
    assert "“a3”" in error.msg


def test_the_check_refuses_ids_that_reveal_the_topic_in_a_url() -> None:
    (error,) = checks.complaints(SOUND.replace('"a2"', '"waving"'), "a1\nwaving\n")

    assert error.id == "boundaries.E011"
    assert error.obj == f"boundaries/content/catalogue/behaviours.toml:{SECOND}"
    assert "“waving”" in error.msg


def test_the_check_says_where_a_file_stops_being_toml() -> None:
    (error,) = checks.complaints(SOUND.replace('deck = "a"', 'deck = "a'), LEDGER)

    assert error.id == "boundaries.E001"
    assert f"line {SECOND + 3}" in error.msg


@pytest.mark.parametrize("header", ["[behaviour]", "[[behaviour.more]]"])
def test_the_check_wants_a_header_line_for_every_behaviour(header: str) -> None:
    broken = SOUND.split("[[behaviour]]")[0] + header + "\n"

    (error,) = checks.complaints(broken, "")

    assert error.id == "boundaries.E001"
    assert "[[behaviour]]" in error.msg


def forget() -> None:
    """Clear the caches, so that the catalogue is read from its file again."""
    catalogue.english_behaviours.cache_clear()
    for kept in (catalogue.every, catalogue.categories, catalogue.decks):
        kept.cache_clear()
