"""Cached frames: filled in for every page, escaped, and never with anybody's words in the cache."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.templatetags import compared, frames
from boundaries.vocabulary import Condition, Outcome, Side, Stance, Weight
from boundaries.web import frames as filled_frames
from boundaries.web.frames import fill
from tests.conftest import Person, fill_in, opened_together, propose, write

ODD = ["<b>bold</b>", "{version} {0} {", "50 % of %(day)s", 'a "quoted" & more', "नमस्ते"]


@pytest.mark.parametrize("text", ODD)
def test_a_note_reads_on_the_comparison_as_it_was_written(
    alice: Person, bob: Person, deck: Deck, text: str
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE)
    write(bob, deck.behaviours[0], Stance.CONDITIONS, note=text, in_other_words=text)
    for who in (alice, bob):
        answers.seal(who.seat, deck)

    page = alice.client.get("/decks/essentials/comparison/").text

    assert page.count(f'dir="auto" lang="">{escape(text)}<') == 2


@pytest.mark.parametrize("text", ODD)
def test_an_own_behaviour_reads_on_the_list_as_it_was_written(
    alice: Person, bob: Person, text: str
) -> None:
    questions.put_forward(alice.seat, text)
    questions.accept(bob.seat, questions.ours(bob.seat).theirs[0].id)

    assert f">“{escape(text)}”</bdi></h3>" in alice.client.get("/decks/own/").text


@pytest.mark.parametrize("chosen", ["", "unsure", '"><script>', "weight"])
def test_a_choice_is_one_of_ours_or_none(chosen: str) -> None:
    radios = frames.choices("mine", chosen)

    assert radios.count("checked") == (chosen == "unsure")
    assert "<script>" not in radios


def test_a_frame_is_filled_with_escaped_text() -> None:
    filled = fill(SafeString("<p>{name}</p>"), name='<b> & "quoted"')

    assert filled == "<p>&lt;b&gt; &amp; &quot;quoted&quot;</p>"


def test_a_frame_is_cached_separately_for_every_language() -> None:
    frames._choices.cache_clear()
    for language in ("en", "de", "en"):
        with translation.override(language):
            frames.choices("mine", "")

    assert frames._choices.cache_info().currsize == 2


def test_no_cache_holds_anybodys_words(alice: Person, bob: Person, deck: Deck) -> None:
    pieces = (*vars(frames).values(), *vars(compared).values(), *vars(filled_frames).values())
    caches = [value for value in pieces if hasattr(value, "cache_info")]
    for cache in caches:
        cache.cache_clear()
    words = {"note": "one word", "in_other_words": "another", "conditions": (Condition.NOT_LATE,)}
    questions.put_forward(alice.seat, "a third")
    questions.accept(bob.seat, questions.ours(bob.seat).theirs[0].id)
    fill_in(alice, deck, Stance.CONDITIONS, **words)
    fill_in(bob, deck, Stance.CONDITIONS, weight=Weight.A_LOT, **words)
    own = questions.ours(alice.seat).accepted[0].id
    for path in ("/home/", "/decks/essentials/"):
        alice.client.get(path)
    owns = alice.client.get("/decks/own/").text
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    page = alice.client.get("/decks/essentials/comparison/").text
    line = ProposalLine(doer=Side.LEFT, outcome=Outcome.FINE, words="a fourth")
    proposed = put_into_words("Messaging", [line], seats.names(alice.seat), "a fifth")
    digest = propose(alice, words=proposed)
    agreements.assent(bob.seat, [digest], acknowledged=[digest])
    page += alice.client.get("/understandings/").text

    kept = repr([gc.get_referents(cache) for cache in caches])
    assert all(cache.cache_info().currsize for cache in caches)  # every cache was used
    assert "not OK" in kept  # the check can find words in them
    for word in ("one word", "another", "a third", "a fourth", "a fifth", "Alice", "Bob"):
        assert word not in kept
    couple = alice.seat.couple_id
    assert couple
    for id in (own, alice.user.pk, alice.seat.pk, couple):
        assert str(id) not in kept
        assert id.hex not in kept  # as it stands in addresses
    assert f"/answers/{own.hex}/" in owns
    shown = ("one word", "another", "a fourth", "a fifth", "Alice", "Bob")
    assert all(word in page for word in shown)


def test_the_day_of_an_understanding_is_that_of_whoever_looks(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    entry = history.entry(alice.seat, "a1")
    agreed_at = datetime(2026, 6, 12, 20, tzinfo=UTC)
    current = replace(entry.newest, agreed_at=agreed_at)
    entry = replace(entry, versions=(current,))

    days = {}
    for zone in ("America/Los_Angeles", "Asia/Kolkata"):
        with timezone.override(zone):
            days[zone] = frames.understandings([entry], "Bob")

    assert "Since 12 June 2026." in days["America/Los_Angeles"]
    assert "Since 13 June 2026." in days["Asia/Kolkata"]


def test_what_changed_is_dated_by_the_day_of_whoever_looks() -> None:
    late = datetime(2026, 6, 12, 20, tzinfo=UTC)

    with timezone.override("Asia/Kolkata"):
        assert frames.day_of(late) == "13 June 2026"
