"""A first name is one short line of letters, and names that look the same are numbered."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import names
from accounts.forms import FirstNameField
from accounts.models import User
from boundaries.seats import rules as seats
from boundaries.vocabulary import Side
from tests.conftest import Person

pytestmark = pytest.mark.once

GOOD = (
    "Alice",
    "Anne-Marie",
    "Mary Jane",
    "O’Neill",
    "D'Arcy",
    "’t Hooft",
    "J.-P.",
    "Zoë",
    "Jose\u0301",
    "Núria l·l",
    "नीति",
    "மாலா",
    "Дарья",
    "עמית",
    "\u05d2\u05f3\u05d5\u05e8\u05d2\u05f3",
    "محمد",
    "علی\u200cرض\u0627",
    "李小龍",
    "ジャン・ピエール",
    "ジャン\u30a0ピエール",
    "བསྟན་འཛིན",
    "\u05d0\u05d5\u05e8\u05be\u05dc\u05d9",
    "Անահիտ֊Մարիա",
    "Jean\u2011Pierre",
    "\u1828\u1820\u1837\u180e\u1820",
    "Ŋḵwame",
)
BAD = (
    "Bob or anyone else",
    "Bob (1)",
    "Bob: fine for us",
    "Bob “and”",
    'Bob "x"',
    "Bob ''x",
    "Bob, Alice",
    "Bob & Co",
    "Bob 2",
    "Bob/Alice",
    "<b>Bob</b>",
    "Bob!",
    "Bob 🌸",
    "😀",
    "-",
    "\u0301a",
    "ㅤ",
    "A⃝",
    "Bob\u2024\u2024",
    "A" * 41,
)


def test_names_of_many_alphabets_are_taken_as_they_are() -> None:
    refused = []
    for name in GOOD:
        try:
            FirstNameField().clean(name)
        except ValidationError:
            refused.append(name)

    assert refused == []
    assert FirstNameField().clean("  Mary \n Jane ") == "Mary Jane"


def test_phrases_and_symbols_are_refused_as_names() -> None:
    taken = []
    for name in BAD:
        try:
            taken.append(FirstNameField().clean(name))
        except ValidationError:
            continue

    assert taken == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["account-name", "account_signup"])
def test_the_error_is_next_to_the_field_and_the_input_stays(alice: Person, page: str) -> None:
    about = {"email": "new@example.org", "adult": "on"}
    browser = alice.client if page == "account-name" else Client()

    answer = browser.post(reverse(page), {"first_name": "Bob or anyone else", **about})

    if page == "account-name":
        assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Please use three words at the most." in answer.text
    assert 'value="Bob or anyone else"' in answer.text
    assert not User.objects.filter(email="new@example.org").exists()
    assert User.objects.get(pk=alice.user.pk).first_name == "Alice"


def test_names_that_look_the_same_are_numbered_and_others_are_not() -> None:
    same = (
        ("Alex", "Alex"),
        ("Alex", "ALEX"),
        ("Alex", "\u0410lex"),
        ("Alex", "AIex"),
        ("Alex", "\uff21lex"),
        ("Alex", "Alex."),
        ("José", "Jose\u0301"),
        ("Mary Ann", "Mary-Ann"),
        ("Marn", "Mam"),
        ("Bob", "B\u200cob"),
    )
    other = (("Alice", "Bob"), ("Zoe", "Zoë"), ("Asha", "Ravi"), ("Иван", "Ivan"), ("Ira", "Ida"))

    assert [pair for pair in same if not names.look_alike(*pair)] == []
    assert [pair for pair in other if names.look_alike(*pair)] == []
    assert names.distinguished("Alex", "alex") == ("Alex (1)", "alex (2)")
    assert names.distinguished("Alice", "Bob") == ("Alice", "Bob")


def test_no_name_can_imitate_what_is_added_to_names() -> None:
    assert names.distinguished("Alex (2)", "Alex") == ("“Alex (2)”", "Alex")
    assert names.shown("Bob”, or “Alice") == "“Bob’, or ‘Alice”"
    assert names.shown("Bob\u202e\nAlice") == "“Bob Alice”"


def test_quoted_text_contains_no_lookalike_quotation_marks() -> None:
    """Look-alikes in Unicode's table of one double mark and of two single ones."""
    double = "\u02f6\u1cd3\u2033\u2034\u2037\u2057\u2760\u3003\u05f4\uff02"
    single = "`\u00b4\u02b9\u02bd\u02be\u02c8\u02cb\u055a\u05f3\u07f4\u2035\u275b\u275c\uff40\ua78c"

    kept = [mark for mark in double if mark in names.quoted(f"a{mark}b")]
    kept += [mark for mark in single if mark * 2 in names.quoted(f"a{mark}{mark}b")]

    assert kept == []
    assert names.quoted("it’s a`b and 5\u2032") == "“it’s a`b and 5\u2032”"


@pytest.mark.django_db
def test_names_older_than_the_rules_are_kept(alice: Person, bob: Person) -> None:
    odd = "Bob or\nanyone else: fine"
    User.objects.filter(pk=bob.user.pk).update(first_name=odd)

    assert seats.names(alice.seat)[Side.RIGHT] == "“Bob or anyone else: fine”"
    failed = [
        (who.user.first_name, page)
        for who in (alice, bob)
        for page in ("/home/", "/account/", "/partner/", "/seen/", "/understandings/", "/leaving/")
        if who.client.get(page).status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    assert failed == []
    assert User.objects.get(pk=bob.user.pk).first_name == odd
