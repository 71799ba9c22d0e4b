"""Somebody writes for themselves, and takes one line of it along to a talk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from boundaries.content.catalogue import Deck
from boundaries.journal import rules as journal
from tests.conftest import PASSWORD, Person, opened_together
from tests.journeys.conftest import PhoneMaker, with_and_without_script
from tests.journeys.test_talking import phones, press
from tests.journeys.test_the_main_job import see
from tests.support.lives import sure_of

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

LINE = "I felt left out last night, and said nothing."
REST = "I’d like to say so, without a quarrel."


@with_and_without_script
def test_from_the_journal_to_a_talk(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given something open to both
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob, javascript=javascript)
    sure_of(alice)

    # When Alice opens her journal, from the foot of her home page
    hers.goto("/home/")
    hers.get_by_role("link", name="Your journal").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Your journal")
    see(hers, "journal-empty", "Your journal")
    hers.get_by_text("More questions").click()
    hers.get_by_role("link", name="What do I find hard to say out loud between us?").click()

    # And writes on a question
    see(hers, "journal-new", "What do I find hard to say out loud between us?")
    hers.get_by_label("Your words").fill(f"{LINE}\n{REST}")
    if javascript:
        expect(hers.locator(".saved")).to_contain_text("Saved. This is for you alone.")
        assert [entry.words for entry in journal.leaf(alice.seat).entries] == [f"{LINE}\n{REST}"]
    press(hers, "Save")

    # Then it is there again, and nowhere on Bob's phone
    see(hers, "journal", "Your journal")
    hers.get_by_role("link", name=re.compile("I felt left out")).click()
    see(hers, "journal-entry", "What do I find hard to say out loud between us?")
    for page in ("/home/", "/seen/", "/talks/", "/journal/"):
        his.goto(page)
        expect(his.get_by_text("left out")).to_have_count(0)

    # When she keeps one line of it for a talk
    hers.get_by_role("link", name="Use one line in a talk").click()
    press(hers, "Keep it as a draft")
    expect(hers.get_by_text("Please choose a line.")).to_be_visible()
    hers.get_by_label(LINE).check()
    hers.get_by_label("For a talk about").select_option("a1")
    see(hers, "journal-to-talk", "Use one line in a talk")
    press(hers, "Keep it as a draft")
    see(hers, "talk-about-with-draft", "Talk about this")

    # Then only she finds it on the agenda
    hers.goto("/talks/")
    expect(hers.get_by_text(LINE)).to_be_visible()
    see(hers, "agenda-on-my-mind", "Talks")
    his.goto("/talks/")
    expect(his.get_by_text(LINE)).to_have_count(0)

    # And in the builder, once the talk has come to it
    begin_to_speak(hers, his)
    expect(hers.get_by_label("When …")).to_have_value(LINE)
    see(hers, "talk-speak-with-line", "What happens, how you feel")


def begin_to_speak(hers: Page, his: Page) -> None:
    """Both go as far as where she says how it is for her."""
    hers.goto("/talks/about/a1/")
    hers.get_by_label("Apart, in turns").check()
    hers.get_by_label("I do").check()
    press(hers, "Start the talk")
    for who, way in ((his, "Now is good"), (hers, "I’m in"), (his, "I’m in")):
        who.goto(f"/talks/{talk_of(hers)}/")
        press(who, way)
    for who in (hers, his):
        who.goto(f"/talks/{talk_of(hers)}/")
        press(who, "Leave this out")
    hers.goto(f"/talks/{talk_of(hers)}/")


def talk_of(page: Page) -> str:
    found = re.search(r"/talks/([0-9a-f-]{36})/", page.url)
    assert found
    return found[1]


@with_and_without_script
def test_an_hour_over_one_entry_loses_no_word(
    phone: PhoneMaker, alice: Person, settings: object, javascript: bool
) -> None:
    """The proof of who she is has run out by the time she saves."""
    (hers,) = phones(phone, alice, javascript=javascript)
    sure_of(alice)
    hers.goto("/journal/new/")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0  # type: ignore[attr-defined]
    hers.get_by_label("Your words").fill(LINE)
    press(hers, "Save")

    expect(hers.get_by_role("heading", level=1)).to_contain_text("checking it’s you")
    assert [entry.words for entry in journal.leaf(alice.seat).entries] == [LINE]
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # type: ignore[attr-defined]
    hers.locator("input[name=password]").fill(PASSWORD)
    hers.locator("main form button").first.click()
    expect(hers.get_by_text(LINE)).to_be_visible()
