"""What people press keeps its place, and errors stand where they belong."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from boundaries.agreements import rules as agreements
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import data_export
from boundaries.vocabulary import Stance, Step
from tests.conftest import Person, fill_in, opened_together, propose, talk, talked_up_to, write
from tests.journeys.conftest import PhoneMaker, sign_in, with_and_without_script
from tests.support.lives import sure_of
from tests.support.routes import TALK

pytestmark = [pytest.mark.django_db(transaction=True)]

WIDTHS = pytest.mark.parametrize("width", [390, 1280])


def place(page: Page, what: str) -> dict[str, float]:
    box = page.locator(what).bounding_box()
    assert box
    return {"x": round(box["x"]), "y": round(box["y"])}


@WIDTHS
def test_what_unfolds_leaves_its_button_where_it_is(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, width: int
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    page = phone(width=width)
    sign_in(page, alice)
    page.goto("/understandings/")
    before = place(page, ".save > summary")

    page.locator(".save > summary").click()

    expect(page.get_by_role("link", name="A PDF to print (A4)")).to_be_visible()
    assert place(page, ".save > summary") == before


@WIDTHS
def test_asking_for_another_code_leaves_the_page_where_it_is(
    phone: PhoneMaker, alice: Person, width: int
) -> None:
    page = phone(width=width)
    page.goto("/account/login/code/")
    page.locator("[name=email]").fill(alice.user.email)
    page.locator("[name=email]").press("Enter")
    summary = page.locator("summary", has_text="No code yet?")
    expect(summary).to_be_visible()
    before = summary.bounding_box()

    summary.click()

    expect(page.get_by_text("It can take a few minutes.")).to_be_visible()
    after = summary.bounding_box()
    assert before
    assert after
    assert round(after["y"]) == round(before["y"])


@WIDTHS
def test_the_main_button_of_a_long_list_stays_in_sight(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, width: int
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE)
    page = phone(width=width)
    sign_in(page, alice)

    for path, name in (
        ("/decks/essentials/last-look/", "Seal my answers"),
        ("/decks/essentials/", "Check your answers"),
    ):
        page.goto(path)
        button = page.locator(".button", has_text=name)
        expect(button).to_be_in_viewport()
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
        expect(button).to_be_in_viewport()
    page.goto("/decks/essentials/last-look/")
    page.get_by_role("link", name="Change").nth(3).click()
    expect(page.locator(".one-card")).to_be_visible()


def talked_through(alice: Person, bob: Person, deck: Deck) -> None:
    """A talk of Alice's, as far as words to propose."""
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)


@with_and_without_script
def test_what_is_missing_is_in_sight_until_it_is_chosen(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    talked_through(alice, bob, deck)
    page = phone(javascript=javascript)
    sign_in(page, alice)
    error = page.get_by_text("Please choose one of these.")

    for path in (f"/talks/{TALK}/", "/understandings/on/a1/words/"):
        page.goto(path)
        page.get_by_role("button", name="Propose this to Bob").click()
        expect(error).to_be_in_viewport()
        choices = page.locator(".doer.alike .stances").bounding_box()
        shown = error.bounding_box()
        assert choices
        assert shown
        assert 0 <= shown["y"] - (choices["y"] + choices["height"]) < 24
        page.locator(".doer.alike [value=fine]").check()
        expect(error).to_be_hidden()


@with_and_without_script
def test_a_condition_is_read_out_as_it_will_be(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    talked_through(alice, bob, deck)
    page = phone(javascript=javascript)
    sign_in(page, alice)

    for path, look in (
        (f"/talks/{TALK}/", "Save for now"),
        ("/understandings/on/a1/words/", "See how it reads"),
    ):
        page.goto(path)
        page.locator(".doer.alike [value=conditions]").check()
        page.locator("#words-both").fill("the chats end by nine")
        page.locator("#words-both").blur()
        if not javascript:
            page.get_by_role("button", name=look).click()
        else:
            expect(page.get_by_role("button", name=look)).to_be_hidden()
        expect(page.locator("#read-out")).to_contain_text(
            "Fine, like this: “the chats end by nine”"
        )


CHOOSE_FINE = """() => {
    document.querySelector(".doer.alike [value=fine]").click();
    return document.querySelector(".foot-bar .button:not(.second)").getBoundingClientRect().y;
}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_what_is_read_out_leaves_the_button_where_a_choice_has_put_it(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, width: int
) -> None:
    talked_through(alice, bob, deck)
    page = phone(width=width)
    sign_in(page, alice)

    for path in (f"/talks/{TALK}/", "/understandings/on/a1/words/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        before = page.evaluate(CHOOSE_FINE)  # as it stands before the site can have answered
        expect(page.locator("#read-out")).to_contain_text("Fine with both of us.")
        after = place(page, ".foot-bar .button:not(.second)")
        assert after["y"] == round(before), path


@with_and_without_script
def test_after_a_copy_is_fetched_the_page_does_not_offer_it(
    phone: PhoneMaker, alice: Person, javascript: bool, settings: Any
) -> None:
    page = phone(javascript=javascript)
    sign_in(page, alice)
    sure_of(alice)
    data_export.ask(alice.seat)
    page.goto("/leaving/export/")

    with page.expect_download():
        page.get_by_role("button", name="Fetch it now").click()
    if not javascript:
        page.get_by_role("link", name="I’ve fetched it").click()

    expect(page.get_by_text("You’ve fetched your copy. It’s deleted here.")).to_be_visible()
    expect(page.get_by_role("button", name="Fetch it now")).to_be_hidden()


@with_and_without_script
def test_the_list_shows_conditions_only_where_they_count(
    phone: PhoneMaker, alice: Person, deck: Deck, javascript: bool
) -> None:
    one = catalogue.deck(catalogue.ESSENTIALS).behaviours[0]
    write(alice, one, Stance.CONDITIONS, in_other_words="by day")
    page = phone(javascript=javascript)
    sign_in(page, alice)
    page.goto("/decks/essentials/")
    shown = page.locator(f"#{one.id} .named-conditions")

    expect(shown).to_have_text("Fine, if “by day”.")
    page.locator(f"#{one.id} [name=partners][value=unacceptable]").check()
    expect(shown).to_be_hidden()


@pytest.mark.parametrize(
    "word",
    [
        "Donaudampfschiff" * 25,
        "I lie awake. "
        + "https://www.example.org/articles/2026/11/late-night?ref=share&of=chat" * 6,
    ],
    ids=["word", "link"],
)
def test_one_long_word_does_not_widen_a_card(
    phone: PhoneMaker, alice: Person, deck: Deck, word: str
) -> None:
    write(alice, deck.behaviours[0], Stance.CONDITIONS, in_other_words=word[:200])
    page = phone()
    sign_in(page, alice)
    page.goto(f"/answers/{deck.behaviours[0].id}/")
    page.locator("summary", has_text="Add something").click()

    page.locator("[name=note]").fill(word)

    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide, at {width} px"
