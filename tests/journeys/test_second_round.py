"""What a couple does after the first comparison: again, more intimate, and of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in, pair, person, write
from tests.journeys.conftest import PhoneMaker, arrived, has_focus, is_accessible, look, sign_in

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

DECK = catalogue.deck(catalogue.ESSENTIALS)
ONE, TWO, THREE = DECK.behaviours[:3]


def test_a_second_round_begins_with_ones_own_answers_and_marks_what_changed(
    phone: PhoneMaker,
) -> None:
    # Given a couple who have opened their first deck
    (alice, a), (bob, b) = couple(phone)
    fill_in(alice, DECK, Stance.ACCEPTABLE)
    fill_in(bob, DECK, Stance.ACCEPTABLE)
    write(bob, ONE, Stance.UNACCEPTABLE, self_note="only for Bob")
    for who in (alice, bob):
        answers.seal(who.seat, DECK)

    # When Bob answers it again, and changes one
    b.goto("/decks/essentials/comparison/")
    b.get_by_role("link", name="Answer it again").click()
    b.get_by_role("button", name="Answer it again").click()
    expect(b.get_by_text("A new round, starting from your last answers.")).to_be_visible()
    b.goto(f"/answers/{ONE.id}/")
    partners = b.get_by_role("group", name="OK with you, whoever does it?")
    expect(partners.get_by_label("Not OK", exact=True)).to_be_checked()
    partners.get_by_label("Fine", exact=True).check()
    b.get_by_role("button", name="Next").click()
    expect(b.get_by_role("heading", level=1)).not_to_contain_text(ONE.text)
    seal(b, "Sealed")

    # Then Alice learns nothing of it, and what was opened stays as it was
    a.goto("/decks/essentials/comparison/")
    expect(a.locator(f"#{ONE.id}")).to_contain_text("Bob says not OK")
    a.goto("/decks/essentials/")
    a.get_by_text("Has something changed for you?").click()
    expect(a.get_by_role("button", name="Answer it again")).to_be_visible()

    # When she too has sealed again
    a.get_by_role("button", name="Answer it again").click()
    expect(a.get_by_text("A new round, starting from your last answers.")).to_be_visible()
    seal(a, "You’re both ready")
    open_by_now = b.get_by_role("heading", name="You’re both ready")
    expect(open_by_now).to_be_visible(timeout=30_000)  # by itself, on the page where Bob sealed

    # Then both see what changed, and each keeps their own history
    for page in (a, b):
        page.goto("/decks/essentials/comparison/")
        expect(page.locator(f"#{ONE.id}")).to_contain_text("Changed since")
        expect(page.locator(f"#{TWO.id}")).not_to_contain_text("Changed since")
        page.get_by_role("link", name="Answer it again").click()
        page.get_by_role("link", name="What I said before").click()
        is_accessible(page, "What I said before")
    look(b, "history")
    expect(b.get_by_text("Not OK").first).to_be_visible()
    expect(a.get_by_text("Not OK")).to_have_count(0)


def test_intimate_things_are_asked_once_both_want_it(phone: PhoneMaker) -> None:
    (_, a), (_, b) = couple(phone)

    # When one of them says yes
    a.goto("/intimate/")
    is_accessible(a, "More intimate things")
    look(a, "intimate")
    a.get_by_role("button", name="Yes, I want to be asked").click()

    # Then nothing is asked, and the other is told nothing
    expect(a.get_by_text("You said yes.")).to_be_visible()
    a.goto("/decks/intimate/")
    expect(a.get_by_role("heading", level=1)).to_have_text("This page doesn’t exist")
    b.goto("/intimate/")
    expect(b.get_by_role("button", name="Yes, I want to be asked")).to_be_visible()

    # When both have said yes, it is there for both
    b.get_by_role("button", name="Yes, I want to be asked").click()
    expect(b.get_by_role("link", name="See them")).to_be_visible()
    for page in (a, b):
        page.goto("/home/")
        page.get_by_text("More decks, when you like").click()
        page.get_by_role("link", name="More intimate things").click()
        page.get_by_role("link", name="The whole list").click()
        expect(page.locator("article.card")).to_have_count(len(catalogue.intimate().behaviours))


def test_what_is_set_aside_stays_unasked_and_its_author_untold(phone: PhoneMaker) -> None:
    (_, a), (_, b) = couple(phone)

    # When Alice puts two forward, and Bob sets one aside and accepts the other
    for text in ("Going out without saying where", "Texting during dinner"):
        a.goto("/own/")
        a.get_by_label("A behaviour, in a few words").fill(text)
        a.get_by_role("button", name="Suggest it").click()
        if text.startswith("Going out"):  # whose writer is asked first
            expect(a.get_by_text("Not sent yet, and only you see this.")).to_be_visible()
            has_focus(a.get_by_label("A behaviour, in a few words"))
            a.get_by_role("button", name="Suggest it").click()
        expect(a.get_by_role("listitem").filter(has_text=text)).to_be_visible()
    b.goto("/own/")
    is_accessible(b, "Our own")
    look(b, "own-theirs")
    expect(b.get_by_text("Only you see this")).to_have_count(1)
    before = a.locator("main").inner_text()
    b.get_by_role("listitem").filter(has_text="Going out").get_by_role(
        "button", name="Set it aside"
    ).click()
    expect(b.get_by_text("Only you see this list.")).to_be_attached()

    # Then for her nothing has changed
    a.reload()
    assert a.locator("main").inner_text() == before

    # And the other one is asked of both
    b.get_by_role("listitem").filter(has_text="Texting").get_by_role(
        "button", name="Accept", exact=True
    ).click()
    expect(b.get_by_role("heading", name="You both answer these")).to_be_visible()
    for page in (a, b):
        page.goto("/decks/own/")
        expect(page.get_by_role("heading", name="Texting during dinner")).to_be_visible()
        expect(page.get_by_text("Going out")).to_have_count(0)
    a.goto("/own/")
    is_accessible(a, "Our own")
    look(a, "own-mine")
    expect(a.get_by_text("Going out without saying where")).to_be_visible()


def couple(phone: PhoneMaker) -> tuple[tuple[Person, Page], tuple[Person, Page]]:
    """Alice and Bob, paired, each signed in on a phone of their own."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    phones = phone(), phone()
    for who, page in zip((alice, bob), phones, strict=True):
        page.goto("/")
        sign_in(page, who)
    return (alice, phones[0]), (bob, phones[1])


def seal(page: Page, leads_to: str) -> None:
    page.goto("/decks/essentials/last-look/")
    page.get_by_role("button", name="seal my answers").click()
    arrived(page, leads_to)
