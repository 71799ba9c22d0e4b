"""What two people say yes to has one text, in one language; each reads its data in their own."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from boundaries.agreements import copies, history
from boundaries.agreements.models import Version
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import (
    digest_of,
    digest_of_json,
    put_into_words,
    unpack,
    without_names,
)
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.seats import rules as seats
from boundaries.vocabulary import Condition, Outcome, Side
from tests.conftest import Person, opened_together, talk, text_of

NAMES = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}
LINE = ProposalLine(
    doer=BOTH,
    outcome=Outcome.CONDITIONS,
    conditions=(Condition.TOLD_AFTER,),
    words="only friends",
    on=date(2031, 2, 3),
)
IN_OTHER_WORDS = {
    "alike": "yes",
    "outcome_both": "conditions",
    "conditions_both": "told-after",
    "words_both": "only friends",
}
YES = "/understandings/yes/"


def in_language(code: str, id: str = "a1") -> str:
    with override(code):
        return catalogue.every()[id].text


ENGLISH, HINDI = in_language("en"), in_language("hi")


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """Alice reads English and Bob Hindi; their deck is open."""
    opened_together(alice, bob, deck)
    User.objects.filter(pk=bob.user.pk).update(language="hi")
    return alice, bob


def proposes(who: Person, **more: str) -> Version:
    page = who.client.get("/understandings/on/a1/words/")
    shown = page.context
    versions = {"seen": shown["about"].version, "together": shown["couple_token"]}
    sent = {**IN_OTHER_WORDS, **versions, **more}
    answer = who.client.post("/understandings/on/a1/propose/", sent)
    assert answer.status_code == 302
    return Version.objects.order_by("-number")[0]


def says_yes(who: Person) -> None:
    found = history.entry(who.seat, "a1").newest.digest
    together = seats.couple_token(who.seat)
    answer = who.client.post(YES, {"digests": found, "together": together})
    assert answer.status_code == 302


def stored(version: Version, who: Person) -> dict[str, Any]:
    content: dict[str, Any] = version.read(who.seat.shared_key)
    return content


# The words


@pytest.mark.parametrize("code", ["en", "hi"])
def test_a_yes_is_to_the_words_and_not_to_the_name_of_their_language(code: str) -> None:
    with override(code):
        words = put_into_words(in_language(code), [LINE], NAMES)
    plain = {name: value for name, value in words.packed.items() if name != "language"}

    assert words.language == code
    assert digest_of("a1", words) == digest_of_json(["a1", plain])
    for reader in ("en", "hi"):
        with override(reader):
            assert digest_of("a1", unpack(words.packed, NAMES)) == digest_of("a1", words)


def test_english_words_are_stored_as_ever() -> None:
    """So a proposal from before this and the same words today are one."""
    words = put_into_words("Messaging the same person nearly every day", [LINE], NAMES)

    assert set(words.packed) == {"format", "behaviour", "lines", "text", "well"}
    assert digest_of("a1", words) == "9c705c2f5053b360e83d771aed33a7f6c68b00b4de6f169e"


def test_words_in_another_language_come_with_what_they_say_in_ones_own() -> None:
    with override("hi"):
        words = put_into_words(HINDI, [LINE], NAMES)
    read = unpack(words.packed, NAMES, about="a1")

    assert read.gloss == (
        ENGLISH,
        "Fine, if we tell each other afterwards. We look at it again on 3 February 2031.",
        "In our own words: “only friends”",
    )
    assert {sentence.language for sentence in read.text} == {"hi"}
    with override("hi"):
        assert unpack(words.packed, NAMES, about="a1").gloss == ()
        assert {sentence.language for sentence in unpack(words.packed, NAMES).text} == {""}


def test_what_people_wrote_is_said_to_be_in_no_language() -> None:
    with override("hi"):
        words = put_into_words(HINDI, [LINE], NAMES)
    shown = "".join(sentence.__html__() for sentence in unpack(words.packed, NAMES).text)

    assert '<bdi class="theirs" lang="">“only friends”</bdi>' in shown
    own = unpack(words.packed, NAMES, user_written=True).heading
    assert 'lang="hi"' not in own.__html__()  # type: ignore[attr-defined]


BEFORE: dict[str, Any] = {  # the first format
    "lines": [{"doer": "left", "outcome": "fine", "conditions": [], "words": "", "on": ""}],
    "text": [ENGLISH, "When Ann does it: fine for us.", "When Bob does it: we leave this open."],
    "well": "",
}


@pytest.mark.parametrize("reader", ["en", "hi"])
def test_words_of_the_first_format_stay_english_for_everybody(reader: str) -> None:
    with override(reader):
        words = unpack(BEFORE)
        kept = without_names(words)

    assert [str(sentence) for sentence in words.text] == BEFORE["text"][1:]
    assert [part.source for part in words.text[0].parts] == ["ours", "name", "ours"]
    assert kept == without_names(unpack(BEFORE))
    assert "language" not in kept


# On pages


def test_a_proposal_is_in_the_language_of_whoever_makes_it(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    theirs = stored(proposes(bob), bob)
    hers = stored(proposes(alice), alice)

    assert (theirs["language"], theirs["behaviour"]) == ("hi", HINDI)
    assert (hers.get("language"), hers["behaviour"]) == (None, ENGLISH)
    assert theirs["lines"] == hers["lines"]


def test_both_say_yes_to_one_text_and_each_reads_it_in_their_own(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    proposes(bob)
    asked = text_of(alice.client, "/understandings/")
    says_yes(alice)

    for page in (asked, text_of(alice.client, "/understandings/on/a1/")):
        assert f'<span lang="hi">{HINDI}</span>' in page
        assert "In your language:" in page
        assert "Fine, if we tell each other afterwards." in page
        assert ENGLISH in page
    listed = text_of(alice.client, "/understandings/")
    assert f'<span lang="hi">{HINDI}</span>' in listed
    assert "Fine, if we tell each other afterwards." in listed
    for path in ("/understandings/", "/understandings/on/a1/"):
        page = text_of(bob.client, path)
        assert HINDI in page
        assert 'class="gloss' not in page
        assert ENGLISH not in page
    entry = history.entry(alice.seat, "a1")
    assert entry.current
    assert history.entry(bob.seat, "a1").newest.digest == entry.current.digest


def test_versions_in_two_languages_are_not_compared_word_by_word(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    proposes(bob)
    proposes(alice)
    page = text_of(alice.client, "/understandings/on/a1/")

    assert "<ins>" not in page
    proposes(alice, words_both="only old friends")
    assert "<ins>" in text_of(alice.client, "/understandings/on/a1/")


def test_the_subject_of_a_talk_is_in_the_language_of_its_reader(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    talk(bob)

    assert ENGLISH in text_of(alice.client, "/talks/")
    assert HINDI in text_of(bob.client, "/talks/")
    assert HINDI not in text_of(alice.client, "/talks/")


# To take along


def test_a_copy_keeps_the_language_of_its_words(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    proposes(bob)
    says_yes(alice)
    leaving.part(bob.seat)

    (copy,) = copies.all_of(alice.seat)
    assert copy.understandings[0].words.language == "hi"
    assert "In your language:" in text_of(alice.client, "/leaving/copies/")
    assert 'lang="hi"' in text_of(alice.client, "/leaving/copies/")
    assert 'class="gloss' not in text_of(bob.client, "/leaving/copies/")
    data = json.loads(alice.client.get(reverse("leaving-copy-data", args=[copy.id])).content)
    assert data["understandings"][0]["language"] == "hi"


def test_what_one_takes_along_says_in_which_language_it_is(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    proposes(bob)
    says_yes(alice)

    (mine,) = data_export.data(alice.seat)["understandings"]["agreed"]
    assert (mine["language"], mine["text"][0]) == ("hi", HINDI)
    assert data_export.data(alice.seat)["account"]["language"] == "en"


def test_a_sheet_for_a_therapist_marks_what_is_in_another_language(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    proposes(bob)
    says_yes(alice)
    make = {"behaviours": ["a1", "a2"], "days": "7", "together": seats.couple_token(alice.seat)}
    assert alice.client.post("/understandings/therapist/make/", make).status_code == 302

    page = text_of(alice.client, "/understandings/therapist/")
    assert f'<span lang="hi">{HINDI}</span>' in page
    assert f'<span lang="en">{in_language("en", "a2")}</span>' not in page
    theirs = text_of(bob.client, "/understandings/therapist/")
    assert f'<span lang="en">{in_language("en", "a2")}</span>' in theirs
    assert f'<span lang="hi">{HINDI}</span>' not in theirs
    assert HINDI in theirs
